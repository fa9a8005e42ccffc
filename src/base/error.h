/* SPDX-License-Identifier: GPL-2.0-only */
/* Errors as text for a person: what, on which object, why; then a hint with the next step. Lower folders fill one, only
 * commands print it. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stddef.h>

struct error {
	int code;	 /* -errno, 0 while there is none */
	char text[1024]; /* one sentence without a full stop */
	char hint[512];	 /* the next step; empty where there is none */
	/* A line of the user's that the error is in, fit for a terminal, with a caret below; empty where there is none.
	 */
	char excerpt[160];
	unsigned int caret; /* columns before it */
};

/* Describes an error and returns `code` (-errno), so that one statement does both. Clears the hint and the excerpt.
 * `err` may be NULL.
 */
int fail(struct error *err, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Adds the next step to an error just described; returns its code. */
int fail_hint(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Adds the place of an error just described: `text` is what the user wrote, `offset` the byte that it points at, at
 * most its length. Of a long text a part is shown. Returns the error's code.
 */
int fail_at(struct error *err, const char *text, size_t offset);

/* Prints "observer: TEXT" and "hint: HINT" to standard error; bytes unfit for a terminal are escaped. Nothing where
 * there is no error. */
void error_print(const struct error *err);

#endif
