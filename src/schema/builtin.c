/* SPDX-License-Identifier: GPL-2.0-only */
/* The built-in event types as data: the rows of events/ expanded into field tables. No other list of fields exists. */
#include "schema/schema.h"

#include <stddef.h>

#include "events/events.h"
#include "events/log.h"
#include "events/lost.h"
#include "events/tracepoint.h"

/* A row has this name too. */
#undef errno

static const struct field exec_fields[] = {
#define THIS	     struct exec_event
#define NUMBER(name) EXEC_##name
#define ROWS	     "events/exec.fields.h"
#include "schema/rows.h"
};

static const struct field exec_fail_fields[] = {
#define THIS	     struct exec_fail_event
#define NUMBER(name) EXEC_FAIL_##name
#define ROWS	     "events/exec_fail.fields.h"
#include "schema/rows.h"
};

static const struct field exit_fields[] = {
#define THIS	     struct exit_event
#define NUMBER(name) EXIT_##name
#define ROWS	     "events/exit.fields.h"
#include "schema/rows.h"
};

static const struct field fork_fields[] = {
#define THIS	     struct fork_event
#define NUMBER(name) FORK_##name
#define ROWS	     "events/fork.fields.h"
#include "schema/rows.h"
};

static const struct field tracepoint_fields[] = {
#define THIS	     struct tracepoint_event
#define NUMBER(name) TRACEPOINT_##name
#define ROWS	     "events/tracepoint.fields.h"
#include "schema/rows.h"
};

static const struct field lost_fields[] = {
#define THIS	     struct lost_event
#define NUMBER(name) FIELD_NO_ROW
#define ROWS	     "events/lost.fields.h"
#include "schema/rows.h"
};

static const struct field log_fields[] = {
#define THIS	     struct log_event
#define NUMBER(name) FIELD_NO_ROW
#define ROWS	     "events/log.fields.h"
#include "schema/rows.h"
};

#define EVENT(name, text) static const char doc_##name[] = text;
#include "events/types.h"
#undef EVENT

#define FIELDS_OF(table) .fields = table, .nr_fields = sizeof(table) / sizeof(table[0])

const struct schema schema_exec = {
	.name = "exec",
	.doc = doc_exec,
	FIELDS_OF(exec_fields),
	.who = "{pid} {uid}",
	.line = "{filename}",
	.unreadable_offset = offsetof(struct exec_event, unreadable),
};

const struct schema schema_exec_fail = {
	.name = "exec_fail",
	.doc = doc_exec_fail,
	FIELDS_OF(exec_fail_fields),
	.who = "{pid} {uid}",
	.line = "{filename} failed: {errno_name}",
	.unreadable_offset = offsetof(struct exec_fail_event, unreadable),
};

const struct schema schema_exit = {
	.name = "exit",
	.doc = doc_exit,
	FIELDS_OF(exit_fields),
	.who = "{pid} {uid}",
	.line = "{comm} ended[ with {exit_code}][ by {signal_name}] after {duration_ns}",
	.unreadable_offset = offsetof(struct exit_event, unreadable),
};

const struct schema schema_fork = {
	.name = "fork",
	.doc = doc_fork,
	FIELDS_OF(fork_fields),
	.who = "{ppid} {uid}",
	.line = "{comm} made {pid}",
};

const struct schema schema_snapshot = {
	.name = "snapshot",
	.doc = doc_snapshot,
	FIELDS_OF(exec_fields),
	.who = "{pid} {uid}",
	.line = "{comm} is there",
	.unreadable_offset = offsetof(struct exec_event, unreadable),
};

const struct schema schema_tracepoint = {
	.name = "tracepoint",
	.doc = doc_tracepoint,
	FIELDS_OF(tracepoint_fields),
	.who = "{pid} {uid}",
	.line = "{comm} {args}",
};

const struct schema schema_lost = {
	.name = "lost",
	.doc = "events were lost here in the stream, for one cause; never filtered nor reduced",
	FIELDS_OF(lost_fields),
	.control = true,
	.alarm = true,
	.line = "{of} events lost: {count} ({cause})[ on cpu {cpu}][ of level {level}][, numbers {from} to {to}]",
};

const struct schema schema_log = {
	.name = "log",
	.doc = "a line that the kernel side logged, in its place among the events (--klog); never filtered nor reduced",
	FIELDS_OF(log_fields),
	.control = true,
	.counted = true,
	.line = "{level} {program}: {message}",
};
