/* SPDX-License-Identifier: GPL-2.0-only */
/* The kind `path`: components collected leaf first by the kernel side (events/record.h) become the text of readlink. */
#include "schema/kind.h"

#include <string.h>

#include "events/record.h"

static const char deleted[] = " (deleted)";
/* Stands for the leading components of a path that was cut. No path begins so: whole ones begin with a slash. */
static const char cut[] = "...";

/* Writes the components, each behind a slash, so that they end at `end`; returns where they begin. */
static char *place_components(char *end, const char *components, size_t length)
{
	const char *stop = components + length;

	while (components < stop) {
		size_t component = strnlen(components, stop - components);

		end -= component;
		memcpy(end, components, component);
		*--end = '/';
		components += component + 1;
	}
	return end;
}

void load_path(const struct field *f, const struct event *e, const void *at, struct value *ret_value)
{
	size_t length, room;
	const char *stored = load_span(f, e, at, &length);
	char *begin, *components_end, *end;

	if (!stored || !length || (unsigned char)stored[0] > PATH_CUT)
		return;
	/* A slash takes the place of each NUL, and of the one that the last component may lack. */
	room = sizeof(cut) + length + sizeof(deleted);
	begin = scratch_take(e->scratch, room);
	if (!begin)
		return;
	components_end = end = begin + sizeof(cut) + length;
	begin = place_components(components_end, stored + 1, length - 1);
	if (begin == components_end)
		*--begin = '/';
	if (stored[0] == PATH_DELETED || stored[0] == PATH_PSEUDO) {
		memcpy(end, deleted, sizeof(deleted) - 1);
		end += sizeof(deleted) - 1;
	}
	if (stored[0] == PATH_CUT) {
		begin -= sizeof(cut) - 1;
		memcpy(begin, cut, sizeof(cut) - 1);
	}
	ret_value->type = VALUE_TEXT;
	ret_value->text.data = begin;
	ret_value->text.length = end - begin;
}
