/* SPDX-License-Identifier: GPL-2.0-only */
/* Quantities for people. */
#include "report/units.h"

#define US 1000ULL
#define MS 1000000ULL
#define S  1000000000ULL

/* One digit behind the point while the number is small. */
static void append_decimal(struct buffer *b, uint64_t hundredths, const char *unit)
{
	unsigned long long whole = hundredths / 100;

	if (whole >= 100)
		buffer_printf(b, "%llu%s", whole, unit);
	else
		buffer_printf(b, "%llu.%llu%s", whole, (unsigned long long)hundredths / 10 % 10, unit);
}

static void append_pair(struct buffer *b, uint64_t high, const char *high_unit, uint64_t low, const char *low_unit)
{
	buffer_printf(b, "%llu%s%02llu%s", (unsigned long long)high, high_unit, (unsigned long long)low, low_unit);
}

static void append_long_time(struct buffer *b, uint64_t seconds)
{
	uint64_t minutes = seconds / 60, hours = minutes / 60, days = hours / 24;

	if (days >= 100)
		buffer_printf(b, "%llud", (unsigned long long)days);
	else if (days)
		append_pair(b, days, "d", hours % 24, "h");
	else if (hours)
		append_pair(b, hours, "h", minutes % 60, "m");
	else
		append_pair(b, minutes, "m", seconds % 60, "s");
}

void units_append_time(struct buffer *b, uint64_t ns)
{
	if (ns == 0)
		buffer_append_char(b, '0');
	else if (ns < US)
		buffer_append_text(b, "<1us");
	else if (ns < MS)
		buffer_printf(b, "%lluus", (unsigned long long)(ns / US));
	else if (ns < 100 * MS)
		append_decimal(b, ns / (MS / 100), "ms");
	else if (ns < S)
		buffer_printf(b, "%llums", (unsigned long long)(ns / MS));
	else if (ns < 10 * S)
		buffer_printf(b, "%llu.%02llus", (unsigned long long)(ns / S),
			      (unsigned long long)(ns / (S / 100) % 100));
	else if (ns < 60 * S)
		append_decimal(b, ns / (S / 100), "s");
	else
		append_long_time(b, ns / S);
}

void units_append_bytes(struct buffer *b, uint64_t bytes)
{
	static const char units[] = "KMGTPE";
	const char *unit = units;
	unsigned int remainder;

	if (bytes < 1024) {
		buffer_append_u64(b, bytes);
		return;
	}
	for (; bytes >= 1024 * 1024; bytes >>= 10)
		unit++;
	remainder = bytes % 1024;
	bytes /= 1024;
	if (bytes < 10)
		buffer_printf(b, "%llu.%u%c", (unsigned long long)bytes, remainder * 10 / 1024, *unit);
	else
		buffer_printf(b, "%llu%c", (unsigned long long)bytes, *unit);
}

void units_append_count(struct buffer *b, uint64_t count)
{
	if (count >= 1000) {
		units_append_count(b, count / 1000);
		buffer_printf(b, ",%03llu", (unsigned long long)(count % 1000));
	} else {
		buffer_append_u64(b, count);
	}
}

void units_append_percent(struct buffer *b, uint64_t part, uint64_t whole)
{
	uint64_t tenths = whole ? (uint64_t)((unsigned __int128)part * 1000 / whole) : 0;

	if (tenths && tenths < 100)
		buffer_printf(b, "%llu.%llu", (unsigned long long)tenths / 10, (unsigned long long)tenths % 10);
	else
		buffer_append_u64(b, tenths / 10);
}
