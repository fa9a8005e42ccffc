/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to schema/: what a C declaration in a format file says of a field. */
#ifndef SCHEMA_DECLARATION_H
#define SCHEMA_DECLARATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/schema.h"

/* A field line, taken apart. Texts are not NUL-terminated. */
struct declaration {
	const char *text; /* "char comm[16]" */
	size_t length;
	const char *name;
	size_t name_length;
	size_t type_length; /* of the text, as far as it is the type */
	uint64_t offset, size;
	bool is_signed;
	bool located;  /* __data_loc or __rel_loc */
	bool relative; /* __rel_loc */
	bool array;
	uint64_t nr_items; /* of an array; 0: not told as a number */
};

/* Finds name and type in d->text; false where there are none. */
bool declaration_split(struct declaration *d);

/* Chooses the kind, and with it size and items, of a field of this declaration. `long_bytes`: of the machine. */
void declaration_choose_kind(const struct declaration *d, size_t long_bytes, struct field *ret_field);

/* True where it tells how long a long is: a pointer, or a long itself. */
bool declaration_is_long(const struct declaration *d);

#endif
