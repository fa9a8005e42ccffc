/* SPDX-License-Identifier: GPL-2.0-only */
/* See shape.h. Written apart from the writers, so that both do not err alike: JSON is checked by a small grammar here.
 */
#include "shape.h"

#include <string.h>

#include "base/utf8.h"

bool shape_is_line(const char *text, size_t length)
{
	return length && memchr(text, '\n', length) == text + length - 1;
}

bool shape_is_visible(const char *text, size_t length)
{
	if (!length--)
		return false;
	for (size_t i = 0; i < length;) {
		uint32_t code;

		i += utf8_decode(text + i, length - i, &code);
		if (code == UTF8_INVALID || code == 0xfffd || utf8_look(code) == UTF8_HIDDEN)
			return false;
	}
	return true;
}

/* Each takes one token or value off the front; NULL where there is none. The newline at the end stops them all. */
static const char *skip_value(const char *at, int depth);

static const char *skip_escape(const char *at)
{
	if (*at != 'u')
		return strchr("\"\\/bfnrt", *at) ? at + 1 : NULL;
	if (strspn(at + 1, "0123456789abcdef") < 4)
		return NULL;
	return at + 5;
}

static const char *skip_string(const char *at)
{
	if (*at++ != '"')
		return NULL;
	while (at && *at != '"') {
		if ((unsigned char)*at < ' ')
			return NULL;
		at = *at == '\\' ? skip_escape(at + 1) : at + 1;
	}
	return at ? at + 1 : NULL;
}

static const char *skip_word(const char *at, const char *word)
{
	return strncmp(at, word, strlen(word)) ? NULL : at + strlen(word);
}

static const char *skip_number(const char *at)
{
	size_t nr_digits = strspn(at, "0123456789");

	if (!nr_digits || (nr_digits > 1 && *at == '0'))
		return NULL;
	return at + nr_digits;
}

/* The inside of [...] or {...}; a member of an object has its key before it. */
static const char *skip_members(const char *at, char close, int depth)
{
	if (*at == close)
		return at + 1;
	for (;;) {
		if (close == '}') {
			at = skip_string(at);
			if (!at || *at++ != ':')
				return NULL;
		}
		at = skip_value(at, depth);
		if (!at)
			return NULL;
		if (*at == close)
			return at + 1;
		if (*at++ != ',')
			return NULL;
	}
}

static const char *skip_value(const char *at, int depth)
{
	if (depth > 3)
		return NULL;
	switch (*at) {
	case '{':
		return skip_members(at + 1, '}', depth + 1);
	case '[':
		return skip_members(at + 1, ']', depth + 1);
	case '"':
		return skip_string(at);
	case 't':
		return skip_word(at, "true");
	case 'f':
		return skip_word(at, "false");
	default:
		return skip_number(at);
	}
}

bool shape_is_json_line(const char *text, size_t length)
{
	if (!shape_is_line(text, length) || !utf8_valid(text, length))
		return false;
	return text[0] == '{' && skip_value(text, 0) == text + length - 1;
}
