/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to diagnosis/: walking over the lines of a text, in both directions; pieces of them. */
#ifndef DIAGNOSIS_LINES_H
#define DIAGNOSIS_LINES_H

#include "diagnosis/diagnosis.h"

/* The line at *at, without its end and without "libbpf: " before it; moves *at behind it. False at the end. */
bool lines_next(const char **at, const char *end, struct slice *ret_line);

/* The line before *end, which is moved to its begin. False at the begin of the text. */
bool lines_previous(const char *begin, const char **end, struct slice *ret_line);

/* Where these words stand last in the line; NULL where they do not. */
const char *lines_find_last(const struct slice *line, const char *words);

/* The digits at `at`; false where there are none. Larger numbers than there are become the largest. */
bool lines_read_number(const char *at, const char *end, uint64_t *ret_number);

/* Takes NAME where the line is one of "prog 'NAME': ..." or "In function: NAME". */
void lines_take_program(const struct slice *line, struct slice *ret_program);

#endif
