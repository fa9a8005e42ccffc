/* SPDX-License-Identifier: GPL-2.0-only */
/* Text filled into lines between an indent and a right edge. The text must be fit for a terminal. */
#ifndef BASE_FILL_H
#define BASE_FILL_H

#include <stddef.h>

#include "base/buffer.h"

struct fill {
	size_t indent;	/* columns before each line but the first, which begins where the buffer ends */
	size_t columns; /* right edge; a single longer word stands out */
};

/* Columns of the buffer's last line. */
size_t fill_column(const struct buffer *out);

/* Appends blanks up to this column of the last line. */
void fill_pad(struct buffer *out, size_t column);

/* Appends the text and ends the line; an empty line divides paragraphs. */
void fill_text(struct buffer *out, const char *text, size_t length, struct fill fill);

#endif
