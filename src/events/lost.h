/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The control event `lost`: made in user space by the one place that counts losses, put into the stream where the loss
 * lies. */
#ifndef EVENTS_LOST_H
#define EVENTS_LOST_H

#include "events/record.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"
struct lost_event {
	struct record header; /* cpu and seq may be unknown: all bits set */
#define FIELD(kind, name, title, doc) kind_##kind name;
#define INTERNAL(kind, name)	      kind_##kind name;
#include "events/lost.fields.h"
#undef INTERNAL
#undef FIELD
};
#pragma GCC diagnostic pop

#endif
