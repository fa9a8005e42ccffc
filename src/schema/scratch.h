/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory for the values of one event that must be put together (paths, identities). What was handed out never moves, so
 * that every value of an event stays valid until the reset; repeated use allocates nothing.
 */
#ifndef SCHEMA_SCRATCH_H
#define SCHEMA_SCRATCH_H

#include <stddef.h>

struct scratch_chunk;

/* All zero is an empty scratch, ready for use. */
struct scratch {
	struct scratch_chunk *chunk; /* the newest; older ones are chained to it */
	char *free;		     /* next free byte of the newest chunk */
	size_t room;		     /* bytes free there */
};

/* As scratch_take, where the newest chunk has no room. */
char *scratch_grow(struct scratch *s, size_t bytes);

/* `bytes` bytes, not cleared and not aligned, valid until scratch_reset. NULL where memory ran out. */
static inline char *scratch_take(struct scratch *s, size_t bytes)
{
	if (bytes > s->room)
		return scratch_grow(s, bytes);

	char *taken = s->free;

	s->free += bytes;
	s->room -= bytes;
	return taken;
}

/* Takes everything back; called before each event by whoever owns the scratch. Keeps one chunk of a moderate size. */
void scratch_reset(struct scratch *s);

/* Releases all memory; the scratch is empty and usable again. */
void scratch_done(struct scratch *s);

#endif
