/* SPDX-License-Identifier: GPL-2.0-only */
/* A choice of environment variables. */
#include "process/environ.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/glob.h"

struct environ_choice {
	size_t bytes;	 /* of the patterns with their NULs */
	char patterns[]; /* one after the other, each ended by NUL */
};

static int refuse(const char *text, const char *why, struct error *err)
{
	fail(err, -EINVAL, "'%s' is not a choice of environment variables: %s", text, why);
	return fail_hint(err, "names and patterns parted by commas: PATH,LC_*");
}

int environ_choice_new(const char *text, struct environ_choice **ret_choice, struct error *err)
{
	size_t length = strlen(text);
	_cleanup_free_ struct environ_choice *c = NULL;

	if (!length || text[0] == ',' || text[length - 1] == ',' || strstr(text, ",,"))
		return refuse(text, "a name is empty", err);
	if (strchr(text, '='))
		return refuse(text, "a name cannot hold '='", err);
	c = malloc(sizeof(*c) + length + 1);
	if (!c)
		return fail(err, -ENOMEM, "cannot keep the choice of environment variables: %s", strerror(ENOMEM));
	c->bytes = length + 1;
	memcpy(c->patterns, text, length + 1);
	for (size_t i = 0; i < length; i++)
		if (c->patterns[i] == ',')
			c->patterns[i] = '\0';
	*ret_choice = take_ptr(c);
	return 0;
}

void environ_choice_free(struct environ_choice *c)
{
	free(c);
}

bool environ_choice_has(const struct environ_choice *c, const char *string, size_t length)
{
	const char *equal = memchr(string, '=', length);
	size_t name_length = equal ? (size_t)(equal - string) : length;

	for (const char *p = c->patterns; p < c->patterns + c->bytes; p += strlen(p) + 1)
		if (glob_match(p, string, name_length))
			return true;
	return false;
}

size_t strings_select(const struct environ_choice *c, const char *list, size_t length, char *ret_list)
{
	const char *end = list + length;
	size_t used = 0;

	while (list < end) {
		size_t bytes = strnlen(list, end - list);
		/* The NUL goes along where there is one. */
		size_t whole = bytes < (size_t)(end - list) ? bytes + 1 : bytes;

		if (environ_choice_has(c, list, bytes)) {
			memcpy(ret_list + used, list, whole);
			used += whole;
		}
		list += whole;
	}
	return used;
}
