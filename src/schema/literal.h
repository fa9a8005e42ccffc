/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Values as people type them in filters: a number, a word or a quoted text. What it means for a field only the field's
 * kind knows (struct kind, `read`).
 */
#ifndef SCHEMA_LITERAL_H
#define SCHEMA_LITERAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum literal_form {
	LITERAL_NUMBER, /* begins with a digit, or a sign and a digit */
	LITERAL_WORD,	/* a name without quotes */
	LITERAL_TEXT,	/* what stood in quotes, escapes resolved */
};

struct literal {
	enum literal_form form;
	char *text; /* ended by NUL, and without another */
};

/* Names that stand for numbers on this machine. */
struct literal_names {
	/* False where there is no user of this name. NULL: no names of users are known. */
	bool (*find_user)(void *context, const char *name, uint32_t *ret_uid);
	void *context;
};

#endif
