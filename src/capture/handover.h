/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to capture/: from one reader of a pinned kernel side to the next. */
#ifndef CAPTURE_HANDOVER_H
#define CAPTURE_HANDOVER_H

#include "capture/state.h"

/* Goes on where the map resume says that the predecessor stopped; c->robbed where the ring does not agree. */
void handover_restore(struct capture *c);

/*
 * The last reading: all that the kernel side had counted when it began is handed over, the rest left to a successor.
 * False where some did not come within a second.
 */
bool handover_leave(struct capture *c, const struct capture_receiver *to);

/*
 * Events of a series that the kernel side numbered since it was loaded, up to where reading stopped: by the numbers
 * that records bear, and by its counters as of handover_leave. What was handed over is counted elsewhere, one by one.
 */
uint64_t handover_count_numbers(const struct capture *c, unsigned int series);

#endif
