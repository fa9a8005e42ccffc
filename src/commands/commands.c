/* SPDX-License-Identifier: GPL-2.0-only */
/* The list of commands, and the one place that prints errors and turns them into an exit status. */
#include "commands/commands.h"

static const struct command *const rows[] = {
#define COMMAND(name) &command_##name,
#include "commands/commands.rows.h"
#undef COMMAND
};

const struct command_list commands = {
	.program = "observer",
	.summary = "Shows every program that this machine starts, whole, losing nothing in silence",
	.commands = rows,
	.nr_commands = sizeof(rows) / sizeof(rows[0]),
	.help = &command_help,
	.version = &command_version,
};

void commands_list_names(struct buffer *words)
{
	for (size_t i = 0; i < commands.nr_commands; i++)
		if (!rows[i]->hidden)
			buffer_printf(words, "%s\n", rows[i]->name);
}

/* Whose exit status is to be told from that of a program which it runs. */
static bool runs_program(const struct call *call)
{
	return call->command->failed_status &&
	       (!call->command->program_after_dashes || call->nr_operands > call->nr_before_dashes);
}

int commands_run(int argc, char **argv)
{
	struct error err = {0};
	struct call call;
	int status = STATUS_USAGE;
	int r = call_open(&commands, argc, argv, &call, &err);

	if (r == 0) {
		status = STATUS_FAILED;
		r = call.command->run(&call, &err);
	}
	if (r < 0)
		error_print(&err);
	if (r < 0 && call.command && runs_program(&call))
		status = call.command->failed_status;
	else if (r >= 0)
		status = r;
	call_done(&call);
	return status;
}
