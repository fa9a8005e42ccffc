/* SPDX-License-Identifier: GPL-2.0-only */
/* Patterns for names: * stands for any bytes, ? for one byte, everything else for itself. */
#ifndef BASE_GLOB_H
#define BASE_GLOB_H

#include <stdbool.h>
#include <stddef.h>

/* True where the pattern covers the whole text. Takes time in proportion to pattern times text at worst. */
bool glob_match(const char *pattern, const char *text, size_t length);

#endif
