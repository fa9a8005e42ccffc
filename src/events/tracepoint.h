/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A tracepoint's event as it lies in the ring: the frame here, and behind it, from TRACEPOINT_RAW_OFFSET on, the
 * tracepoint's record as its `format` file in tracefs lays it out, dynamic parts included. And what the kernel side
 * must know of each tracepoint to copy it.
 */
#ifndef EVENTS_TRACEPOINT_H
#define EVENTS_TRACEPOINT_H

#include "events/record.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"
struct tracepoint_event {
	struct record header;
#define FIELD(kind, name, title, doc) kind_##kind name;
#define INTERNAL(kind, name)	      kind_##kind name;
#include "events/tracepoint.fields.h"
#undef INTERNAL
#undef FIELD
};
#pragma GCC diagnostic pop

#define FIELD(kind, name, title, doc) TRACEPOINT_##name,
#define INTERNAL(kind, name)	      TRACEPOINT_##name,
enum tracepoint_row {
#include "events/tracepoint.fields.h"
	TRACEPOINT_ROW_MAX,
};
#undef INTERNAL
#undef FIELD

#define TRACEPOINT_RAW_OFFSET sizeof(struct tracepoint_event)
_Static_assert(TRACEPOINT_RAW_OFFSET % 8 == 0, "the record keeps its alignment");

/* The kernel hands no longer record to a program: PERF_MAX_TRACE_SIZE, include/linux/trace_events.h. */
#define TRACEPOINT_RAW_MAX 8192
/* Dynamic fields that one tracepoint may have. */
#define TRACEPOINT_DYNAMIC_MAX 16

/* One element for each tracepoint, in the map `tracepoints`, by its number. */
struct tracepoint_facts {
	__u32 fixed_bytes; /* of the record without its dynamic parts */
	__u32 nr_dynamic;
	struct {
		__u16 offset; /* of the __data_loc or __rel_loc in the record */
		__u16 base;   /* what the offset in it counts from: 0, or the end of a __rel_loc */
	} dynamic[TRACEPOINT_DYNAMIC_MAX];
};

#endif
