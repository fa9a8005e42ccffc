/* SPDX-License-Identifier: GPL-2.0-only */
/* Joins pieces with their records. Trusts no length that a record or a piece names. */
#include "capture/assemble.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "events/events.h"
#include "events/tracepoint.h"

/*
 * Pieces of an event come before its record, those of other CPUs, or of runs preempted in between, among them. An event
 * whose record was lost leaves its pieces behind: they go when so many later events of that CPU have come, or for want
 * of memory.
 */
#define LATER_EVENTS 64

struct row_part {
	uint32_t row;
	uint32_t length; /* of the data at this place of `data` */
	uint32_t offset; /* within the row, as the kernel side counts */
};

struct waiting {
	struct waiting *next;
	uint64_t seq;
	uint32_t cpu, of;
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

/* Piece and record have the number of their event, which is one of its type and CPU. */
static struct waiting **waiting_find(struct assemble *a, const struct record *header, uint32_t of)
{
	struct waiting **at = &a->waiting;

	while (*at && ((*at)->cpu != header->cpu || (*at)->of != of || (*at)->seq != header->seq))
		at = &(*at)->next;
	return at;
}

/* Forgets what will not be asked for any more. */
static void assemble_prune(struct assemble *a, const struct piece *newest)
{
	struct waiting **at = &a->waiting;

	while (*at) {
		struct waiting *w = *at;

		if (a->bytes > ASSEMBLE_BYTES_MAX || (w->cpu == newest->header.cpu && w->of == newest->of &&
						      w->seq + LATER_EVENTS < newest->header.seq)) {
			*at = w->next;
			waiting_free(a, w);
		} else {
			at = &w->next;
		}
	}
}

void assemble_add(struct assemble *a, const struct piece *piece, size_t bytes)
{
	const struct row_part part = {.row = piece->row, .length = piece->length, .offset = piece->offset};
	struct waiting **at, *w;

	if (bytes < sizeof(*piece) || piece->length > bytes - sizeof(*piece) || piece->row >= 64)
		return;
	assemble_prune(a, piece);
	at = waiting_find(a, &piece->header, piece->of);
	w = *at;
	if (!w) {
		w = calloc(1, sizeof(*w));
		if (!w)
			return;
		w->cpu = piece->header.cpu;
		w->of = piece->of;
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

/* A row that can come in pieces. */
struct piece_row {
	unsigned int row;
	size_t offset; /* of its struct span in the record */
};

/* What of a record type concerns pieces. */
struct layout {
	size_t bytes; /* of the fixed part */
	size_t spilled, truncated;
	size_t nr_rows;
	struct piece_row rows[8];
};

#define EXEC_ROW(name)                                                                                                 \
	{                                                                                                              \
		EXEC_##name, offsetof(struct exec_event, name)                                                         \
	}
static const struct layout exec_layout = {
	.bytes = sizeof(struct exec_event),
	.spilled = offsetof(struct exec_event, spilled),
	.truncated = offsetof(struct exec_event, truncated),
	.nr_rows = 8,
	.rows = {EXEC_ROW(filename), EXEC_ROW(exe), EXEC_ROW(interp), EXEC_ROW(cwd), EXEC_ROW(argv), EXEC_ROW(env),
		 EXEC_ROW(cgroup), EXEC_ROW(cgroup_v1)},
};

#define FAIL_ROW(name)                                                                                                 \
	{                                                                                                              \
		EXEC_FAIL_##name, offsetof(struct exec_fail_event, name)                                               \
	}
static const struct layout exec_fail_layout = {
	.bytes = sizeof(struct exec_fail_event),
	.spilled = offsetof(struct exec_fail_event, spilled),
	.truncated = offsetof(struct exec_fail_event, truncated),
	.nr_rows = 3,
	.rows = {FAIL_ROW(filename), FAIL_ROW(cwd), FAIL_ROW(argv)},
};

static const struct layout exit_layout = {.bytes = sizeof(struct exit_event)};
static const struct layout fork_layout = {.bytes = sizeof(struct fork_event)};

static const struct layout tracepoint_layout = {.bytes = sizeof(struct tracepoint_event)};

static const struct layout *const layouts[RECORD_EVENT_MAX] = {
	[RECORD_exec] = &exec_layout, [RECORD_exec_fail] = &exec_fail_layout, [RECORD_exit] = &exit_layout,
	[RECORD_fork] = &fork_layout, [RECORD_snapshot] = &exec_layout,	      [RECORD_tracepoint] = &tracepoint_layout,
};

static uint64_t *mask_at(void *record, size_t offset)
{
	return (uint64_t *)((char *)record + offset);
}

static bool append_tail(struct buffer *joined, const struct record *record, size_t bytes, const struct span *tail)
{
	if (tail->offset > bytes || tail->length > bytes - tail->offset)
		return false;
	buffer_append(joined, (const char *)record + tail->offset, tail->length);
	return true;
}

/* Where a record comes from: the ring, and the pieces that came ahead. */
struct source {
	const struct record *record;
	size_t bytes;
	const struct waiting *waiting; /* NULL: none came */
};

/* Puts a row together behind the end of `joined`: its pieces in the order in which they came, then the tail from the
 * record. */
static bool join_row(struct buffer *joined, const struct piece_row *at, const struct source *from)
{
	const struct waiting *w = from->waiting;
	bool complete = w && !(w->damaged & ROW_BIT(at->row));
	struct span tail, whole = {.offset = joined->length};
	const char *data = w ? w->data.data : NULL;

	memcpy(&tail, joined->data + at->offset, sizeof(tail));
	for (size_t i = 0; w && i < w->parts.length / sizeof(struct row_part); i++) {
		const struct row_part *part = (const struct row_part *)w->parts.data + i;

		if (part->row == at->row) {
			/* A piece before this one was dropped. */
			complete = complete && part->offset == joined->length - whole.offset;
			buffer_append(joined, data, part->length);
		}
		data += part->length;
	}
	if (!append_tail(joined, from->record, from->bytes, &tail))
		complete = false;
	whole.length = joined->length - whole.offset;
	memcpy(joined->data + at->offset, &whole, sizeof(whole));
	return complete;
}

static const struct record *join(struct assemble *a, const struct layout *layout, const struct source *from,
				 size_t *ret_bytes)
{
	struct buffer *joined = &a->joined;
	uint64_t spilled;

	joined->length = 0;
	joined->failed = false;
	buffer_append(joined, from->record, from->bytes);
	if (joined->failed)
		return NULL;
	spilled = *mask_at(joined->data, layout->spilled);
	for (size_t i = 0; i < layout->nr_rows && !joined->failed; i++) {
		const struct piece_row *at = &layout->rows[i];

		if ((spilled & ROW_BIT(at->row)) && !join_row(joined, at, from))
			*mask_at(joined->data, layout->truncated) |= ROW_BIT(at->row);
	}
	if (joined->failed)
		return NULL;
	*ret_bytes = joined->length;
	return (const struct record *)joined->data;
}

const struct record *assemble_take(struct assemble *a, const struct record *record, size_t *bytes)
{
	const struct layout *layout = record->type < RECORD_EVENT_MAX ? layouts[record->type] : NULL;
	struct source from = {.record = record, .bytes = *bytes};
	struct waiting **at, *w;

	if (!layout || *bytes < layout->bytes)
		return NULL;
	if (!layout->nr_rows || !*mask_at((void *)record, layout->spilled))
		return record;
	at = waiting_find(a, record, record->type);
	w = *at;
	from.waiting = w;
	record = join(a, layout, &from, bytes);
	if (w) {
		*at = w->next;
		waiting_free(a, w);
	}
	return record;
}
