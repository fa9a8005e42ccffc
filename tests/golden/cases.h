/* SPDX-License-Identifier: GPL-2.0-only */
/* The cases of the golden tests: which records, and how the outputs are set. */
#ifndef GOLDEN_CASES_H
#define GOLDEN_CASES_H

#include "outputs/outputs.h"

/* Takes the records of a case one after the other. */
struct sequence {
	struct output *output;
	const struct schema *exec, *lost, *exit, *fork, *log;
	struct scratch scratch;
};

struct golden_case {
	const char *name; /* of the files expected/NAME.FORMAT */
	void (*write)(struct sequence *s);
	const char *only; /* format, where the case is about one; NULL: all */
	const char *zone; /* TZ; NULL: UTC */
	struct output_settings settings;
	const struct schema_column *columns; /* of the exec's own; NULL: the usual ones */
};

extern const struct golden_case golden_cases[];
extern const unsigned int nr_golden_cases;

#endif
