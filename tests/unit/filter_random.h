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

/* Where the last field ends, those inside of others too. */
static inline size_t random_end(const struct schema *s)
{
	size_t end = 0;

	for (size_t i = 0; i < s->nr_fields; i++) {
		const struct field *f = &s->fields[i];
		size_t own = f->members ? random_end(f->members) : f->get ? 0 : f->offset + f->size;

		if (own > end)
			end = own;
	}
	return end;
}

/* A text behind the record, and where it lies; now and then nonsense. */
static inline void random_place(struct random *r, const struct field *f, struct maker *m)
{
	const char *text = random_text(r);
	uint32_t place = (m->size - f->base) | (strlen(text) + random_below(r, 2)) << 16;
	struct span span;

	maker_put(m, &span, text, strlen(text) + 1);
	if (!random_below(r, 8))
		place = random_below(r, 4) ? random_below(r, 200) | (uint32_t)random_next(r) << 16 : 0;
	memcpy(m->bytes + f->offset, &place, sizeof(place));
}

static inline void random_put(struct random *r, const struct field *f, struct maker *m)
{
	static const uint64_t none;
	char *at = m->bytes + f->offset;
	uint64_t number = random_number(r);
	struct span span;

	if (f->located) {
		random_place(r, f, m);
	} else if (f->kind == KIND_comm || f->kind == KIND_chars) {
		strncpy(at, random_text(r), f->size);
	} else if (f->kind == KIND_text && random_below(r, 4)) {
		maker_text(m, &span, random_text(r));
		memcpy(at, &span, sizeof(span));
	} else if (f->kind == KIND_text || f->kind == KIND_path || f->kind == KIND_strings || f->kind == KIND_tty ||
		   f->kind == KIND_record) {
		memcpy(at, &none, sizeof(none));
	} else if (f->size <= 8) {
		memcpy(at, &number, f->size);
	}
}

static inline void random_fields(struct random *r, const struct schema *s, struct maker *m)
{
	for (size_t i = 0; i < s->nr_fields; i++) {
		if (!s->fields[i].get)
			random_put(r, &s->fields[i], m);
		if (s->fields[i].members)
			random_fields(r, s->fields[i].members, m);
	}
}

static inline void random_record(struct random *r, const struct schema *s, struct maker *m)
{
	memset(m->bytes, random_next(r), FILTER_REACH + FILTER_SLACK_BYTES);
	m->size = random_end(s);
	random_fields(r, s, m);
	if (s->unreadable_offset) {
		uint64_t rows = random_next(r) & random_next(r) & random_next(r);

		memcpy(m->bytes + s->unreadable_offset, &rows, sizeof(rows));
	}
}

/* One that lies in the record, or inside of one of it. */
static inline const struct field *random_field(struct random *r, const struct schema *s)
{
	const struct field *f;

	do
		f = &s->fields[random_below(r, s->nr_fields)];
	while (f->internal || f->get);
	return f->members ? random_field(r, f->members) : f;
}

static inline bool random_is_number(const struct field *f)
{
	return f->kind == KIND_hex64 || f->kind == KIND_pointer || f->kind == KIND_integers ||
	       f->kind == KIND_cpumask || !strcmp(kinds[f->kind].json, "number");
}

static inline bool random_is_signed(const struct field *f)
{
	return f->kind == KIND_s8 || f->kind == KIND_s16 || f->kind == KIND_s32 || f->kind == KIND_s64;
}

static inline void random_value(struct random *r, const struct field *f, struct buffer *out)
{
	const char *json = kinds[f->kind].json;

	if (random_is_number(f))
		buffer_printf(out, random_is_signed(f) && random_below(r, 2) ? "-%llu" : "%llu",
			      (unsigned long long)(random_number(r) >> random_is_signed(f)));
	else if (!strcmp(json, "boolean"))
		buffer_append_text(out, random_below(r, 2) ? "true" : "false");
	else
		buffer_printf(out, "\"%s\"", random_text(r));
}

static inline void random_comparison(struct random *r, const struct field *f, struct buffer *out)
{
	static const char *const number_signs[] = {"==", "!=", "<", "<=", ">", ">=", "&"};
	bool number = random_is_number(f);
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

/* As the kernel side walks through it. */
static inline bool table_passes(const struct filter_table *t, const char *subject, uint32_t end)
{
	uint32_t at = 0;

	for (int turn = 0; turn < FILTER_STEPS_MAX && at < FILTER_STEPS_MAX; turn++)
		at = filter_next(t, at, subject, end);
	return at != FILTER_REJECT;
}

#endif
