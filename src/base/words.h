/* SPDX-License-Identifier: GPL-2.0-only */
/* The word that was probably meant, for "did you mean". */
#ifndef BASE_WORDS_H
#define BASE_WORDS_H

#include <stddef.h>

/* Longest word that is compared; longer ones are like nothing. */
#define WORD_BYTES_MAX 64

/*
 * Steps from one word to the other: letters put in, left out, changed (a change of case alone counts half), or swapped
 * with a neighbour. In halves of a step; a huge number where a word is longer than WORD_BYTES_MAX.
 */
unsigned int words_distance(const char *a, const char *b);

/* Goes over any table: start with { .word = typed }, call for each name, then `best` is the nearest or NULL where none
 * is near. */
struct words_search {
	const char *word;
	const char *best;
	unsigned int distance;
};
void words_consider(struct words_search *s, const char *candidate);

/* The same over a NULL-terminated array. */
const char *words_nearest(const char *word, const char *const *candidates);

#endif
