/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Time since boot to time of day, and times as text. Events carry CLOCK_BOOTTIME, which orders them whatever happens to
 * the wall clock; the wall time is that plus one offset, sampled again when the wall clock is set.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/buffer.h"
#include "base/error.h"

struct clock {
	int64_t offset_ns; /* CLOCK_REALTIME - CLOCK_BOOTTIME */
	int fd; /* timerfd: readable once the wall clock was set (a step, a leap second; slewing moves both clocks) */
};

/*
 * Samples the offset. The descriptor is there to be waited on; where the kernel gives none `fd` is -1 and clock_check
 * samples each time. Returns 0 or -errno.
 */
int clock_open(struct clock *c, struct error *err);
void clock_close(struct clock *c);

/* Samples the offset anew if the wall clock was set: one system call. To be called when `fd` is readable, or once a
 * batch. */
void clock_check(struct clock *c);

/* What a clock shows (clock_gettime(2)), in nanoseconds. */
uint64_t clock_now(clockid_t id);

/* Nanoseconds since 1970 (UTC) of a time since boot. */
static inline uint64_t clock_wall_ns(const struct clock *c, uint64_t boot_ns)
{
	return boot_ns + c->offset_ns;
}

/*
 * Appends nanoseconds since 1970 as RFC 3339 in UTC with 1 to 9 digits of the second, cut, not rounded:
 * 2024-07-06T13:33:30.024915Z. About 20 ns.
 */
void clock_append_utc(struct buffer *b, uint64_t wall_ns, unsigned int nr_digits);

/* Time of day of the last second that was asked for: local time costs the libc a look into its zone table. */
struct clock_day {
	bool utc;	 /* set by the user before clock_day_init: UTC instead of local time */
	uint64_t second; /* since 1970 */
	char text[8];	 /* HH:MM:SS */
};

/* Makes the libc read the zone (TZ, /etc/localtime), which it cannot do once opening files is forbidden. */
void clock_day_init(struct clock_day *day);

/* Appends HH:MM:SS.uuuuuu, always 15 bytes. */
void clock_append_day(struct buffer *b, struct clock_day *day, uint64_t wall_ns);

#endif
