/* SPDX-License-Identifier: GPL-2.0-only */
/* The list of commands. A new one is a row in commands.rows.h and a file of its name. */
#ifndef COMMANDS_COMMANDS_H
#define COMMANDS_COMMANDS_H

#include "cli/command.h"

extern const struct command_list commands;

#define COMMAND(name) extern const struct command command_##name;
#include "commands/commands.rows.h"
#undef COMMAND

/* Appends the names of the commands that are not hidden, each followed by a line break. */
void commands_list_names(struct buffer *words);

/* Runs what the command line asks for; prints errors. Returns an enum exit_status. */
int commands_run(int argc, char **argv);

#endif
