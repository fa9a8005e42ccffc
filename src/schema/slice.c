/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads a text or a list of numbers out of a struct. */
#include "schema/slice.h"

static const struct slice *find_slice(const struct event *e, void *context)
{
	return (const void *)((const char *)e->parts[PART_RECORD].data + (size_t)context);
}

void slice_get(const struct event *e, void *context, struct value *ret_value)
{
	const struct slice *slice = find_slice(e, context);

	if (!slice->data)
		return;
	ret_value->type = VALUE_TEXT;
	ret_value->text.data = slice->data;
	ret_value->text.length = slice->length;
}

void slice_get_numbers(const struct event *e, void *context, struct value *ret_value)
{
	const struct slice *slice = find_slice(e, context);

	if (!slice->data)
		return;
	ret_value->type = VALUE_INTEGERS;
	ret_value->integers.data = slice->data;
	ret_value->integers.nr = slice->length / sizeof(uint32_t);
	ret_value->integers.item_bytes = sizeof(uint32_t);
	ret_value->integers.is_signed = false;
}
