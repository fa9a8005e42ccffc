/* SPDX-License-Identifier: GPL-2.0-only */
/* Texts that a command prints once and ends: help, lists, documents. Not for events. */
#ifndef CLI_PRINT_H
#define CLI_PRINT_H

#include "base/buffer.h"
#include "base/error.h"

/* Writes all of it to standard output. Returns 0 (also where the reader closed it), or -errno described in `err`. */
int print_buffer(const struct buffer *text, struct error *err);

/* The same into a file, made or emptied first; NULL: standard output. */
int print_buffer_into(const char *path, const struct buffer *text, struct error *err);

#endif
