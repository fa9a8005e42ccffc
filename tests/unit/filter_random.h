/* SPDX-License-Identifier: GPL-2.0-only */
/* Random records and random filters over them, the same from each seed; for tests that compare two evaluators. */
#ifndef FILTER_RANDOM_H
#define FILTER_RANDOM_H

#include "../golden/maker.h"
#include "base/buffer.h"
#include "events/events.h"
#include "events/filter.h"

#undef errno

struct random {
	uint64_t state;
};

static inline uint64_t random_next(struct random *r)
{
	r->state ^= r->state << 13;
	r->state ^= r->state >> 7;
	r->state ^= r->state << 17;
	return r->state;
}

static inline unsigned int random_below(struct random *r, unsigned int n)
{
	return (random_next(r) >> 16) % n;
}

/* Few, so that equal ones are common; the ends of ranges among them. */
static inline uint64_t random_number(struct random *r)
{
	static const uint64_t numbers[] = {0,	   1,	       2,	   3,	       9,	   0x80,
					   0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 1ULL << 63, ~0ULL};

	return numbers[random_below(r, sizeof(numbers) / sizeof(numbers[0]))];
}

/* No quotes and backslashes: they stand in filters as they are. */
static inline const char *random_text(struct random *r)
{
	static const char *const texts[] = {"",
					    "a",
					    "ab",
					    "abcdefgh",
					    "abcdefghi",
					    "abcdefghijklmno",
					    "abcdefghijklmnop",
					    "/usr/bin/\xff",
					    "/usr/bin/env",
					    "/usr/bin/a/name/of/32/bytes/0123",
					    "/usr/bin/a/name/of/33/bytes/01234"};

	return texts[random_below(r, sizeof(texts) / sizeof(texts[0]))];
}

/* Every number of the record, then its texts. */
static inline void random_record(struct random *r, const struct schema *s, struct maker *m)
{
	size_t end = 0;

	memset(m->bytes, random_next(r), 20000);
	for (size_t i = 0; i < s->nr_fields; i++)
		if (s->fields[i].offset + s->fields[i].size > end)
			end = s->fields[i].offset + s->fields[i].size;
	m->size = end;
	for (size_t i = 0; i < s->nr_fields; i++) {
		const struct field *f = &s->fields[i];
		uint64_t number = random_number(r);
		char *at = m->bytes + f->offset;

		if (f->kind == KIND_comm)
			strncpy(at, random_text(r), f->size);
		else if (f->kind == KIND_text && random_below(r, 4))
			maker_text(m, (struct span *)at, random_text(r));
		else if (f->size <= 8)
			memcpy(at,
			       f->kind == KIND_text || f->kind == KIND_path || f->kind == KIND_strings ||
					       f->kind == KIND_tty
				       ? &(uint64_t){0}
				       : &number,
			       f->size);
	}
	if (s->unreadable_offset) {
		uint64_t rows = random_next(r) & random_next(r) & random_next(r);

		memcpy(m->bytes + s->unreadable_offset, &rows, sizeof(rows));
	}
}

static inline const struct field *random_field(struct random *r, const struct schema *s)
{
	const struct field *f;

	do
		f = &s->fields[random_below(r, s->nr_fields)];
	while (f->internal);
	return f;
}

static inline void random_value(struct random *r, const struct field *f, struct buffer *out)
{
	const char *json = kinds[f->kind].json;

	if (f->kind == KIND_hex64 || !strcmp(json, "number"))
		buffer_printf(out, "%llu", (unsigned long long)random_number(r));
	else if (!strcmp(json, "boolean"))
		buffer_append_text(out, random_below(r, 2) ? "true" : "false");
	else
		buffer_printf(out, "\"%s\"", random_text(r));
}

static inline void random_comparison(struct random *r, const struct field *f, struct buffer *out)
{
	static const char *const number_signs[] = {"==", "!=", "<", "<=", ">", ">=", "&"};
	bool number = f->kind == KIND_hex64 || !strcmp(kinds[f->kind].json, "number");
	bool boolean = !strcmp(kinds[f->kind].json, "boolean");
	unsigned int choice = random_below(r, 8);

	if (choice == 0) {
		buffer_printf(out, "present(%s)", f->name);
	} else if (choice == 1) {
		buffer_printf(out, "%s in (", f->name);
		random_value(r, f, out);
		buffer_append_text(out, ", ");
		random_value(r, f, out);
		buffer_append_char(out, ')');
	} else if (choice == 2 && boolean) {
		buffer_append_text(out, f->name);
	} else if (choice < 5 && !number && !boolean) {
		const char *text = random_text(r);

		buffer_printf(out, choice < 4 ? "%s ~ \"%.*s*\"" : "%s ~ \"%.*s\"", f->name,
			      (int)random_below(r, strlen(text) + 1), text);
	} else {
		buffer_printf(out, "%s %s ", f->name, number_signs[random_below(r, number ? 7 : 2)]);
		random_value(r, f, out);
	}
}

static inline void random_filter(struct random *r, const struct schema *s, unsigned int depth, struct buffer *out)
{
	unsigned int choice = depth ? random_below(r, 6) : 5;

	if (choice == 0)
		buffer_append_char(out, '!');
	if (choice < 3) {
		buffer_append_char(out, '(');
		random_filter(r, s, depth - 1, out);
		buffer_append_char(out, ')');
	} else if (choice < 5) {
		random_filter(r, s, depth - 1, out);
		buffer_append_text(out, choice == 3 ? " && " : " || ");
		random_filter(r, s, depth - 1, out);
	} else {
		random_comparison(r, random_field(r, s), out);
	}
}

#endif
