/* SPDX-License-Identifier: GPL-2.0-only */
/* Walking over lines. */
#include "diagnosis/lines.h"

#include <ctype.h>
#include <string.h>

static struct slice trimmed(const char *begin, const char *end)
{
	static const char libbpf[] = "libbpf: ";
	size_t skip = sizeof(libbpf) - 1;

	if ((size_t)(end - begin) >= skip && !memcmp(begin, libbpf, skip))
		begin += skip;
	while (end > begin && (end[-1] == '\r' || end[-1] == ' ' || end[-1] == '\0'))
		end--;
	return (struct slice){begin, end - begin};
}

bool lines_next(const char **at, const char *end, struct slice *ret_line)
{
	const char *line_end;

	if (*at >= end)
		return false;
	line_end = memchr(*at, '\n', end - *at);
	if (!line_end)
		line_end = end;
	*ret_line = trimmed(*at, line_end);
	*at = line_end < end ? line_end + 1 : end;
	return true;
}

bool lines_previous(const char *begin, const char **end, struct slice *ret_line)
{
	const char *line_end = *end, *line_begin;

	if (line_end <= begin)
		return false;
	if (line_end[-1] == '\n')
		line_end--;
	line_begin = memrchr(begin, '\n', line_end - begin);
	line_begin = line_begin ? line_begin + 1 : begin;
	*ret_line = trimmed(line_begin, line_end);
	*end = line_begin;
	return true;
}

const char *lines_find_last(const struct slice *line, const char *words)
{
	size_t length = strlen(words);

	for (size_t at = line->length; at >= length; at--)
		if (!memcmp(line->data + at - length, words, length))
			return line->data + at - length;
	return NULL;
}

bool lines_read_number(const char *at, const char *end, uint64_t *ret_number)
{
	uint64_t number = 0;

	if (at >= end || !isdigit((unsigned char)*at))
		return false;
	for (; at < end && isdigit((unsigned char)*at); at++)
		if (__builtin_mul_overflow(number, 10, &number) || __builtin_add_overflow(number, *at - '0', &number))
			number = UINT64_MAX;
	*ret_number = number;
	return true;
}

void lines_take_program(const struct slice *line, struct slice *ret_program)
{
	static const char libbpf[] = "prog '", clang[] = "In function: ";
	const char *end = line->data + line->length, *begin, *quote;

	if (line->length > sizeof(clang) - 1 && !memcmp(line->data, clang, sizeof(clang) - 1)) {
		begin = line->data + sizeof(clang) - 1;
		*ret_program = (struct slice){begin, end - begin};
	} else if (line->length > sizeof(libbpf) - 1 && !memcmp(line->data, libbpf, sizeof(libbpf) - 1)) {
		begin = line->data + sizeof(libbpf) - 1;
		quote = memchr(begin, '\'', end - begin);
		if (quote)
			*ret_program = (struct slice){begin, quote - begin};
	}
}
