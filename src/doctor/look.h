/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to doctor/ and its command: lines of a label and a text for people, filled to the width of the terminal. */
#ifndef DOCTOR_LOOK_H
#define DOCTOR_LOOK_H

#include "base/buffer.h"
#include "base/slice.h"

struct look {
	size_t columns; /* lines are filled up to here */
	bool color;
};

enum mood {
	MOOD_PLAIN,
	MOOD_GOOD,
	MOOD_WARNING,
	MOOD_BAD,
	MOOD_DIM,
	MOOD_HEADING,
	MOOD_MAX,
};

/* Columns of the label and the blanks behind it. */
#define LOOK_LABEL 9

/* Appends text escaped for a terminal, in the colours of a mood. */
void look_put(const struct look *look, enum mood mood, struct slice text, struct buffer *out);

/* A line with this label; the text is escaped and filled. Nothing where the text is empty. */
void look_put_line(const struct look *look, const char *label, struct slice text, struct buffer *out);

/* The same for lines of somebody's log: each stays a line. */
void look_put_log(const char *label, struct slice lines, struct buffer *out);

#endif
