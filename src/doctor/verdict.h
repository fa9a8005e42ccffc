/* SPDX-License-Identifier: GPL-2.0-only */
/* What is said of one program, as an event for JSON and as lines for people. */
#ifndef DOCTOR_VERDICT_H
#define DOCTOR_VERDICT_H

#include "base/slice.h"

#include "doctor/look.h"
#include "doctor/object.h"
#include "schema/schema.h"

/* Texts point into what it was made of. */
struct verdict {
	struct slice object, program, section, status, cause, why, fix, said, file, code;
	uint64_t line;					    /* UINT64_MAX: not known, as the numbers below */
	uint64_t instructions, processed, verify_us, stack; /* of a program that was taken, but for the first */
	bool refused;
};

/* Of a program that was tried. */
void verdict_of_program(const char *object, const struct object_program *p, struct verdict *ret);

/* Of messages that were read. */
void verdict_of_message(const struct diagnosis *d, struct verdict *ret);

void verdict_print(const struct verdict *v, const struct look *look, struct buffer *out);

extern const struct schema schema_verdict;

#endif
