/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The control event `log`: a line that the kernel side logged. The values behind it are packed as lib/klog says. */
#ifndef EVENTS_LOG_H
#define EVENTS_LOG_H

#include "events/record.h"

#define FIELD(kind, name, title, doc) kind_##kind name;
#define INTERNAL(kind, name)	      kind_##kind name;
#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"
struct log_event {
	struct record header; /* seq and lost count within the level */
#include "events/log.fields.h"
};
#pragma GCC diagnostic pop
#undef INTERNAL
#undef FIELD

#endif
