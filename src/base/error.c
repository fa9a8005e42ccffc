/* SPDX-License-Identifier: GPL-2.0-only */
/* Errors as text for a person. Describes and prints; decides nothing, and never ends the program. */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/utf8.h"

int fail(struct error *err, int code, const char *format, ...)
{
	/* The arguments may point into the very error that is described anew. */
	char text[sizeof(err->text)];
	va_list args;

	if (!err)
		return code;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	memcpy(err->text, text, sizeof(text));
	err->hint[0] = err->excerpt[0] = '\0';
	err->code = code;
	return code;
}

int fail_hint(struct error *err, const char *format, ...)
{
	char hint[sizeof(err->hint)];
	va_list args;

	/* Nobody kept the code, but a failure must stay one. */
	if (!err)
		return -EINVAL;
	va_start(args, format);
	vsnprintf(hint, sizeof(hint), format, args);
	va_end(args);
	memcpy(err->hint, hint, sizeof(hint));
	return err->code;
}

/* Bytes of the text shown before the place, and behind it; escaped they take four times as many at most. */
#define EXCERPT_BEFORE 24
#define EXCERPT_AFTER  14

int fail_at(struct error *err, const char *text, size_t offset)
{
	size_t length = strlen(text), begin = 0, end = length;
	struct buffer b = {0};

	if (!err)
		return -EINVAL;
	/* Escapes are rare: what fits as it is stays whole. */
	if (length >= sizeof(err->excerpt) || utf8_raw_length(text, length) < length) {
		begin = offset > EXCERPT_BEFORE ? offset - EXCERPT_BEFORE : 0;
		end = length - offset > EXCERPT_AFTER ? offset + EXCERPT_AFTER : length;
	}
	buffer_append_safe(&b, text + begin, offset - begin);
	err->caret = utf8_columns(b.data, b.length);
	buffer_append_safe(&b, text + offset, end - offset);
	if (b.length && !b.failed && b.length < sizeof(err->excerpt)) {
		memcpy(err->excerpt, b.data, b.length);
		err->excerpt[b.length] = '\0';
	}
	buffer_done(&b);
	return err->code;
}

/* A backslash of the message's own must not be doubled, so only what is unfit for a terminal is escaped. */
static void append_line(struct buffer *b, const char *prefix, const char *text)
{
	buffer_append_text(b, prefix);
	buffer_append_safe(b, text, strlen(text));
	buffer_append_char(b, '\n');
}

void error_print(const struct error *err)
{
	struct buffer b = {0};

	if (!err->code)
		return;
	append_line(&b, "observer: ", err->text);
	if (err->excerpt[0])
		buffer_printf(&b, "  %s\n  %*s^\n", err->excerpt, (int)err->caret, "");
	if (err->hint[0])
		append_line(&b, "hint: ", err->hint);
	/* One write, so that lines of several processes on one terminal do not mix. */
	fflush(stderr);
	fwrite(b.data, 1, b.length, stderr);
	fflush(stderr);
	buffer_done(&b);
}
