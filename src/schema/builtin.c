/* SPDX-License-Identifier: GPL-2.0-only */
/* The built-in event types as data: the rows of events/ expanded into field tables. No other list of fields exists. */
#include "schema/schema.h"

#include <stddef.h>

#include "events/exec.h"
#include "events/lost.h"

#define ROW(record, row_number, row_kind, row_name)                                                                    \
	.name = #row_name, .kind = KIND_##row_kind, .part = PART_RECORD, .row = row_number,                            \
	.offset = offsetof(record, row_name), .size = sizeof(kind_##row_kind)

static const struct field exec_fields[] = {
#define FIELD(kind, name, heading, text) { ROW(struct record, FIELD_NO_ROW, kind, name), .title = heading, .doc = text },
#define INTERNAL(kind, name) { ROW(struct record, FIELD_NO_ROW, kind, name), .title = "", .doc = "", .internal = true },
#include "events/frame.fields.h"
#undef INTERNAL
#undef FIELD
#define FIELD(kind, name, heading, text) { ROW(struct exec_event, EXEC_##name, kind, name), .title = heading, .doc = text },
#define INTERNAL(kind, name) { ROW(struct exec_event, EXEC_##name, kind, name), .title = "", .doc = "", .internal = true },
#include "events/exec.fields.h"
#undef INTERNAL
#undef FIELD
};

static const struct field lost_fields[] = {
#define FIELD(kind, name, heading, text) { ROW(struct record, FIELD_NO_ROW, kind, name), .title = heading, .doc = text },
#define INTERNAL(kind, name) { ROW(struct record, FIELD_NO_ROW, kind, name), .title = "", .doc = "", .internal = true },
#include "events/frame.fields.h"
#undef INTERNAL
#undef FIELD
#define FIELD(kind, name, heading, text) { ROW(struct lost_event, FIELD_NO_ROW, kind, name), .title = heading, .doc = text },
#include "events/lost.fields.h"
#undef FIELD
};

#define EVENT(name, text) static const char doc_##name[] = text;
#include "events/types.h"
#undef EVENT

const struct schema schema_exec = {
	.name = "exec",
	.doc = doc_exec,
	.fields = exec_fields,
	.nr_fields = sizeof(exec_fields) / sizeof(exec_fields[0]),
	.line = "{pid} {uid} {filename}",
	.unreadable_offset = offsetof(struct exec_event, unreadable),
};

const struct schema schema_lost = {
	.name = "lost",
	.doc = "events were lost here in the stream, for one cause; never filtered nor reduced",
	.fields = lost_fields,
	.nr_fields = sizeof(lost_fields) / sizeof(lost_fields[0]),
	.control = true,
	.line = "{of} events lost: {count} ({cause})[ on cpu {cpu}][, numbers {from} to {to}]",
};
