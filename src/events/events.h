/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The other event types as they lie in the ring: exec_fail, exit, fork. A snapshot is a struct exec_event of another
 * type. */
#ifndef EVENTS_EVENTS_H
#define EVENTS_EVENTS_H

#include "events/exec.h"

/* A row is named as the macro of <errno.h>; who reads that member undefines it. */
#pragma push_macro("errno")
#undef errno
#define FIELD(kind, name, title, doc) kind_##kind name;
#define INTERNAL(kind, name)	      kind_##kind name;
#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"
struct exec_fail_event {
	struct record header;
#include "events/exec_fail.fields.h"
};

struct exit_event {
	struct record header;
#include "events/exit.fields.h"
};

struct fork_event {
	struct record header;
#include "events/fork.fields.h"
};
#pragma GCC diagnostic pop
#undef INTERNAL
#undef FIELD

#define FIELD(kind, name, title, doc) EXEC_FAIL_##name,
#define INTERNAL(kind, name)	      EXEC_FAIL_##name,
enum exec_fail_row {
#include "events/exec_fail.fields.h"
	EXEC_FAIL_ROW_MAX,
};
#undef INTERNAL
#undef FIELD

#define FIELD(kind, name, title, doc) EXIT_##name,
#define INTERNAL(kind, name)	      EXIT_##name,
enum exit_row {
#include "events/exit.fields.h"
	EXIT_ROW_MAX,
};
#undef INTERNAL
#undef FIELD

#define FIELD(kind, name, title, doc) FORK_##name,
#define INTERNAL(kind, name)	      FORK_##name,
enum fork_row {
#include "events/fork.fields.h"
	FORK_ROW_MAX,
};
#undef INTERNAL
#undef FIELD
#pragma pop_macro("errno")
_Static_assert(EXEC_FAIL_ROW_MAX <= 64 && EXIT_ROW_MAX <= 64 && FORK_ROW_MAX <= 64,
	       "a row number must fit a bit of kind_keys");

#endif
