/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Execs as command lines that can be pasted: (cd FOLDER && unset NAME && export NAME=VALUE && PROGRAM ARGUMENTS), with
 * what the exec changed in the environment that it was started with. Writes to no file.
 */
#ifndef COMMANDS_SHELL_LINES_H
#define COMMANDS_SHELL_LINES_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "events/record.h"

struct shell_lines;

/* `environ` is the environment that the first program's is compared with. NULL where memory ran out, described. */
struct shell_lines *shell_lines_new(char *const *environment, struct error *err);
void shell_lines_free(struct shell_lines *s);

/* Appends the line of an exec record; learns from fork records what a child's environment is. Others are passed over.
 */
void shell_lines_take(struct shell_lines *s, const struct record *record, size_t bytes, struct buffer *out);

#endif
