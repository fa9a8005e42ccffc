/* SPDX-License-Identifier: GPL-2.0-only */
/* Computed fields with fixed answers, in place of those that know the machine: time, user,
 * identities, and what a log line says. */
#ifndef GOLDEN_COMPUTED_H
#define GOLDEN_COMPUTED_H

#include "schema/schema.h"

/* The schemas with those fields put in; NULL where memory ran out. Released by schema_free. */
struct schema *computed_exec(void);
struct schema *computed_lost(void);
struct schema *computed_exit(void);
struct schema *computed_fork(void);
/* What a line says follows from its number: 0 is plain, 1 hostile, of others nothing is known. */
struct schema *computed_log(void);

#endif
