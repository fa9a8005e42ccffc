/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A process that holds descriptors a little longer. Giving up a tracepoint's perf event takes the kernel some 70 ms,
 * one after the other (tracepoint_synchronize_unregister() in perf_trace_event_unreg()): for hundreds that is a minute,
 * for which nobody should wait. So a child holds them too, and outlives observer by that time.
 */
#ifndef CAPTURE_KEEPER_H
#define CAPTURE_KEEPER_H

#include <stddef.h>

/*
 * Makes the process, which holds the `nr` descriptors and nothing else, until the descriptor returned is closed: then
 * it ends. -errno where it could not be made: closing the descriptors then takes its time. Before hardening.
 */
int keeper_open(const int *fds, size_t nr);

#endif
