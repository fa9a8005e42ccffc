/* SPDX-License-Identifier: GPL-2.0-only */
/* observer help: what --help prints as well. */
#include "cli/help.h"
#include "cli/print.h"
#include "commands/commands.h"

static int help_check(const struct call *call, struct error *err)
{
	const struct command *asked;

	return call->nr_operands ? command_find(call->list, call->operands[0], &asked, err) : 0;
}

static int help_run(const struct call *call, struct error *err)
{
	const struct common_settings *s = call->settings;
	_cleanup_buffer_ struct buffer text = {0};
	const struct command *asked = NULL;

	if (call->nr_operands)
		command_find(call->list, call->operands[0], &asked, err);
	if (asked)
		command_print_help(call->list, asked, s->verbose, &text);
	else
		commands_print_help(call->list, s->verbose, &text);
	return print_buffer(&text, err);
}

static const struct option_row rows[] = {COMMON_OPTION_ROWS};

const struct command command_help = {
	.name = "help",
	.summary = "help for observer or for one of its commands",
	.doc = "Print what --help prints, for COMMAND where it is given. With -v each option is explained at length.",
	.operands = "[COMMAND]",
	.operands_max = 1,
	.list_words = commands_list_names,
	.rows = rows,
	.nr_rows = sizeof(rows) / sizeof(rows[0]),
	.settings_bytes = sizeof(struct common_settings),
	.check = help_check,
	.run = help_run,
};
