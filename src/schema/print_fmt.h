/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to schema/: makes a print fmt safe for libtraceevent. */
#ifndef SCHEMA_PRINT_FMT_H
#define SCHEMA_PRINT_FMT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

/*
 * Appends the format text with its print fmt guarded: libtraceevent 1.7 takes a & (b | c) for (a & b) | c, but not a
 * cast of it. So parentheses that hold a calculation get a cast.
 */
void print_fmt_guard(const char *format, size_t length, struct buffer *out);

#endif
