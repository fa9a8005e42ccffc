/* SPDX-License-Identifier: GPL-2.0-only */
/* What an exit event must say, from wait4(2) and /proc/PID/io of the zombie; and ways to use up a processor. */
#ifndef KERNEL_LIVES_H
#define KERNEL_LIVES_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

#include "child.h"
#include "session.h"

/* What the kernel told whoever waited for a child. */
struct bill {
	pid_t pid;
	int status;
	struct rusage usage; /* the child's and of the children that it waited for */
	bool has_io;
	uint64_t read_bytes, write_bytes; /* of /proc/PID/io: children that it waited for included */
	uint64_t ended_ns;		  /* CLOCK_BOOTTIME, just after the end */
};

/* Waits for the end of a child, looks at the zombie, and reaps it. */
struct bill bill_take(struct child *c);
uint64_t bill_cpu_ns(const struct bill *bill);

/* The only exit event of that process: its status is that of wait(2), its times fit together. */
json_t *check_exit(struct session *s, pid_t pid, int wait_status);
/* Exit code, signal, signal_name and core alone. */
void check_exit_status(const json_t *e, int wait_status);
/* Both are events of one process. */
void check_same_entity(const json_t *one, const json_t *other);

/* Whether two times are as close as the tolerance of CPU times allows: 10 % and a clock tick. */
bool cpu_close(uint64_t actual_ns, uint64_t expected_ns);
/*
 * The same of what the exit event `e` says and what wait4 said at `ended_ns` (CLOCK_BOOTTIME): of the way out after the
 * event, at most as long as the time between the two, only the latter can know.
 */
bool cpu_close_at_exit(const json_t *e, uint64_t actual_ns, uint64_t expected_ns, uint64_t ended_ns);

/* Keep the calling thread's processor busy for so long by its own clock, in user or in kernel mode. */
void burn_user(unsigned int ms);
void burn_system(unsigned int ms);

#endif
