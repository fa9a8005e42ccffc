/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads a text out of a struct. */
#include "schema/slice.h"

void slice_get(const struct event *e, void *context, struct value *ret_value)
{
	const struct slice *slice = (const void *)((const char *)e->parts[PART_RECORD].data + (size_t)context);

	if (!slice->data)
		return;
	ret_value->type = VALUE_TEXT;
	ret_value->text.data = slice->data;
	ret_value->text.length = slice->length;
}

void slice_get_list(const struct event *e, void *context, struct value *ret_value)
{
	slice_get(e, context, ret_value);
	if (ret_value->type == VALUE_TEXT)
		ret_value->type = VALUE_LIST;
}
