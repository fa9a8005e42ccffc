/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reduces what the verifier, libbpf and clang say to a cause, the line of the source and the line that tells it. Pure
 * text: reads nothing, loads nothing. Texts may be hostile and are handed on as they are: whoever prints them escapes.
 */
#ifndef DIAGNOSIS_DIAGNOSIS_H
#define DIAGNOSIS_DIAGNOSIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "diagnosis/cause.h"

/* The slices lie in the text given. */
struct diagnosis {
	const struct cause *cause; /* NULL: none that is known */
	struct slice reason;	   /* the line that says so; of an unknown cause the last ones, line breaks included */
	struct slice program;	   /* that the text names */
	struct slice file, code;   /* of the source line at which it happened */
	uint64_t line;		   /* 0: not known */
};

/*
 * Of one program's messages: the verifier's log or libbpf's lines, or both. False where there is nothing but empty
 * lines and statistics. Takes time in proportion to the text.
 */
bool diagnose(const char *text, size_t length, struct diagnosis *ret);

/*
 * Of any text: clang's messages, libbpf's with logs of several programs. Finds the next one from *at on and moves *at
 * behind it; false at the end. Repetitions of the one before are passed over.
 */
struct diagnosis_walk {
	const char *at, *end;
	struct diagnosis last;
};
bool diagnose_next(struct diagnosis_walk *walk, struct diagnosis *ret);

/* The statistics of a program that was taken (log level 4); 0 where the log has none. */
struct verifier_sums {
	uint64_t processed; /* instructions looked at, over all ways */
	uint64_t limit;	    /* of those */
	uint64_t usec;	    /* it took */
	uint64_t stack;	    /* bytes, of all frames together */
	bool found;
};
void diagnose_sums(const char *log, size_t length, struct verifier_sums *ret);

#endif
