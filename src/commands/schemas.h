/* SPDX-License-Identifier: GPL-2.0-only */
/* The event types with all their fields, computed ones included: what --fields, completion and documents choose from.
 */
#ifndef COMMANDS_SCHEMAS_H
#define COMMANDS_SCHEMAS_H

#include "base/error.h"
#include "schema/schema.h"

#define NR_SCHEMAS 2

struct schemas {
	const struct schema *all[NR_SCHEMAS + 1]; /* NULL-terminated */
	struct schema *extended[NR_SCHEMAS];
};

/*
 * Makes them. Only their names, kinds and texts are for use: what the getters of computed fields read is not there.
 * Returns 0 or -ENOMEM; schemas_close releases them.
 */
int schemas_open(struct schemas *ret, struct error *err);
void schemas_close(struct schemas *s);

#endif
