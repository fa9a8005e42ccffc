/* SPDX-License-Identifier: GPL-2.0-only */
/* observer completion: the script that makes a shell complete observer's command line. */
#include "cli/completion.h"

#include <errno.h>
#include <string.h>

#include "cli/print.h"
#include "commands/commands.h"

/* SHELL_MAX where there is none of this name. */
static enum shell find_shell(const char *name)
{
	int shell = 0;

	while (shell < SHELL_MAX && strcmp(shell_names[shell], name) != 0)
		shell++;
	return shell;
}

static int completion_check(const struct call *call, struct error *err)
{
	if (find_shell(call->operands[0]) != SHELL_MAX)
		return 0;
	fail(err, -EINVAL, "no completion for the shell '%s'", call->operands[0]);
	return fail_hint(err, "there is one for bash and one for zsh");
}

static int completion_run(const struct call *call, struct error *err)
{
	_cleanup_buffer_ struct buffer text = {0};

	completion_print(find_shell(call->operands[0]), call->list, &text);
	return print_buffer(&text, err);
}

static void list_shells(struct buffer *words)
{
	for (int i = 0; i < SHELL_MAX; i++)
		buffer_printf(words, "%s\n", shell_names[i]);
}

static const struct option_row rows[] = {COMMON_OPTION_ROWS};

const struct command command_completion = {
	.name = "completion",
	.summary = "print the completion script of a shell: bash or zsh",
	.doc = "Print the script that makes a shell complete observer's commands, options and their arguments.\n\n"
	       "For bash put 'source <(observer completion bash)' into ~/.bashrc; for zsh write it to a file named "
	       "_observer in a folder of $fpath.",
	.operands = "bash|zsh",
	.operands_min = 1,
	.operands_max = 1,
	.list_words = list_shells,
	.rows = rows,
	.nr_rows = sizeof(rows) / sizeof(rows[0]),
	.settings_bytes = sizeof(struct common_settings),
	.check = completion_check,
	.run = completion_run,
};
