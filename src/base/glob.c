/* SPDX-License-Identifier: GPL-2.0-only */
/* Patterns for names. No recursion: a pattern of many stars must not cost exponential time. */
#include "base/glob.h"

bool glob_match(const char *pattern, const char *text, size_t length)
{
	const char *end = text + length, *star = NULL, *resume = NULL;

	while (text < end) {
		if (*pattern == '*') {
			/* Takes nothing at first; each failure after it gives it one byte more. */
			star = pattern++;
			resume = text;
		} else if (*pattern && (*pattern == '?' || *pattern == *text)) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star + 1;
			text = ++resume;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}
