/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's own words for a tracepoint's record: its `print fmt`, followed by libtraceevent. The only door to that
 * library: no other file includes it. No plugin is loaded and no file opened.
 */
#ifndef SCHEMA_MESSAGE_H
#define SCHEMA_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

struct messages; /* of a set of tracepoints */
struct message;	 /* of one; belongs to the set */

/* NULL where memory ran out. */
struct messages *messages_new(void);
void messages_free(struct messages *m);

/*
 * Takes in the format text of `length` bytes of a tracepoint CATEGORY:NAME, which tracepoint_new has found sound. NULL
 * where its words cannot be followed.
 */
const struct message *messages_add(struct messages *m, const char *name, const char *format, size_t length);

/* A record as the kernel side copied it. */
struct message_record {
	const void *data; /* need not be aligned */
	size_t bytes;	  /* may be cut */
	uint16_t id;
	uint32_t tid;
	uint32_t cpu;
	uint64_t boot_ns;
};

/* Appends the words: any bytes, no newline at the end. False where the library gave up on this record. */
bool message_append(const struct message *message, const struct message_record *record, struct buffer *out);

#endif
