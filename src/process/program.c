/* SPDX-License-Identifier: GPL-2.0-only */
/* Copies exec records within bounds. Which rows are spans is told by the schema, not here. */
#include "process/program.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "schema/schema.h"

static bool is_span(const struct field *f)
{
	return f->row < 64 &&
	       (f->kind == KIND_text || f->kind == KIND_tty || f->kind == KIND_path || f->kind == KIND_strings);
}

/* The bytes of a span; NULL where it is not stored, or not whole inside the record. */
static const char *find_span(const void *record, size_t bytes, const struct field *f, struct span *ret_span)
{
	memcpy(ret_span, (const char *)record + f->offset, sizeof(*ret_span));
	if (!ret_span->offset || ret_span->offset > bytes || ret_span->length > bytes - ret_span->offset)
		return NULL;
	return (const char *)record + ret_span->offset;
}

size_t program_measure(const void *record, size_t bytes, uint64_t rows)
{
	size_t needed = sizeof(struct exec_event);
	struct span span;

	if (bytes < sizeof(struct exec_event))
		return 0;
	for (size_t i = 0; i < schema_exec.nr_fields; i++) {
		const struct field *f = &schema_exec.fields[i];

		if (is_span(f) && rows & ROW_BIT(f->row) && find_span(record, bytes, f, &span))
			needed += span.length;
	}
	return needed;
}

/* A copy being made. */
struct copy {
	struct program *program;
	const void *record;
	size_t bytes; /* of the record */
	uint64_t rows;
	size_t limit;
};

/* A path is stored leaf first (events/record.h): without its end it lacks leading components. */
static size_t cut_path(char *stored, size_t length)
{
	while (length > 1 && stored[length - 1])
		length--;
	if (length)
		stored[0] = PATH_CUT;
	return length;
}

static void copy_span(struct copy *c, const struct field *f)
{
	struct exec_event *to = (struct exec_event *)c->program->record;
	char *end = c->program->record + c->program->bytes;
	size_t room = c->limit - c->program->bytes;
	struct span span;
	const char *from = c->rows & ROW_BIT(f->row) ? find_span(c->record, c->bytes, f, &span) : NULL;

	if (!from) {
		span = (struct span){0, 0};
	} else {
		bool cut = span.length > room;

		if (cut) {
			span.length = room;
			to->truncated |= ROW_BIT(f->row);
		}
		memcpy(end, from, span.length);
		if (cut && f->kind == KIND_path)
			span.length = cut_path(end, span.length);
		span.offset = c->program->bytes;
		c->program->bytes += span.length;
	}
	memcpy(c->program->record + f->offset, &span, sizeof(span));
}

static void copy_spans(struct copy *c, bool lists)
{
	for (size_t i = 0; i < schema_exec.nr_fields; i++) {
		const struct field *f = &schema_exec.fields[i];

		if (is_span(f) && (f->kind == KIND_strings) == lists)
			copy_span(c, f);
	}
}

struct program *program_new(const void *record, size_t bytes, uint64_t rows, size_t limit)
{
	struct copy c = {.record = record, .bytes = bytes, .rows = rows, .limit = program_measure(record, bytes, rows)};

	if (c.limit > limit)
		c.limit = limit;
	if (c.limit < sizeof(struct exec_event))
		return NULL;
	c.program = malloc(sizeof(*c.program) + c.limit);
	if (!c.program)
		return NULL;
	c.program->refs = 1;
	c.program->bytes = sizeof(struct exec_event);
	memcpy(c.program->record, record, sizeof(struct exec_event));
	copy_spans(&c, false);
	copy_spans(&c, true);
	return c.program;
}
