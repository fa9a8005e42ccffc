/* SPDX-License-Identifier: GPL-2.0-only */
/* Joins the pieces of long rows with the record they belong to, so that everyone behind sees one whole record. */
#ifndef CAPTURE_ASSEMBLE_H
#define CAPTURE_ASSEMBLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "events/exec.h"

/* Pieces that wait for their record take this much memory at most; the oldest go first. Their record then says it was
 * cut. */
#define ASSEMBLE_BYTES_MAX (64UL << 20)

struct waiting; /* the pieces of one event */

struct assemble {
	struct waiting *waiting; /* oldest first */
	size_t bytes;		 /* of all data waiting */
	struct buffer joined;	 /* the last record put together */
};

void assemble_close(struct assemble *a);

/* Takes a piece in; it is copied. One that is damaged, or for which there is no memory, is dropped, and its record
 * marked as cut. */
void assemble_add(struct assemble *a, const struct piece *piece, size_t bytes);

/*
 * The whole of a record: itself where nothing of it came ahead, else a copy with the pieces put in; valid until the
 * next call. *bytes is its size, before and after. NULL where the record is too short or memory ran out.
 */
const struct record *assemble_take(struct assemble *a, const struct record *record, size_t *bytes);

#endif
