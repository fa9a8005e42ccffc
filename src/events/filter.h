/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A filter that the kernel side can decide: a table of steps, each a comparison of bytes of the subject and where to go
 * on. The subject is a record as it lies where it is put together. Compiled by both sides, so that there is one
 * interpreter; the table is made in filter/push_down.c. Includes nothing of ours but events/.
 */
#ifndef EVENTS_FILTER_H
#define EVENTS_FILTER_H

#include "events/exec.h"

#ifndef __VMLINUX_H__
#include <stdbool.h>
#endif

/* Rows of exec that are read only after its table was asked. */
#define FILTER_EXEC_LATER_ROWS                                                                                         \
	(ROW_BIT(EXEC_interp) | ROW_BIT(EXEC_tty) | ROW_BIT(EXEC_exe) | ROW_BIT(EXEC_cwd) | ROW_BIT(EXEC_argv) |       \
	 ROW_BIT(EXEC_env) | ROW_BIT(EXEC_cgroup) | ROW_BIT(EXEC_cgroup_v1) | ROW_BIT(EXEC_truncated) |                \
	 ROW_BIT(EXEC_unreadable) | ROW_BIT(EXEC_spilled))

#define FILTER_STEPS_MAX 32
/* Longest text of a step, in bytes. */
#define FILTER_TEXT_BYTES 32
/* A power of two: steps look at what begins before it; the memory of the subject must go on for FILTER_SLACK_BYTES
 * behind it. */
#define FILTER_REACH	   16384
#define FILTER_SLACK_BYTES 64
#define FILTER_NO_ROW	   0xff

/* Where to go on: the number of a later step, or one of these. */
#define FILTER_ACCEPT 0xff
#define FILTER_REJECT 0xfe

/* How what is there lies to what is compared with; a step holds where its op has the bit. Texts know equal and less
 * only. */
#define FILTER_LESS    1
#define FILTER_EQUAL   2
#define FILTER_GREATER 4
/* All: holds where there is a value. */
#define FILTER_PRESENT 7

enum filter_flag {
	FILTER_SIGNED = 1 << 0,
	FILTER_ABSENT_ZERO = 1 << 1, /* 0 stands for no value */
	FILTER_ABSENT_ONES = 1 << 2, /* all bits set stand for no value */
	FILTER_TEXT = 1 << 3,	     /* else a number */
	/* Where a text lies; without any of these at the offset itself, `size` bytes at most. */
	FILTER_SPAN = 1 << 4,	  /* struct span */
	FILTER_DATA_LOC = 1 << 5, /* __data_loc: offset from the start of the raw record, length << 16 */
	FILTER_REL_LOC = 1 << 6,  /* __rel_loc: the same, from behind these four bytes */
	FILTER_WHOLE = 1 << 7,	  /* the text ends where the step's does; else it may go on */
};

/*
 * One comparison. It does not hold, whatever the op, where the value is absent: marked so (the flags, the row in the
 * mask of unreadable rows), or outside of the subject.
 */
struct filter_step {
	__u16 offset; /* bytes from the start of the subject */
	__u16 size;   /* bytes there: 1, 2, 4 or 8 of a number; a text in place is no longer */
	__u16 flags;  /* enum filter_flag */
	__u8 op;      /* FILTER_LESS ... */
	__u8 row;     /* row number of the event type, or FILTER_NO_ROW */
	__u8 when_true, when_false;
	__u8 length; /* bytes of text */
	__u8 reserved[5];
	union {
		struct {
			__u64 number;
			__u64 mask; /* bits of the value that count */
		};
		__u64 words[FILTER_TEXT_BYTES / 8];
	};
};

/* Map `filters`; the key is the record type, for tracepoints the number of the tracepoint. */
struct filter_table {
	__u32 nr_steps;
	__u16 unreadable_offset; /* of the kind_keys with the unreadable rows; 0: there is none */
	__u16 raw_offset;	 /* where the raw record of a tracepoint begins */
	struct filter_step steps[FILTER_STEPS_MAX];
};

/* Bound by the check before it, in the eyes of the verifier: no address is made ahead of that. */
#define FILTER_BARRIER(variable) __asm__ volatile("" : "+r"(variable))

/* Eight bytes in memory. Numbers are little-endian on every machine that we know. */
static inline __attribute__((always_inline)) __u64 filter_load(const char *at)
{
#ifdef __bpf__
	/* A copy would be made byte by byte; on machines with BTF any address will do. */
	return *(const __u64 *)at;
#else
	__u64 word;

	__builtin_memcpy(&word, at, sizeof(word));
	return word;
#endif
}

static inline __attribute__((always_inline)) bool filter_number_holds(const struct filter_step *step,
								      const char *subject)
{
	__u32 shift = (64 - 8 * step->size) & 63;
	__u64 stored = filter_load(subject + (step->offset & (FILTER_REACH - 1))) << shift, value = stored >> shift;
	__u64 than = step->number, flip = 0;

	if ((step->flags & FILTER_ABSENT_ZERO) && !stored)
		return false;
	if ((step->flags & FILTER_ABSENT_ONES) && stored == ~0ULL << shift)
		return false;
	if (step->flags & FILTER_SIGNED) {
		value = (__s64)stored >> shift;
		flip = 1ULL << 63;
	}
	value = (value & step->mask) ^ flip;
	than ^= flip;
	if (value == than)
		return step->op & FILTER_EQUAL;
	return step->op & (value < than ? FILTER_LESS : FILTER_GREATER);
}

/* The first bytes of `word` in memory; 0 where `bytes` is not above 0. */
static inline __attribute__((always_inline)) __u64 filter_first_bytes(__u64 word, int bytes)
{
	if (bytes >= 8)
		return word;
	return bytes > 0 ? word & ((1ULL << (8 * bytes & 63)) - 1) : 0;
}

/* True where the text of `room` bytes is the step's, or begins with it. */
static inline __attribute__((always_inline)) bool filter_text_is(const struct filter_step *step, const char *text,
								 __u32 room)
{
	__u32 length = step->length;
	__u64 differing = 0;

	if (length > room)
		return false;
	/* Without a way out in between: the verifier would follow each. */
	for (__u32 i = 0; i < FILTER_TEXT_BYTES / 8; i++)
		differing |= filter_first_bytes(filter_load(text + 8 * i) ^ step->words[i], step->length - 8 * (int)i);
	if (differing)
		return false;
	if (!(step->flags & FILTER_WHOLE) || length == room)
		return true;
	/* A span says how long it is; other texts end at a NUL, too. */
	return !(step->flags & FILTER_SPAN) && length <= FILTER_TEXT_BYTES && !text[length];
}

static inline __attribute__((always_inline)) bool
filter_text_holds(const struct filter_table *t, const struct filter_step *step, const char *subject, __u32 end)
{
	__u32 start = step->offset, room = step->size;
	__u64 place = filter_load(subject + (step->offset & (FILTER_REACH - 1)));

	if (step->flags & FILTER_SPAN) {
		start = place;
		room = place >> 32;
	} else if (step->flags & (FILTER_DATA_LOC | FILTER_REL_LOC)) {
		start = (__u16)place + (step->flags & FILTER_REL_LOC ? step->offset + 4U : t->raw_offset);
		room = (__u16)(place >> 16);
		/* 0: none. One that is said to go on behind the record ends with it. */
		start = (__u32)place ? start : 0;
		if (start <= end && room > end - start)
			room = end - start;
	}
	/* Nothing begins at 0: that is a text without a value. */
	if (!start || start > end || room > end - start || start >= FILTER_REACH)
		return false;
	FILTER_BARRIER(start);
	return step->op & (filter_text_is(step, subject + start, room) ? FILTER_EQUAL : FILTER_LESS);
}

static inline __attribute__((always_inline)) bool filter_is_unreadable(const struct filter_table *t, __u8 row,
								       const char *subject)
{
	__u64 rows = filter_load(subject + (t->unreadable_offset & (FILTER_REACH - 1)));

	return row < 64 && t->unreadable_offset && (rows >> row & 1);
}

static inline __attribute__((always_inline)) bool
filter_step_holds(const struct filter_table *t, const struct filter_step *step, const char *subject, __u32 end)
{
	if (step->offset + (__u32)step->size > end || filter_is_unreadable(t, step->row, subject))
		return false;
	return step->flags & FILTER_TEXT ? filter_text_holds(t, step, subject, end)
					 : filter_number_holds(step, subject);
}

/* Takes the step `at` and returns where to go on; FILTER_ACCEPT where there is no such step: nothing is dropped by
 * mistake. */
static inline __attribute__((always_inline)) __u32 filter_next(const struct filter_table *t, __u32 at,
							       const char *subject, __u32 end)
{
	const struct filter_step *step;

	if (at >= FILTER_STEPS_MAX || at >= t->nr_steps)
		return FILTER_ACCEPT;
	FILTER_BARRIER(at);
	step = &t->steps[at];
	return filter_step_holds(t, step, subject, end) ? step->when_true : step->when_false;
}

#endif
