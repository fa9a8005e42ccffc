/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to outputs/: how an output is made. It is open, prepare, write, flush, close and a row in the list of
 * outputs.c. It knows an event and its schema, nothing of where events come from.
 */
#ifndef OUTPUTS_OUTPUT_H
#define OUTPUTS_OUTPUT_H

#include "outputs/outputs.h"
#include "outputs/sink.h"

/* What an output shows of one event type, found out once. */
struct view {
	struct view *next;
	const struct schema *schema;
	void *plan; /* made by the format's `prepare`, released by free() */
};

/* What a format owes. Functions return 0 or -errno and may be NULL but for `prepare`, `write` and `wants`. */
struct output_format {
	const char *name; /* of -o NAME */
	const char *doc;
	size_t state_bytes; /* zeroed memory that the format gets for its own use */
	int (*open)(struct output *o, struct error *err);
	int (*prepare)(struct output *o, struct view *v);			      /* makes v->plan */
	void (*write)(struct output *o, const struct view *v, const struct event *e); /* appends one line to the sink */
	void (*flush)(struct output *o);					      /* a batch is over */
	void (*end)(struct output *o);						      /* appends what ends the file */
	void (*close)(struct output *o);					      /* releases what open made */
	bool (*wants)(const struct field *f); /* without --fields: the kernel side is to collect it */
};

struct output {
	const struct output_format *format;
	struct output_settings settings;
	struct sink sink;
	const struct schema *const *schemas;
	struct view *views;
	char *path; /* NULL: standard output */
	void *state;
};

extern const struct output_format output_log, output_json, output_table, output_perfetto;

/* True for the event type that has a look of its own in log and table; the others are shown by their schema's line. */
bool output_is_exec(const struct schema *s);

/* True where --fields names the field, and of all fields without --fields and of control events. */
bool output_selects(const struct output *o, const struct schema *s, const struct field *f);

/* The same for a field inside the field `record` of the event type, which is selected: all of it, or members alone. */
bool output_selects_member(const struct output *o, const struct schema *s, const struct field *record,
			   const struct field *member);

#endif
