/* SPDX-License-Identifier: GPL-2.0-only */
/* Joins pieces with their records. Trusts no length that a record or a piece names. */
#include "capture/assemble.h"

#include <stdbool.h>
#include <stdlib.h>

/*
 * Pieces of an event come before its record, those of other CPUs, or of runs preempted in between, among them. An event whose record was
 * lost leaves its pieces behind: they go when so many later events of that CPU have come, or for want of memory.
 */
#define LATER_EVENTS 64

struct row_part {
	uint32_t row;
	uint32_t length; /* of the data at this place of `data` */
};

struct waiting {
	struct waiting *next;
	uint64_t seq;
	uint32_t cpu;
	uint64_t damaged;    /* rows of which a piece is missing (bits) */
	struct buffer parts; /* struct row_part */
	struct buffer data;
};

static void waiting_free(struct assemble *a, struct waiting *w)
{
	a->bytes -= w->data.length;
	buffer_done(&w->parts);
	buffer_done(&w->data);
	free(w);
}

void assemble_close(struct assemble *a)
{
	while (a->waiting) {
		struct waiting *w = a->waiting;

		a->waiting = w->next;
		waiting_free(a, w);
	}
	buffer_done(&a->joined);
}

static struct waiting **waiting_find(struct assemble *a, uint32_t cpu, uint64_t seq)
{
	struct waiting **at = &a->waiting;

	while (*at && ((*at)->cpu != cpu || (*at)->seq != seq))
		at = &(*at)->next;
	return at;
}

/* Forgets what will not be asked for any more. */
static void assemble_prune(struct assemble *a, uint32_t cpu, uint64_t seq)
{
	struct waiting **at = &a->waiting;

	while (*at) {
		struct waiting *w = *at;

		if (a->bytes > ASSEMBLE_BYTES_MAX || (w->cpu == cpu && w->seq + LATER_EVENTS < seq)) {
			*at = w->next;
			waiting_free(a, w);
		} else {
			at = &w->next;
		}
	}
}

void assemble_add(struct assemble *a, const struct piece *piece, size_t bytes)
{
	const struct row_part part = {.row = piece->row, .length = piece->length};
	struct waiting **at, *w;

	if (bytes < sizeof(*piece) || piece->length > bytes - sizeof(*piece) || piece->row >= 64)
		return;
	assemble_prune(a, piece->header.cpu, piece->header.seq);
	at = waiting_find(a, piece->header.cpu, piece->header.seq);
	w = *at;
	if (!w) {
		w = calloc(1, sizeof(*w));
		if (!w)
			return;
		w->cpu = piece->header.cpu;
		w->seq = piece->header.seq;
		*at = w;
	}
	if (!buffer_reserve(&w->parts, sizeof(part)) || !buffer_reserve(&w->data, part.length)) {
		w->damaged |= ROW_BIT(part.row);
		return;
	}
	buffer_append(&w->parts, &part, sizeof(part));
	buffer_append(&w->data, piece->data, part.length);
	a->bytes += part.length;
}

/* The span of each row that can come in pieces; NULL for the others. */
static struct span *row_span(struct exec_event *e, unsigned int row)
{
	switch (row) {
	case EXEC_filename:
		return &e->filename;
	case EXEC_exe:
		return &e->exe;
	case EXEC_interp:
		return &e->interp;
	case EXEC_cwd:
		return &e->cwd;
	case EXEC_argv:
		return &e->argv;
	case EXEC_env:
		return &e->env;
	case EXEC_cgroup:
		return &e->cgroup;
	case EXEC_cgroup_v1:
		return &e->cgroup_v1;
	default:
		return NULL;
	}
}

static bool append_tail(struct buffer *joined, const struct record *record, size_t bytes, const struct span *tail)
{
	if (tail->offset > bytes || tail->length > bytes - tail->offset)
		return false;
	buffer_append(joined, (const char *)record + tail->offset, tail->length);
	return true;
}

/* Puts a row together behind the end of `joined`: its pieces in the order in which they came, then the tail from the record. */
static void join_row(struct buffer *joined, unsigned int row, const struct waiting *w, const struct record *record, size_t bytes)
{
	struct exec_event *e = (struct exec_event *)joined->data;
	struct span *span = row_span(e, row), tail, whole = {.offset = joined->length};
	bool complete = w && !(w->damaged & ROW_BIT(row));
	const char *data = w ? w->data.data : NULL;

	if (!span)
		return;
	tail = *span;
	for (size_t i = 0; w && i < w->parts.length / sizeof(struct row_part); i++) {
		const struct row_part *part = (const struct row_part *)w->parts.data + i;

		if (part->row == row)
			buffer_append(joined, data, part->length);
		data += part->length;
	}
	if (!append_tail(joined, record, bytes, &tail))
		complete = false;
	e = (struct exec_event *)joined->data; /* it may have moved */
	whole.length = joined->length - whole.offset;
	*row_span(e, row) = whole;
	if (!complete)
		e->truncated |= ROW_BIT(row);
}

static const struct record *join(struct assemble *a, const struct waiting *w, const struct record *record, size_t *bytes)
{
	uint64_t spilled = ((const struct exec_event *)record)->spilled;
	struct buffer *joined = &a->joined;

	joined->length = 0;
	joined->failed = false;
	buffer_append(joined, record, *bytes);
	for (unsigned int row = 0; row < EXEC_ROW_MAX && !joined->failed; row++) {
		if (spilled & ROW_BIT(row))
			join_row(joined, row, w, record, *bytes);
	}
	if (joined->failed)
		return NULL;
	*bytes = joined->length;
	return (const struct record *)joined->data;
}

const struct record *assemble_take(struct assemble *a, const struct record *record, size_t *bytes)
{
	struct waiting **at, *w;

	if (*bytes < sizeof(struct exec_event))
		return NULL;
	if (!((const struct exec_event *)record)->spilled)
		return record;
	at = waiting_find(a, record->cpu, record->seq);
	w = *at;
	record = join(a, w, record, bytes);
	if (w) {
		*at = w->next;
		waiting_free(a, w);
	}
	return record;
}
