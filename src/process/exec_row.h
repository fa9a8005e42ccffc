/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to process/: reads single rows of an exec record. A record may be cut and need not be aligned. */
#ifndef PROCESS_EXEC_ROW_H
#define PROCESS_EXEC_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "events/exec.h"
#include "schema/schema.h"

static inline bool exec_row_copy(const struct event *e, size_t offset, void *ret_bytes, size_t size)
{
	if (e->parts[PART_RECORD].size < offset + size)
		return false;
	memcpy(ret_bytes, (const char *)e->parts[PART_RECORD].data + offset, size);
	return true;
}

/* False where the kernel side could not read the row, or the record is too short to say. */
static inline bool exec_row_readable(const struct event *e, enum exec_row row)
{
	kind_keys unreadable;

	return exec_row_copy(e, offsetof(struct exec_event, unreadable), &unreadable, sizeof(unreadable)) &&
	       !(unreadable & ROW_BIT(row));
}

/* Copies the member `name` to *ret_value, of the same type; false where it is not known. */
#define EXEC_ROW_READ(e, name, ret_value)                                                                              \
	(exec_row_readable(e, EXEC_##name) &&                                                                          \
	 exec_row_copy(e, offsetof(struct exec_event, name), ret_value, sizeof(((struct exec_event *)NULL)->name)))

/* The bytes of a span whole inside the record; NULL where they are not, or there are none. */
static inline const char *exec_row_span(const struct event *e, struct span span)
{
	size_t size = e->parts[PART_RECORD].size;

	if (!span.length || span.offset > size || span.length > size - span.offset)
		return NULL;
	return (const char *)e->parts[PART_RECORD].data + span.offset;
}

#endif
