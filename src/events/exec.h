/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The exec event as it lies in the ring: fixed part here, the spans' bytes behind it. */
#ifndef EVENTS_EXEC_H
#define EVENTS_EXEC_H

#include "events/record.h"

/* Ring memory is not zeroed: a hole would leak stale bytes. */
#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"
struct exec_event {
	struct record header;
#define FIELD(kind, name, title, doc) kind_##kind name;
#define INTERNAL(kind, name)	      kind_##kind name;
#include "events/exec.fields.h"
#undef INTERNAL
#undef FIELD
};
#pragma GCC diagnostic pop

/* Row numbers: bits of `wanted`, `truncated`, `unreadable`, `spilled`, and `row` of a piece. */
enum exec_row {
#define FIELD(kind, name, title, doc) EXEC_##name,
#define INTERNAL(kind, name)	      EXEC_##name,
#include "events/exec.fields.h"
#undef INTERNAL
#undef FIELD
	EXEC_ROW_MAX,
};
_Static_assert(EXEC_ROW_MAX <= 64, "a row number must fit a bit of kind_keys");

#define ROW_BIT(row) (1ULL << (row))

#endif
