/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A tool under test, run with its stdout on a pipe or terminal that we read, and the marked execs that it is to
 * show. Knows of the tool no more than its command line and the text that it prints.
 */
#ifndef LOAD_WATCH_H
#define LOAD_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct watch {
	pid_t pid;
	int out;	    /* read end of its stdout, non-blocking */
	int err;	    /* memory file that is its stderr */
	char buffer[65536]; /* what was read last; begins with `kept` bytes of before */
	size_t kept;
	size_t filled;
};

unsigned long long clock_now_ns(void);

/*
 * Starts argv with stdout on a terminal of 250 columns or on a pipe; children are reaped by the kernel. Returns 0 or
 * -errno.
 */
int watch_start(struct watch *w, char *const argv[], bool terminal);

/* True once the tool's stderr holds `text`. */
bool watch_said(const struct watch *w, const char *text);

/*
 * Waits at most timeout_ns (0: not at all) for output and reads it to buffer[kept .. filled); false where none came.
 * The last `keep` bytes of the previous reading are held before it, so that a text cut by two readings is found.
 */
bool watch_read(struct watch *w, unsigned long long timeout_ns, size_t keep);

/* Ends the tool by SIGINT, reads its output to the end, copies its stderr to ours. */
void watch_end(struct watch *w);

/*
 * Execs `target mark` by vfork; returns the time (CLOCK_MONOTONIC, ns) just before execve was called. The child is not
 * waited for.
 */
unsigned long long target_exec(char *target, char *mark);

#endif
