/* SPDX-License-Identifier: GPL-2.0-only */
/* The word that was probably meant: optimal string alignment, three rows of the table at a time. */
#include "base/words.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>

/* In halves of a step. */
#define STEP	     2
#define STEP_OF_CASE 1

static unsigned int min(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

static unsigned int change_cost(char a, char b)
{
	if (a == b)
		return 0;
	return tolower((unsigned char)a) == tolower((unsigned char)b) ? STEP_OF_CASE : STEP;
}

unsigned int words_distance(const char *a, const char *b)
{
	unsigned int rows[3][WORD_BYTES_MAX + 1];
	size_t length_a = strlen(a), length_b = strlen(b);

	if (length_a > WORD_BYTES_MAX || length_b > WORD_BYTES_MAX)
		return UINT_MAX;
	for (size_t j = 0; j <= length_b; j++)
		rows[0][j] = j * STEP;
	for (size_t i = 1; i <= length_a; i++) {
		unsigned int *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];

		row[0] = i * STEP;
		for (size_t j = 1; j <= length_b; j++) {
			row[j] = min(above[j - 1] + change_cost(a[i - 1], b[j - 1]), min(above[j], row[j - 1]) + STEP);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = min(row[j], two_above[j - 2] + STEP);
		}
	}
	return rows[length_a % 3][length_b];
}

/* One step in three letters is a slip; more is another word. */
static unsigned int tolerance(const char *word)
{
	size_t nr_steps = (strlen(word) + 2) / 3;

	return STEP * (nr_steps > 3 ? 3 : nr_steps);
}

void words_consider(struct words_search *s, const char *candidate)
{
	unsigned int distance = words_distance(s->word, candidate);

	/* A word of which nothing stays is no slip. */
	if (distance > tolerance(s->word) || distance >= STEP * strlen(candidate))
		return;
	if (s->best && distance >= s->distance)
		return;
	s->best = candidate;
	s->distance = distance;
}

const char *words_nearest(const char *word, const char *const *candidates)
{
	struct words_search s = {.word = word};

	for (; *candidates; candidates++)
		words_consider(&s, *candidates);
	return s.best;
}
