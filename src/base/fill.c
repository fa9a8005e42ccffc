/* SPDX-License-Identifier: GPL-2.0-only */
/* Filling lines word by word. */
#include "base/fill.h"

#include "base/utf8.h"

size_t fill_column(const struct buffer *out)
{
	const char *line = out->length ? memrchr(out->data, '\n', out->length) : NULL;
	size_t begin = line ? line + 1 - out->data : 0;

	return out->length ? utf8_columns(out->data + begin, out->length - begin) : 0;
}

void fill_pad(struct buffer *out, size_t column)
{
	for (size_t at = fill_column(out); at < column; at++)
		buffer_append_char(out, ' ');
}

/* Appends one word, on a new line where it would stand out at the right. */
static void put_word(struct buffer *out, const char *word, size_t length, struct fill fill)
{
	size_t column = fill_column(out);

	if (column > fill.indent && column + 1 + utf8_columns(word, length) > fill.columns) {
		buffer_append_char(out, '\n');
		column = 0;
	}
	if (column > fill.indent)
		buffer_append_char(out, ' ');
	else
		fill_pad(out, fill.indent);
	buffer_append(out, word, length);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\n';
}

void fill_text(struct buffer *out, const char *text, size_t length, struct fill fill)
{
	const char *at = text, *end = text + length;

	while (at < end) {
		const char *word = at;

		while (at < end && !is_blank(*at))
			at++;
		if (at > word)
			put_word(out, word, at - word, fill);
		if (end - at > 2 && at[0] == '\n' && at[1] == '\n')
			buffer_append_text(out, "\n\n");
		while (at < end && is_blank(*at))
			at++;
	}
	buffer_append_char(out, '\n');
}
