/* SPDX-License-Identifier: GPL-2.0-only */
/* The last words of a run on standard error: what became of every event. */
#ifndef COMMANDS_SUMMARY_H
#define COMMANDS_SUMMARY_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/capture.h"

/* The terms come from different places: `seen` is the kernel's count, the others are counted one by one on the way. */
struct summary {
	const char *of; /* event type */
	struct capture_totals totals;
	bool shown; /* given to the outputs; else used by the command for something of its own */
	uint64_t printed;
	uint64_t used;
	uint64_t filtered; /* in user space; those of the kernel side are in the totals */
	uint64_t unread;
	bool complete; /* false: the kernel side still held events when patience ended */
};

uint64_t summary_lost(const struct summary *s);
bool summary_adds_up(const struct summary *s);

/*
 * Prints "exec: seen N = printed A (or used A) + filtered B + lost C (cause C) + unread D", after a
 * takeover "+ earlier E" too, a hint where events were lost, and an error where the terms do not add up.
 */
void summary_print(const struct summary *s);

/* "OUTPUT: unwritten N", for a further output. */
void summary_print_unwritten(const char *target, uint64_t nr_events);

/* Names the --ring that would have held the longest burst of `bytes`; nothing where that is 0. */
void summary_print_advice(uint64_t bytes);

#endif
