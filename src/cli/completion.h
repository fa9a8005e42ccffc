/* SPDX-License-Identifier: GPL-2.0-only */
/* Completion scripts for shells from the rows of commands and options. */
#ifndef CLI_COMPLETION_H
#define CLI_COMPLETION_H

#include "cli/command.h"

enum shell {
	SHELL_BASH,
	SHELL_ZSH,
	SHELL_MAX,
};

/* The shells' names in the order of the enum, NULL-terminated. */
extern const char *const shell_names[SHELL_MAX + 1];

/* Appends the script of a shell. It needs nothing else: neither other scripts nor a run of the program. */
void completion_print(enum shell shell, const struct command_list *list, struct buffer *out);

#endif
