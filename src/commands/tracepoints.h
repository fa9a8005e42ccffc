/* SPDX-License-Identifier: GPL-2.0-only */
/* The tracepoints that a command line names, read from tracefs: for observer list and observer trace. */
#ifndef COMMANDS_TRACEPOINTS_H
#define COMMANDS_TRACEPOINTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "schema/message.h"
#include "schema/tracepoint.h"

struct tracepoint_choice {
	const char *name;	       /* CATEGORY:NAME */
	bool by_pattern;	       /* only a pattern named it: it may be missing without harm */
	struct tracepoint *tracepoint; /* NULL until tracepoints_read */
};

struct tracepoints {
	struct tracepoint_choice *items; /* in the kernel's order, each once */
	size_t nr;
	struct buffer names; /* what the items' names lie in */
	int tracefs;	     /* descriptor, or -1 */
	struct messages *messages;
};

/*
 * Finds all tracepoints that one of the words names: CATEGORY:NAME, or a pattern (* and ?); without a colon it is the
 * NAME in any category. No word: all. A word that names none is an error. Returns 0 or -errno, described;
 * tracepoints_close releases also after a failure.
 */
int tracepoints_find(struct tracepoints *t, char *const *words, size_t nr_words, struct error *err);

/*
 * Reads what each is made of. Where a format cannot be read and only a pattern named it, it is left out and said on
 * standard error. Returns 0 or -errno, described.
 */
int tracepoints_read(struct tracepoints *t, struct error *err);

void tracepoints_close(struct tracepoints *t);

/* Appends fields, types, sizes and print format of a tracepoint that was read. */
void tracepoint_describe(const struct tracepoint *t, struct buffer *out);

#endif
