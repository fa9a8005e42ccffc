/* SPDX-License-Identifier: GPL-2.0-only */
/* Quantities for people: short, never wider than their column, cut and not rounded. */
#include "base/buffer.h"
#include "check.h"
#include "report/units.h"

static void check_told(struct buffer *b, const char *expected)
{
	CHECK_BYTES(b->data, b->length, expected, strlen(expected));
	buffer_done(b);
}

static void check_time(uint64_t ns, const char *expected)
{
	struct buffer b = {0};

	units_append_time(&b, ns);
	check_told(&b, expected);
}

static void check_bytes_of(uint64_t bytes, const char *expected)
{
	struct buffer b = {0};

	units_append_bytes(&b, bytes);
	check_told(&b, expected);
}

static void check_percent(uint64_t part, uint64_t whole, const char *expected)
{
	struct buffer b = {0};

	units_append_percent(&b, part, whole);
	check_told(&b, expected);
}

static void times_have_about_three_digits(void)
{
	check_time(0, "0");
	check_time(999, "<1us");
	check_time(1000, "1us");
	check_time(999999, "999us");
	check_time(1000000, "1.0ms");
	check_time(99999999, "99.9ms");
	check_time(100000000, "100ms");
	check_time(999999999, "999ms");
	check_time(1840000000, "1.84s");
	check_time(9999999999, "9.99s");
	check_time(59999999999, "59.9s");
	check_time(60000000000, "1m00s");
	check_time(3599000000000, "59m59s");
	check_time(3600000000000, "1h00m");
	check_time(86399000000000, "23h59m");
	check_time(86400000000000, "1d00h");
	check_time(UINT64_MAX, "213503d");
}

static void sizes_are_in_units_of_1024(void)
{
	check_bytes_of(0, "0");
	check_bytes_of(1023, "1023");
	check_bytes_of(1024, "1.0K");
	check_bytes_of(10239, "9.9K");
	check_bytes_of(10240, "10K");
	check_bytes_of(1048575, "1023K");
	check_bytes_of(412 << 20, "412M");
	check_bytes_of(UINT64_MAX, "15E");
}

static void counts_have_commas(void)
{
	struct buffer b = {0};

	units_append_count(&b, 1234567);
	buffer_append_char(&b, ' ');
	units_append_count(&b, 999);
	buffer_append_char(&b, ' ');
	units_append_count(&b, 1000);
	check_told(&b, "1,234,567 999 1,000");
}

static void shares_are_of_a_whole(void)
{
	check_percent(0, 0, "0");
	check_percent(1, 3, "33");
	check_percent(1, 10, "10");
	check_percent(99, 1000, "9.9");
	check_percent(1, 1000, "0.1");
	check_percent(UINT64_MAX, UINT64_MAX, "100");
}

static void nothing_is_wider_than_its_column(void)
{
	for (uint64_t ns = 1; ns < 86400000000000ULL * 10000; ns += ns / 97 + 1) {
		struct buffer b = {0};

		units_append_time(&b, ns);
		if (b.length > UNIT_COLUMNS)
			CHECK_EQ(b.length, UNIT_COLUMNS);
		buffer_done(&b);
	}
}

int main(void)
{
	RUN(times_have_about_three_digits);
	RUN(sizes_are_in_units_of_1024);
	RUN(counts_have_commas);
	RUN(shares_are_of_a_whole);
	RUN(nothing_is_wider_than_its_column);
	return test_main();
}
