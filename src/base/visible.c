/* SPDX-License-Identifier: GPL-2.0-only */
/* The part of utf8.h that makes text fit for a terminal: escapes, columns, cutting. */
#include "base/utf8.h"

static void append_byte_escape(struct buffer *b, unsigned char byte)
{
	char escape[4] = {'\\', 'x', "0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]};

	buffer_append(b, escape, sizeof(escape));
}

/* Escapes what `text` begins with, which may not be shown raw; returns how many bytes it took. */
static size_t append_escape(struct buffer *b, const char *text, size_t length)
{
	uint32_t code;
	size_t nr_bytes = utf8_decode(text, length, &code);

	if (code == UTF8_INVALID) {
		for (size_t i = 0; i < nr_bytes; i++)
			append_byte_escape(b, text[i]);
	} else if (code >= 0x80) {
		buffer_append_text(b, "\\u{");
		buffer_append_hex(b, code);
		buffer_append_char(b, '}');
	} else if (code == '\n') {
		buffer_append_text(b, "\\n");
	} else if (code == '\t') {
		buffer_append_text(b, "\\t");
	} else if (code == '\r') {
		buffer_append_text(b, "\\r");
	} else {
		append_byte_escape(b, code);
	}
	return nr_bytes;
}

void buffer_append_safe(struct buffer *b, const char *bytes, size_t length)
{
	while (length) {
		size_t run = utf8_raw_length(bytes, length);

		buffer_append(b, bytes, run);
		if (run < length)
			run += append_escape(b, bytes + run, length - run);
		bytes += run;
		length -= run;
	}
}

void buffer_append_visible(struct buffer *b, const char *bytes, size_t length)
{
	const char *end = bytes + length;

	while (bytes < end) {
		const char *backslash = memchr(bytes, '\\', end - bytes);
		const char *stop = backslash ? backslash : end;

		buffer_append_safe(b, bytes, stop - bytes);
		if (backslash)
			buffer_append(b, "\\\\", 2);
		bytes = backslash ? backslash + 1 : end;
	}
}

/* Columns of what `text` begins with; how many bytes it takes goes to *ret_bytes. */
static size_t first_columns(const char *text, size_t length, size_t *ret_bytes)
{
	uint32_t code;

	*ret_bytes = utf8_decode(text, length, &code);
	if (code == UTF8_INVALID)
		return 1;
	switch (utf8_look(code)) {
	case UTF8_WIDE:
		return 2;
	case UTF8_COMBINING:
	case UTF8_HIDDEN:
		return 0;
	default:
		return 1;
	}
}

size_t utf8_columns(const char *text, size_t length)
{
	size_t columns = 0, nr_bytes;

	for (size_t i = 0; i < length; i += nr_bytes)
		columns += first_columns(text + i, length - i, &nr_bytes);
	return columns;
}

/* Bytes of the longest beginning of at most `columns` columns. */
static size_t fitting_bytes(const char *text, size_t length, size_t columns, size_t *ret_columns)
{
	size_t used = 0, i = 0;

	while (i < length) {
		size_t nr_bytes, more = first_columns(text + i, length - i, &nr_bytes);

		if (used + more > columns)
			break;
		used += more;
		i += nr_bytes;
	}
	*ret_columns = used;
	return i;
}

size_t buffer_append_cut(struct buffer *b, const char *text, size_t length, size_t columns)
{
	size_t used, fitting = fitting_bytes(text, length, columns, &used);

	if (fitting == length) {
		buffer_append(b, text, length);
		return used;
	}
	if (columns == 0)
		return 0;
	fitting = fitting_bytes(text, length, columns - 1, &used);
	buffer_append(b, text, fitting);
	buffer_append_text(b, "…");
	return used + 1;
}
