/* SPDX-License-Identifier: GPL-2.0-only */
/* Quoting for shells. POSIX.1-2024, Shell Command Language, 2.2. */
#include "base/shell.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

/* Bytes that no shell takes for anything but themselves, wherever they stand in an argument. */
static const bool is_safe[256] = {
	['A' ... 'Z'] = true, ['a' ... 'z'] = true, ['0' ... '9'] = true, ['_'] = true, ['@'] = true,
	['%'] = true,	      ['+'] = true,	    [':'] = true,	  [','] = true, ['.'] = true,
	['/'] = true,	      ['-'] = true,	    ['='] = true,
};

/* Of bash, ksh and zsh. Quoted they are ordinary names of programs. */
static const char *const reserved_words[] = {
	"case", "coproc", "do",	       "done",	 "elif",   "else", "esac", "fi",    "for",   "foreach", "function",
	"if",	"in",	  "nocorrect", "repeat", "select", "then", "time", "until", "while", "end",
};

static size_t safe_length(const char *word, size_t length)
{
	size_t i = 0;

	while (i < length && is_safe[(unsigned char)word[i]])
		i++;
	return i;
}

static void append_single_quoted(struct buffer *b, const char *word, size_t length)
{
	buffer_append_char(b, '\'');
	for (;;) {
		const char *quote = memchr(word, '\'', length);
		size_t run = quote ? (size_t)(quote - word) : length;

		buffer_append(b, word, run);
		if (!quote)
			break;
		buffer_append_text(b, "'\\''");
		word += run + 1;
		length -= run + 1;
	}
	buffer_append_char(b, '\'');
}

/* A byte that needs an escape inside $'...'. */
static void append_dollar_escape(struct buffer *b, unsigned char c)
{
	char escape[4] = {'\\', 'x', "0123456789abcdef"[c >> 4], "0123456789abcdef"[c & 15]};

	switch (c) {
	case '\n':
		buffer_append(b, "\\n", 2);
		break;
	case '\t':
		buffer_append(b, "\\t", 2);
		break;
	case '\r':
		buffer_append(b, "\\r", 2);
		break;
	case '\'':
		buffer_append(b, "\\'", 2);
		break;
	case '\\':
		buffer_append(b, "\\\\", 2);
		break;
	default:
		buffer_append(b, escape, sizeof(escape));
	}
}

/* Appends printable text inside $'...'. */
static void append_dollar_run(struct buffer *b, const char *text, size_t length)
{
	while (length) {
		size_t run = 0;

		while (run < length && text[run] != '\'' && text[run] != '\\')
			run++;
		buffer_append(b, text, run);
		if (run < length)
			append_dollar_escape(b, text[run++]);
		text += run;
		length -= run;
	}
}

static void append_dollar_quoted(struct buffer *b, const char *word, size_t length)
{
	buffer_append_text(b, "$'");
	while (length) {
		size_t run = utf8_raw_length(word, length);

		append_dollar_run(b, word, run);
		word += run;
		length -= run;
		if (length) {
			uint32_t code;

			/* All bytes of a hidden character: \u would depend on the locale of the shell. */
			run = utf8_decode(word, length, &code);
			length -= run;
			while (run--)
				append_dollar_escape(b, *word++);
		}
	}
	buffer_append_char(b, '\'');
}

static void append_quoted(struct buffer *b, const char *word, size_t length)
{
	if (utf8_raw_length(word, length) == length)
		append_single_quoted(b, word, length);
	else
		append_dollar_quoted(b, word, length);
}

void shell_append_word(struct buffer *b, const char *word, size_t length)
{
	/* zsh takes a word that begins with = for the path of a command. */
	if (length && word[0] != '=' && safe_length(word, length) == length)
		buffer_append(b, word, length);
	else
		append_quoted(b, word, length);
}

static bool is_plain_command(const char *word, size_t length)
{
	if (!length || word[0] == '%' || memchr(word, '=', length) || safe_length(word, length) < length)
		return false;
	for (size_t i = 0; i < sizeof(reserved_words) / sizeof(reserved_words[0]); i++)
		if (strlen(reserved_words[i]) == length && !memcmp(reserved_words[i], word, length))
			return false;
	return true;
}

void shell_append_command(struct buffer *b, const char *list, size_t length)
{
	const char *end = list + length;

	for (const char *word = list; word < end;) {
		size_t word_length = strnlen(word, end - word);

		if (word > list) {
			buffer_append_char(b, ' ');
			shell_append_word(b, word, word_length);
		} else if (is_plain_command(word, word_length)) {
			buffer_append(b, word, word_length);
		} else {
			append_quoted(b, word, word_length);
		}
		word += word_length + 1;
	}
}
