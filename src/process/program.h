/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to process/: the program that a process runs, as the record of its last exec tells it. Shared by forked
 * children. */
#ifndef PROCESS_PROGRAM_H
#define PROCESS_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "events/exec.h"

struct program {
	uint32_t refs;
	uint32_t bytes; /* of the record */
	/* struct exec_event with its spans: whole, or cut and then with `truncated` saying so. */
	_Alignas(struct exec_event) char record[];
};

/* Bytes of a copy of the record that keeps the spans of `rows`; 0 where the record is too short to be an exec. */
size_t program_measure(const void *record, size_t bytes, uint64_t rows);

/*
 * Copies the fixed part and the spans of `rows`, the lists of strings last, in at most `limit` bytes (no less than
 * sizeof(struct exec_event)): what does not fit is cut and marked in `truncated`. NULL where the record is too short or
 * memory ran out.
 */
struct program *program_new(const void *record, size_t bytes, uint64_t rows, size_t limit);

static inline struct program *program_take(struct program *p)
{
	p->refs++;
	return p;
}

#endif
