/* SPDX-License-Identifier: GPL-2.0-only */
/* What must hold of an output whatever the event was. */
#ifndef FUZZ_SHAPE_H
#define FUZZ_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

/* One line: ended by a newline, which is the only one. */
bool shape_is_line(const char *text, size_t length);

/* Valid UTF-8, and but for the newline nothing that moves a terminal or hides. */
bool shape_is_visible(const char *text, size_t length);

/* One JSON object (RFC 8259) in valid UTF-8, without blanks between tokens, and a newline. */
bool shape_is_json_line(const char *text, size_t length);

#endif
