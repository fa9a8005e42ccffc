/* SPDX-License-Identifier: GPL-2.0-only */
/* Time since boot to time of day. */
#include "base/clock.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/digits.h"

#define NSEC_PER_SEC	1000000000ULL
#define SECONDS_PER_DAY 86400

uint64_t clock_now(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return t.tv_sec * NSEC_PER_SEC + t.tv_nsec;
}

/* Takes the sample that was disturbed least: the wall clock is read between two readings of the other. */
static int64_t sample_offset(void)
{
	int64_t best_gap = INT64_MAX, offset = 0;

	for (int i = 0; i < 8; i++) {
		int64_t before = clock_now(CLOCK_BOOTTIME);
		int64_t wall = clock_now(CLOCK_REALTIME);
		int64_t gap = (int64_t)clock_now(CLOCK_BOOTTIME) - before;

		if (gap >= best_gap)
			continue;
		best_gap = gap;
		offset = wall - (before + gap / 2);
	}
	return offset;
}

/* A timer that never ends, cancelled when the wall clock is set: timerfd_create(2), TFD_TIMER_CANCEL_ON_SET. */
static int arm(int fd)
{
	/* The year 2255: nanoseconds of it still fit 64 bits with a sign. */
	struct itimerspec never = {.it_value = {.tv_sec = 9000000000}};

	return timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL);
}

int clock_open(struct clock *c, struct error *err)
{
	struct timespec t;

	if (clock_gettime(CLOCK_BOOTTIME, &t))
		return fail(err, -errno, "cannot read CLOCK_BOOTTIME: %s", strerror(errno));
	c->fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	if (c->fd >= 0 && arm(c->fd)) {
		close(c->fd);
		c->fd = -1;
	}
	/* Armed first: a step between the two is seen by clock_check. */
	c->offset_ns = sample_offset();
	return 0;
}

void clock_close(struct clock *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

void clock_check(struct clock *c)
{
	uint64_t nr_expired;

	if (c->fd >= 0 && read(c->fd, &nr_expired, sizeof(nr_expired)) < 0 && errno == EAGAIN)
		return;
	/* ECANCELED: the clock was set. The timer stays armed (since Linux 3.0), so that the next step is told too. */
	c->offset_ns = sample_offset();
}

/* Puts YYYY-MM-DD of a day since 1970-01-01; the year has four digits: 64 bits of nanoseconds end in 2554. */
static void put_date(char *at, unsigned int days)
{
	/* Counted from 0000-03-01, so that the leap day is the last day of a year; 146,097 days make 400 years. */
	unsigned int day = days + 719468;
	unsigned int era = day / 146097, day_of_era = day % 146097;
	unsigned int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	unsigned int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	/* Months from March have 153 days in every five. */
	unsigned int month = (5 * day_of_year + 2) / 153;

	digits_put_4(at, 400 * era + year_of_era + (month >= 10));
	at[4] = '-';
	digits_put_2(at + 5, month < 10 ? month + 3 : month - 9);
	at[7] = '-';
	digits_put_2(at + 8, day_of_year - (153 * month + 2) / 5 + 1);
}

static void put_hms(char *at, unsigned int hour, unsigned int minute, unsigned int second)
{
	digits_put_2(at, hour);
	at[2] = ':';
	digits_put_2(at + 3, minute);
	at[5] = ':';
	digits_put_2(at + 6, second);
}

static void put_utc_hms(char *at, unsigned int second_of_day)
{
	put_hms(at, second_of_day / 3600, second_of_day / 60 % 60, second_of_day % 60);
}

/* Puts all nine digits of the nanoseconds below a second. */
static void put_fraction(char *at, unsigned int ns)
{
	at[0] = '0' + ns / 100000000;
	digits_put_4(at + 1, ns / 10000 % 10000);
	digits_put_4(at + 5, ns % 10000);
}

void clock_append_utc(struct buffer *b, uint64_t wall_ns, unsigned int nr_digits)
{
	uint64_t second = wall_ns / NSEC_PER_SEC;
	char text[32];

	if (nr_digits > 9)
		nr_digits = 9;
	put_date(text, second / SECONDS_PER_DAY);
	text[10] = 'T';
	put_utc_hms(text + 11, second % SECONDS_PER_DAY);
	text[19] = '.';
	put_fraction(text + 20, wall_ns % NSEC_PER_SEC);
	text[20 + nr_digits] = 'Z';
	buffer_append(b, text, 20 + nr_digits + 1);
}

static void put_local_hms(char *at, uint64_t second)
{
	time_t moment = second;
	struct tm tm;

	if (localtime_r(&moment, &tm))
		put_hms(at, tm.tm_hour, tm.tm_min, tm.tm_sec);
	else
		put_utc_hms(at, second % SECONDS_PER_DAY);
}

static void put_day(struct clock_day *day, uint64_t second)
{
	if (day->utc)
		put_utc_hms(day->text, second % SECONDS_PER_DAY);
	else
		put_local_hms(day->text, second);
	day->second = second;
}

void clock_day_init(struct clock_day *day)
{
	tzset();
	put_day(day, time(NULL));
}

void clock_append_day(struct buffer *b, struct clock_day *day, uint64_t wall_ns)
{
	uint64_t second = wall_ns / NSEC_PER_SEC;
	char text[18];

	if (second != day->second)
		put_day(day, second);
	memcpy(text, day->text, sizeof(day->text));
	text[8] = '.';
	put_fraction(text + 9, wall_ns % NSEC_PER_SEC);
	buffer_append(b, text, 15);
}
