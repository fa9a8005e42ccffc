/* SPDX-License-Identifier: GPL-2.0-only */
/* base/clock.h: the offset and its renewal, times as text beside the libc's. */
#include <poll.h>
#include <stdint.h>
#include <sys/timex.h>
#include <time.h>

#include "base/clock.h"
#include "check.h"

#define SECOND 1000000000ULL

static uint64_t now_ns(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return t.tv_sec * SECOND + t.tv_nsec;
}

/* Milliseconds between what the clock says of now and what the system says. */
static int64_t error_ms(const struct clock *c)
{
	uint64_t boot = now_ns(CLOCK_BOOTTIME);

	return ((int64_t)now_ns(CLOCK_REALTIME) - (int64_t)clock_wall_ns(c, boot)) / 1000000;
}

static void boot_time_becomes_wall_time(void)
{
	struct clock c;

	CHECK_EQ(clock_open(&c, NULL), 0);
	CHECK(error_ms(&c) >= 0 && error_ms(&c) < 100);
	/* Nothing was set: the check must leave the offset alone. */
	if (c.fd >= 0) {
		c.offset_ns += 5 * SECOND;
		clock_check(&c);
		CHECK(error_ms(&c) <= -4900);
	}
	clock_close(&c);
	CHECK_EQ(c.fd, -1);
	/* Without a timer each check samples. */
	c.offset_ns = 0;
	clock_check(&c);
	CHECK(error_ms(&c) >= 0 && error_ms(&c) < 100);
}

/* Moves the wall clock by one nanosecond. */
static int nudge(int ns)
{
	struct timex t = {.modes = ADJ_SETOFFSET | ADJ_NANO};

	t.time.tv_sec = ns < 0 ? -1 : 0;
	t.time.tv_usec = ns < 0 ? (int)SECOND + ns : ns;
	return adjtimex(&t);
}

static void a_step_is_noticed_each_time(void)
{
	struct clock c;

	CHECK_EQ(clock_open(&c, NULL), 0);
	if (c.fd < 0 || nudge(1) < 0) {
		fprintf(stderr, "the clock may not be set here: steps not tested\n");
		clock_close(&c);
		return;
	}
	for (int i = 0; i < 2; i++) {
		struct pollfd readable = {.fd = c.fd, .events = POLLIN};

		CHECK_EQ(poll(&readable, 1, 1000), 1);
		c.offset_ns += 5 * SECOND;
		clock_check(&c);
		CHECK(error_ms(&c) >= 0 && error_ms(&c) < 100);
		CHECK_EQ(poll(&readable, 1, 0), 0);
		nudge(-1);
	}
	nudge(1);
	clock_close(&c);
}

static void utc_is_that_of_the_libc(void)
{
	struct buffer b = {0};
	char expected[64];

	/* A step that falls on every month, hour and leap year until the nanoseconds end. */
	for (uint64_t second = 0; second < UINT64_MAX / SECOND; second += 86400 * 5 + 12345) {
		time_t moment = second;
		struct tm tm;
		size_t length;

		gmtime_r(&moment, &tm);
		length = strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%S.000000001Z", &tm);
		b.length = 0;
		clock_append_utc(&b, second * SECOND + 1, 9);
		CHECK_BYTES(b.data, b.length, expected, length);
	}
	buffer_done(&b);
}

static void each_day_follows_the_last(void)
{
	struct buffer b = {0};
	char expected[64];

	for (uint64_t day = 0; day < 146097; day++) {
		time_t moment = day * 86400;
		struct tm tm;
		size_t length;

		gmtime_r(&moment, &tm);
		length = strftime(expected, sizeof(expected), "%Y-%m-%dT00:00:00.9Z", &tm);
		b.length = 0;
		clock_append_utc(&b, day * 86400 * SECOND + 999999999, 1);
		if (b.length != length || memcmp(b.data, expected, length))
			CHECK_BYTES(b.data, b.length, expected, length);
	}
	buffer_done(&b);
}

static void digits_are_cut_not_rounded(void)
{
	struct buffer b = {0};

	clock_append_utc(&b, 1720272810024915999, 6);
	CHECK_BUFFER(&b, "2024-07-06T13:33:30.024915Z");
	b.length = 0;
	clock_append_utc(&b, 1720272810024915999, 9);
	CHECK_BUFFER(&b, "2024-07-06T13:33:30.024915999Z");
	b.length = 0;
	clock_append_utc(&b, UINT64_MAX, 9);
	CHECK_BUFFER(&b, "2554-07-21T23:34:33.709551615Z");
	buffer_done(&b);
}

static void time_of_day_is_local_or_utc(void)
{
	struct clock_day local = {0}, utc = {.utc = true};
	struct buffer b = {0};

	setenv("TZ", "XXX-5:30", 1);
	clock_day_init(&local);
	clock_day_init(&utc);
	clock_append_day(&b, &local, 1720272810024915999);
	CHECK_BUFFER(&b, "19:03:30.024915");
	b.length = 0;
	clock_append_day(&b, &utc, 1720272810024915999);
	CHECK_BUFFER(&b, "13:33:30.024915");
	b.length = 0;
	/* The same second again, the next one, and one from before. */
	clock_append_day(&b, &local, 1720272810999999999);
	clock_append_day(&b, &local, 1720272811000000000);
	clock_append_day(&b, &local, 1720272809000001000);
	CHECK_BUFFER(&b, "19:03:30.99999919:03:31.00000019:03:29.000001");
	buffer_done(&b);
}

int main(void)
{
	RUN(boot_time_becomes_wall_time);
	RUN(a_step_is_noticed_each_time);
	RUN(utc_is_that_of_the_libc);
	RUN(each_day_follows_the_last);
	RUN(digits_are_cut_not_rounded);
	RUN(time_of_day_is_local_or_utc);
	return test_main();
}
