/* SPDX-License-Identifier: GPL-2.0-only */
/* Cuts the text of a filter into tokens. Knows no field. */
#include "filter/token.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

#define WORD_FIRST "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"
#define DIGITS	   "0123456789"

int fail_in(struct error *err, const struct source *source, size_t offset)
{
	char hint[sizeof(err->hint)], text[sizeof(err->text)];

	if (!err)
		return -EINVAL;
	memcpy(hint, err->hint, sizeof(hint));
	memcpy(text, err->text, sizeof(text));
	fail(err, -EINVAL, "option '%s', column %zu: %s", source->option, utf8_columns(source->text, offset) + 1, text);
	fail_at(err, source->text, offset);
	return fail_hint(err, "%s", hint);
}

static int fail_here(struct error *err, const struct tokens *t, size_t offset, const char *what, const char *hint)
{
	fail(err, -EINVAL, "%s", what);
	fail_hint(err, "%s", hint);
	return fail_in(err, t->source, offset);
}

struct sign {
	const char *text;
	enum token_type type;
	enum operator operator;
};

/* Of those that begin alike the longer first. */
static const struct sign signs[] = {
	{"&&", TOKEN_AND, 0},
	{"||", TOKEN_OR, 0},
	{"==", TOKEN_OPERATOR, OPERATOR_EQUAL},
	{"=~", TOKEN_OPERATOR, OPERATOR_REGEX},
	{"!=", TOKEN_OPERATOR, OPERATOR_UNEQUAL},
	{"<=", TOKEN_OPERATOR, OPERATOR_AT_MOST},
	{">=", TOKEN_OPERATOR, OPERATOR_AT_LEAST},
	{"<", TOKEN_OPERATOR, OPERATOR_LESS},
	{">", TOKEN_OPERATOR, OPERATOR_GREATER},
	{"~", TOKEN_OPERATOR, OPERATOR_GLOB},
	{"&", TOKEN_OPERATOR, OPERATOR_ANY_BIT},
	{"!", TOKEN_NOT, 0},
	{"(", TOKEN_OPEN, 0},
	{")", TOKEN_CLOSE, 0},
	{",", TOKEN_COMMA, 0},
};

/* Signs of other languages. */
static const struct {
	const char *text, *hint;
} mistakes[] = {
	{"=", "equal is =="},
	{"|", "or is ||"},
};

static int take_sign(struct tokens *t, struct error *err)
{
	const char *at = t->source->text + t->now.begin;
	char what[64];

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		size_t length = strlen(signs[i].text);

		if (strncmp(at, signs[i].text, length) != 0)
			continue;
		t->now.type = signs[i].type;
		t->now.operator= signs[i].operator;
		t->now.end = t->now.begin + length;
		return 0;
	}
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		snprintf(what, sizeof(what), "there is no operator '%s'", mistakes[i].text);
		if (*at == *mistakes[i].text)
			return fail_here(err, t, t->now.begin, what, mistakes[i].hint);
	}
	return fail_here(err, t, t->now.begin, "this is no part of a filter", "text stands in quotes: comm == \"a b\"");
}

/* A backslash takes the next byte with it. */
static int take_text(struct tokens *t, struct error *err)
{
	const char *text = t->source->text;
	char quote = text[t->now.begin];
	size_t at = t->now.begin + 1;

	while (text[at] && text[at] != quote)
		at += text[at] == '\\' && text[at + 1] ? 2 : 1;
	if (!text[at])
		return fail_here(err, t, t->now.begin, "this quote is never closed",
				 "the whole filter stands in quotes for the shell, texts in others: 'comm == \"sh\"'");
	t->now.type = TOKEN_TEXT;
	t->now.end = at + 1;
	return 0;
}

int token_next(struct tokens *t, struct error *err)
{
	const char *text = t->source->text, *at;
	bool minus;

	t->last_end = t->now.end;
	t->now.begin = t->now.end + strspn(text + t->now.end, " \t\n");
	t->now.end = t->now.begin;
	at = text + t->now.begin;
	minus = *at == '-';
	if (!*at) {
		t->now.type = TOKEN_END;
	} else if (strchr(WORD_FIRST, *at)) {
		t->now.type = TOKEN_WORD;
		t->now.end += strspn(at, WORD_FIRST DIGITS ".");
	} else if (strchr(DIGITS, at[minus]) && at[minus]) {
		t->now.type = TOKEN_NUMBER;
		t->now.end += minus + strspn(at + minus, WORD_FIRST DIGITS ".");
	} else if (*at == '"' || *at == '\'') {
		return take_text(t, err);
	} else {
		return take_sign(t, err);
	}
	return 0;
}

/* The byte of \xHH; 0 where it is none. */
static unsigned char read_hex_byte(const char *digits)
{
	char pair[3] = {};

	if (strspn(digits, DIGITS "abcdefABCDEF") < 2)
		return 0;
	memcpy(pair, digits, 2);
	return strtoul(pair, NULL, 16);
}

/* Resolves the escape behind the backslash at `offset`; returns the bytes it took, or 0, described. */
static size_t read_escape(const struct tokens *t, size_t offset, char *ret_byte, struct error *err)
{
	static const char names[] = "ntr\\\"'", bytes[] = "\n\t\r\\\"'";
	const char *at = t->source->text + offset + 1;
	const char *found = strchr(names, *at);

	if (found) {
		*ret_byte = bytes[found - names];
		return 2;
	}
	*ret_byte = *at == 'x' ? read_hex_byte(at + 1) : 0;
	if (*ret_byte)
		return 4;
	fail_here(err, t, offset, "there is no such escape",
		  "escapes are \\\\ \\\" \\' \\n \\t \\r and \\xHH but \\x00; in a regular expression a backslash is "
		  "written \\\\");
	return 0;
}

char *token_read(const struct tokens *t, struct error *err)
{
	const char *text = t->source->text;
	bool quoted = t->now.type == TOKEN_TEXT;
	size_t at = t->now.begin + quoted, end = t->now.end - quoted, n = 0;
	char *copy = malloc(end - at + 1);

	if (!copy) {
		fail(err, -ENOMEM, "no memory for the filter");
		return NULL;
	}
	while (at < end) {
		size_t taken = 1;

		copy[n] = text[at];
		if (quoted && text[at] == '\\')
			taken = read_escape(t, at, &copy[n], err);
		if (!taken) {
			free(copy);
			return NULL;
		}
		at += taken;
		n++;
	}
	copy[n] = '\0';
	return copy;
}
