/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events that are no records of the kernel but structs of ours: numbers are fields as ever (kinds u32, u64, number,
 * flag), texts are struct slice members, for which this is the getter.
 */
#ifndef SCHEMA_SLICE_H
#define SCHEMA_SLICE_H

#include "base/slice.h"
#include "schema/schema.h"

/* `get` of a field whose context is the offset of a struct slice in PART_RECORD; absent where its data is NULL. */
void slice_get(const struct event *e, void *context, struct value *ret_value);

/* The same of a list of uint32_t, one behind the other. */
void slice_get_numbers(const struct event *e, void *context, struct value *ret_value);

/* Rows of a field table over `structure`: a text, a list of numbers, and a number of one of the kinds. */
#define SLICE_FIELD(structure, member, heading, text)                                                                  \
	{                                                                                                              \
		.name = #member, .title = heading, .doc = text, .kind = KIND_text, .row = FIELD_NO_ROW,                \
		.get = slice_get, .context = (void *)offsetof(structure, member)                                       \
	}
#define NUMBERS_FIELD(structure, member, heading, text)                                                                \
	{                                                                                                              \
		.name = #member, .title = heading, .doc = text, .kind = KIND_integers, .row = FIELD_NO_ROW,            \
		.get = slice_get_numbers, .context = (void *)offsetof(structure, member)                               \
	}
#define STRUCT_FIELD(structure, field_kind, member, heading, text)                                                     \
	{                                                                                                              \
		.name = #member, .title = heading, .doc = text, .kind = KIND_##field_kind, .row = FIELD_NO_ROW,        \
		.offset = offsetof(structure, member), .size = sizeof(((structure *)0)->member)                        \
	}

#endif
