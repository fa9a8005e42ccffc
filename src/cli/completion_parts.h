/* SPDX-License-Identifier: GPL-2.0-only */
/* What the completion scripts share; for completion*.c alone. */
#ifndef CLI_COMPLETION_PARTS_H
#define CLI_COMPLETION_PARTS_H

#include "cli/command.h"

/* Appends a shell pattern, and a NUL, of the options that take the next word as their argument: -o|--output|... */
void completion_list_takers(const struct command_list *list, struct buffer *out);

/* Appends the names of the commands that are not hidden. */
void completion_list_commands(const struct command_list *list, const char *between, struct buffer *out);

/* Appends words (each ended by a line break), each with `before` in front of it. */
void completion_put_words(struct buffer *out, const struct buffer *words, const char *before);

void completion_print_zsh(const struct command_list *list, struct buffer *out);

#endif
