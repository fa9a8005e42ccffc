/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A tracepoint of the kernel as an event type: from the text of its `format` file in tracefs to fields and a schema.
 * The text is input: what it says is checked, and no two kernels need agree. Opens no file.
 */
#ifndef SCHEMA_TRACEPOINT_H
#define SCHEMA_TRACEPOINT_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "events/tracepoint.h"
#include "schema/schema.h"

struct message;

struct tracepoint {
	char *name;		       /* CATEGORY:NAME */
	uint16_t id;		       /* for perf_event_open(2), and common_type of its records */
	struct tracepoint_facts facts; /* for the kernel side */
	const char *print_fmt; /* the kernel's words for printing it, to the end of the text; "" where it has none */
	struct schema args;    /* its own fields, as they lie behind the frame; `doc` of each is its C declaration */
	struct schema schema;  /* the event type; after tracepoint_put_frame */
	const struct message
		*message;     /* not owned; to be set before events come; NULL: the kernel's words cannot be followed */
	struct field *fields; /* of args; memory of all texts: */
	struct field *frame;  /* of schema */
	char *line;	      /* of schema */
	char *texts;
	size_t texts_used;
};

/*
 * Reads a format text of `length` bytes (no NUL needed). `name` is CATEGORY:NAME. Returns 0 or -errno, described:
 * -EINVAL where the text is none or contradicts itself, -E2BIG where its records cannot be taken. *ret belongs to the
 * caller.
 */
int tracepoint_new(const char *name, const char *format, size_t length, struct tracepoint **ret, struct error *err);
void tracepoint_free(struct tracepoint *t);

/*
 * Completes the event type: the fields of `frame`, which is schema_tracepoint, extended or not, with args filled in,
 * and behind them `message`: the kernel's own words by t->message, else the fields as name=value. `frame` must outlive
 * it. Returns 0 or -ENOMEM.
 */
int tracepoint_put_frame(struct tracepoint *t, const struct schema *frame);

#endif
