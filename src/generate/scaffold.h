/* SPDX-License-Identifier: GPL-2.0-only */
/* A small project of its own around one tracepoint, from the embedded templates. Knows neither BTF nor tracefs. */
#ifndef GENERATE_SCAFFOLD_H
#define GENERATE_SCAFFOLD_H

#include "base/buffer.h"
#include "base/error.h"
#include "generate/layout.h"

/* The kernel types that the templates use besides the tracepoint's, as requests of type_request.h; NULL-terminated. */
extern const char *const scaffold_types[];

/*
 * Writes the project into the directory `path`, which is made; if it exists it must be empty. `types`: the header of
 * scaffold_types. Returns 0 or -errno, described: -EEXIST for a directory with something in it. After an error what was
 * written stays.
 */
int scaffold_write(const char *path, const struct layout *l, const struct buffer *types, struct error *err);

#endif
