/* SPDX-License-Identifier: GPL-2.0-only */
/* The generated parts of the man page, in the man(7) macros. The rest of the page is written by hand in docs/. */
#ifndef CLI_MAN_H
#define CLI_MAN_H

#include "cli/command.h"

/* Appends what stands under SYNOPSIS: a line per command. */
void commands_print_synopsis(const struct command_list *list, struct buffer *out);

/* Appends the sections COMMANDS and OPTIONS: each command with its description, then its options. */
void commands_print_man(const struct command_list *list, struct buffer *out);

#endif
