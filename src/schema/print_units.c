/* SPDX-License-Identifier: GPL-2.0-only */
/* The kinds `duration` and `bytes`: for people at most three digits and a unit; in JSON the plain number. */
#include "schema/kind.h"

#include "base/digits.h"

struct unit {
	uint64_t size;
	const char *name;
};

/*
 * Appends number / unit, rounded to half up, with two digits behind the point below 10, one below 100, and none else;
 * with fewer where `digits` allows fewer.
 */
static void append_scaled(struct buffer *out, uint64_t number, const struct unit *unit, unsigned int digits)
{
	static const uint64_t powers[] = {1, 10, 100};
	unsigned __int128 scaled;
	uint64_t whole;

	if (number / unit->size >= 100)
		digits = 0;
	else if (number / unit->size >= 10 && digits > 1)
		digits = 1;
	scaled = ((unsigned __int128)number * powers[digits] * 2 + unit->size) / ((unsigned __int128)unit->size * 2);
	whole = scaled / powers[digits];
	buffer_append_u64(out, whole);
	if (digits) {
		char text[2];

		digits_put_2(text, scaled % powers[digits]);
		buffer_append_char(out, '.');
		buffer_append(out, text + 2 - digits, digits);
	}
	buffer_append_text(out, unit->name);
}

/* 0, 850ns, 12us, 2.1ms, 1.84s, 73.2s, 12m03s, 5h07m */
void print_duration(const struct event *e, const struct value *v, struct buffer *out)
{
	static const struct unit second = {1000000000, "s"}, milli = {1000000, "ms"}, micro = {1000, "us"};
	uint64_t seconds = v->u / second.size;

	(void)e;
	if (seconds >= 3600)
		buffer_printf(out, "%lluh%02um", (unsigned long long)seconds / 3600, (unsigned int)(seconds / 60 % 60));
	else if (seconds >= 100)
		buffer_printf(out, "%um%02us", (unsigned int)(seconds / 60), (unsigned int)(seconds % 60));
	else if (seconds)
		append_scaled(out, v->u, &second, 2);
	else if (v->u >= milli.size / 10)
		append_scaled(out, v->u, &milli, 1);
	else if (v->u >= micro.size)
		append_scaled(out, v->u, &micro, 0);
	else
		buffer_printf(out, v->u ? "%uns" : "%u", (unsigned int)v->u);
}

/* 0, 512, 1.9K, 3.1M, 412M, 12G */
void print_size(const struct event *e, const struct value *v, struct buffer *out)
{
	static const char names[][2] = {"", "K", "M", "G", "T", "P", "E"};
	struct unit unit = {1, names[0]};
	unsigned int i = 0;

	(void)e;
	/* 1023.5K would be shown as 1024K. */
	while (i < 6 && v->u / unit.size >= 1000) {
		unit.size *= 1024;
		unit.name = names[++i];
	}
	append_scaled(out, v->u, &unit, i && v->u < unit.size * 10 ? 1 : 0);
}
