/* SPDX-License-Identifier: GPL-2.0-only */
/* Looks at the C expressions of a print fmt as far as their parentheses go. Evaluates nothing. */
#include "schema/print_fmt.h"

#include <ctype.h>
#include <string.h>

static const char beginning[] = "print fmt:";
static const char cast[] = "(unsigned long)";

/* Behind the string that begins at `at`. */
static const char *pass_string(const char *at, const char *end)
{
	for (at++; at < end && *at != '"'; at++)
		at += *at == '\\' && at + 1 < end;
	return at < end ? at + 1 : end;
}

/* True where the parenthesis at `at` is neither of a call nor behind a cast. */
static bool is_operand(const char *begin, const char *at)
{
	while (at > begin && isspace((unsigned char)at[-1]))
		at--;
	return at == begin || !(isalnum((unsigned char)at[-1]) || strchr("_)]}", at[-1]));
}

/* True where what stands in these parentheses, but not in others inside, calculates with two numbers. */
static bool calculates(const char *at, const char *end)
{
	bool operand = false, calculation = false;
	unsigned int depth = 0;

	for (at++; at < end; at++) {
		if (*at == '"')
			return false; /* a choice of texts */
		if (*at == ')' && !depth--)
			return calculation;
		depth += *at == '(';
		if (depth || isspace((unsigned char)*at))
			continue;
		if (*at == '-' && at + 1 < end && at[1] == '>')
			at++;
		else if (operand && strchr("|&^+-<>", *at))
			calculation = true;
		else
			operand = true;
	}
	return false;
}

void print_fmt_guard(const char *format, size_t length, struct buffer *out)
{
	const char *begin = memmem(format, length, beginning, strlen(beginning)), *end = format + length, *at;

	at = begin = begin ? begin + strlen(beginning) : end;
	buffer_append(out, format, begin - format);
	while (at < end) {
		const char *next = *at == '"' ? pass_string(at, end) : at + 1;

		if (*at == '(' && is_operand(begin, at) && calculates(at, end))
			buffer_append(out, cast, strlen(cast));
		buffer_append(out, at, next - at);
		at = next;
	}
}
