/* SPDX-License-Identifier: GPL-2.0-only */
/* What filter_table.bpf.c and test_filter_table.c share: where the subject lies. Includes nothing but events/. */
#ifndef FILTER_SLOT_H
#define FILTER_SLOT_H

#include "events/events.h"
#include "events/filter.h"

#define SLOT_DATA_BYTES (FILTER_REACH + FILTER_SLACK_BYTES)

struct slot {
	struct {
		__u32 index;
	} head;
	__u32 filter_end; /* bytes of the subject */
	union {
		struct record record;
		char bytes[SLOT_DATA_BYTES];
	};
};

#endif
