/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a run was, for a person: the tree of processes, totals, what cost most, and the critical path. Fed with the
 * records of the kernel side in the order in which they come; knows neither rings nor commands.
 *
 * How things are counted:
 * - A process is one life: (pid, start time). Its program is that of its last exec; before its first, its parent's. Its
 * CPU time is its own, that of children not included, so that the lives' times add up to the total.
 * - Wall time is from fork to end; from the first event where the fork was not seen, to the last event where the end
 * was not.
 * - At work is a process that lives and has no living child: the peak of those is the parallelism, without the shells
 * and makes that only wait.
 * - PATH probing: failed execs (ENOENT, ENOTDIR, EACCES) of one name after another, followed by a success of this name
 * in the same process. Only these are no failures.
 * - The critical path goes backwards from the root's end: the time after the last child that had ended by then is the
 *   process's own; then that child's, walked the same way, back to its start; from there on back in the parent with the
 * children that had ended by then. Its parts cover the root's wall time exactly, without gap or overlap.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "events/record.h"

struct report;

struct report_settings {
	uint32_t root_pid; /* the process that wall time and critical path are of; 0: the first one seen */
	bool whole;	   /* command lines are kept whole, however long; else as much as is ever shown */
	size_t max_lives;  /* processes kept; further ones are in the totals only. 0: REPORT_LIVES_MAX. About 500 bytes
			      each */
};
#define REPORT_LIVES_MAX ((size_t)1 << 18)

/* NULL where memory ran out, described. */
struct report *report_new(const struct report_settings *settings, struct error *err);
void report_free(struct report *r);

/* Sets root_pid, where it was not known before. */
void report_set_root(struct report *r, uint32_t pid);

/* Takes any record; those of other types, and threads, are passed over. */
void report_feed(struct report *r, const struct record *record, size_t bytes);

/* What has not ended lives at least until now (CLOCK_BOOTTIME). */
void report_live_on(struct report *r);

/* Processes that were seen to begin and not yet to end. May be wrong after lost events. */
size_t report_nr_alive(const struct report *r);

struct report_look {
	unsigned int columns; /* of the terminal; 0: lines are never cut */
	bool color;
	size_t max_lines; /* of the tree; what does not fit is folded and counted. 0: all */
};
#define REPORT_LINES 60

/* Appends the whole report. The report can go on to be fed and printed again. */
void report_print(struct report *r, const struct report_look *look, struct buffer *out);

/* Appends the tree of what lives at the end: pid, age, command. Threads of the kernel are folded unless max_lines is 0.
 */
void report_print_living(struct report *r, const struct report_look *look, struct buffer *out);

#endif
