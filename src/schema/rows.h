/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The field table of one event type: the frame, then the rows of the file ROWS, members of struct THIS, with the
 * numbers NUMBER(name). No include guard: expanded by builtin.c, once for each type, and cleans up after itself.
 */
#define FIELD(row_kind, row_name, heading, text)                                                                       \
	{.name = #row_name,                                                                                            \
	 .kind = KIND_##row_kind,                                                                                      \
	 .part = PART_RECORD,                                                                                          \
	 .row = ROW_NUMBER(row_name),                                                                                  \
	 .offset = offsetof(ROW_STRUCT, row_name),                                                                     \
	 .size = sizeof(kind_##row_kind),                                                                              \
	 .title = heading,                                                                                             \
	 .doc = text},
#define INTERNAL(row_kind, row_name)                                                                                   \
	{.name = #row_name,                                                                                            \
	 .kind = KIND_##row_kind,                                                                                      \
	 .part = PART_RECORD,                                                                                          \
	 .row = ROW_NUMBER(row_name),                                                                                  \
	 .offset = offsetof(ROW_STRUCT, row_name),                                                                     \
	 .size = sizeof(kind_##row_kind),                                                                              \
	 .title = "",                                                                                                  \
	 .doc = "",                                                                                                    \
	 .internal = true},

#define ROW_STRUCT	 struct record
#define ROW_NUMBER(name) FIELD_NO_ROW
#include "events/frame.fields.h"
#undef ROW_NUMBER
#undef ROW_STRUCT

#define ROW_STRUCT	 THIS
#define ROW_NUMBER(name) NUMBER(name)
#include ROWS
#undef ROW_NUMBER
#undef ROW_STRUCT

#undef INTERNAL
#undef FIELD
#undef ROWS
#undef NUMBER
#undef THIS
