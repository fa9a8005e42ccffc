/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * UTF-8 and its look on a terminal: decode, check, escape for people, count columns, cut. No locale is asked: the same
 * bytes give the same text everywhere. What is well-formed: RFC 3629 and table 3-7 of the Unicode Standard.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

/* In place of a code point where the bytes are no UTF-8. */
#define UTF8_INVALID 0xffffffffU

/* How a code point shows itself. */
enum utf8_look {
	UTF8_NARROW,	/* one column */
	UTF8_WIDE,	/* two columns */
	UTF8_COMBINING, /* none of its own: drawn over the one before */
	UTF8_HIDDEN,	/* control, bidi, zero-width, separator, or without an agreed glyph: never shown raw */
	UTF8_LOOK_MAX,
};
enum utf8_look utf8_look(uint32_t code);

/*
 * Decodes what `text` begins with; `length` is at least 1. Returns how many bytes it took, at least 1. *ret_code is
 * UTF8_INVALID where they are ill-formed; the bytes taken are then one maximal subpart, for which one U+FFFD stands.
 */
size_t utf8_decode(const char *text, size_t length, uint32_t *ret_code);

bool utf8_valid(const char *text, size_t length);

/*
 * Length of the longest beginning that may be shown raw: printable, and no mark without a character to combine with. A
 * backslash counts as printable.
 */
size_t utf8_raw_length(const char *text, size_t length);

/*
 * Appends bytes for people, reversibly: a backslash becomes \\, a newline \n, likewise \t and \r; other controls and
 * bytes that are no UTF-8 become \xHH, hidden code points \u{H...}; everything else stays.
 */
void buffer_append_visible(struct buffer *b, const char *bytes, size_t length);

/* The same with backslashes left alone: as safe for a terminal, but not reversible. For messages made of text of our
 * own. */
void buffer_append_safe(struct buffer *b, const char *bytes, size_t length);

/* Columns that text takes which went through buffer_append_visible. */
size_t utf8_columns(const char *text, size_t length);

/* Appends at most `columns` columns of such text; where it is longer the last column is an ellipsis. Returns the
 * columns taken. */
size_t buffer_append_cut(struct buffer *b, const char *text, size_t length, size_t columns);

#endif
