/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers with units. Not strtoull: it takes signs, blanks and the locale's ideas. */
#include "base/parse.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit size_units[] = {
	{"", 1},	  {"K", 1 << 10}, {"k", 1 << 10}, {"KiB", 1 << 10}, {"M", 1 << 20}, {"m", 1 << 20},
	{"MiB", 1 << 20}, {"G", 1 << 30}, {"g", 1 << 30}, {"GiB", 1 << 30}, {NULL, 0},
};

static const struct unit duration_units[] = {
	{"", 1000000000}, {"s", 1000000000},  {"ms", 1000000},	    {"us", 1000},
	{"ns", 1},	  {"m", 60000000000}, {"h", 3600000000000}, {NULL, 0},
};

/* Reads digits into *ret_number; returns how many, or 0 where there are none, or -1 where 64 bits do not hold them. */
static int read_digits(const char *text, uint64_t *ret_number)
{
	uint64_t number = 0;
	int i;

	for (i = 0; text[i] >= '0' && text[i] <= '9'; i++) {
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, (uint64_t)(text[i] - '0'), &number))
			return -1;
	}
	*ret_number = number;
	return i;
}

static const struct unit *find_unit(const struct unit *units, const char *name)
{
	for (; units->name; units++)
		if (!strcmp(units->name, name))
			return units;
	return NULL;
}

int parse_number(const char *text, uint64_t max, uint64_t *ret_number, struct error *err)
{
	uint64_t number;
	int nr_digits = read_digits(text, &number);

	if (nr_digits == 0 || (nr_digits > 0 && text[nr_digits])) {
		fail(err, -EINVAL, "'%s' is not a number", text);
		return fail_hint(err, "digits alone, from 0 to %llu", (unsigned long long)max);
	}
	if (nr_digits < 0 || number > max) {
		fail(err, -ERANGE, "'%s' is too large", text);
		return fail_hint(err, "the largest value here is %llu", (unsigned long long)max);
	}
	*ret_number = number;
	return 0;
}

static int too_large(const char *what, const char *text, struct error *err)
{
	return fail(err, -ERANGE, "the %s '%s' is too large", what, text);
}

int parse_size(const char *text, uint64_t *ret_bytes, struct error *err)
{
	uint64_t number;
	int nr_digits = read_digits(text, &number);
	const struct unit *unit;

	if (nr_digits < 0)
		return too_large("size", text, err);
	unit = nr_digits ? find_unit(size_units, text + nr_digits) : NULL;
	if (!unit) {
		fail(err, -EINVAL, "'%s' is not a size", text);
		return fail_hint(err,
				 "a number of bytes, or of units of 1024 with K, M or G behind it: 65536, 64K, 4M");
	}
	if (__builtin_mul_overflow(number, unit->factor, &number))
		return too_large("size", text, err);
	*ret_bytes = number;
	return 0;
}

/* Value of the digits behind the point. False where they mean less than a nanosecond: "0.5ns" must not become 0. */
static bool fraction_ns(const char *digits, int nr_digits, uint64_t factor, uint64_t *ret_ns)
{
	uint64_t ns = 0;

	for (int i = 0; i < nr_digits; i++) {
		if (factor % 10 && digits[i] != '0')
			return false;
		if (factor % 10)
			continue;
		factor /= 10;
		ns += factor * (digits[i] - '0');
	}
	*ret_ns = ns;
	return true;
}

int parse_duration(const char *text, uint64_t *ret_ns, struct error *err)
{
	uint64_t number, fraction, ns;
	int nr_digits = read_digits(text, &number), nr_decimals = 0;
	const char *rest = text + (nr_digits > 0 ? nr_digits : 0);
	const struct unit *unit = NULL;

	if (nr_digits < 0)
		return too_large("duration", text, err);
	if (nr_digits && *rest == '.') {
		rest++;
		nr_decimals = strspn(rest, "0123456789");
		nr_digits = nr_decimals;
	}
	if (nr_digits)
		unit = find_unit(duration_units, rest + nr_decimals);
	if (!unit || !fraction_ns(rest, nr_decimals, unit->factor, &fraction)) {
		fail(err, -EINVAL, "'%s' is not a duration", text);
		return fail_hint(err, "a number with h, m, s, ms, us or ns behind it: 10s, 500ms, 1.5h");
	}
	if (__builtin_mul_overflow(number, unit->factor, &ns) || __builtin_add_overflow(ns, fraction, &ns))
		return too_large("duration", text, err);
	*ret_ns = ns;
	return 0;
}
