/* SPDX-License-Identifier: GPL-2.0-only */
/* Help for people from the rows of commands and options: at most HELP_COLUMNS wide. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/command.h"

#define HELP_COLUMNS 80

/* Appends the options by group, a line or two each; `whole`: with the man page's paragraphs instead. */
void options_print_help(const struct option_table *table, bool whole, struct buffer *out);

/* Appends the help of one command. */
void command_print_help(const struct command_list *list, const struct command *command, bool whole, struct buffer *out);

/* Appends the help of the program: its commands, then the options of the first of them. */
void commands_print_help(const struct command_list *list, bool whole, struct buffer *out);

#endif
