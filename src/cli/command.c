/* SPDX-License-Identifier: GPL-2.0-only */
/* From a command line to a command with its settings read. Runs and prints nothing. */
#include "cli/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/words.h"

struct option_table command_options(const struct command *command, const char *words)
{
	return (struct option_table){
		.rows = command->rows,
		.nr_rows = command->nr_rows,
		.command = words,
		.stops_at_operand = command->stops_at_operand,
	};
}

static int fail_unknown_command(const struct command_list *list, const char *word, struct error *err)
{
	struct words_search search = {.word = word};

	for (size_t i = 0; i < list->nr_commands; i++)
		if (!list->commands[i]->hidden)
			words_consider(&search, list->commands[i]->name);
	fail(err, -EINVAL, "unknown command '%s'", word);
	if (search.best)
		return fail_hint(err, "did you mean '%s %s'?", list->program, search.best);
	return fail_hint(err, "'%s --help' lists the commands", list->program);
}

int command_find(const struct command_list *list, const char *name, const struct command **ret, struct error *err)
{
	for (size_t i = 0; i < list->nr_commands; i++) {
		if (strcmp(list->commands[i]->name, name) == 0) {
			*ret = list->commands[i];
			return 0;
		}
	}
	return fail_unknown_command(list, name, err);
}

/* Before the command is known an option is looked for in all of them: a name means the same wherever it exists. */
static const struct option_row *find_anywhere(const struct command_list *list, const char *name, size_t length)
{
	const struct option_row *row = NULL;

	for (size_t i = 0; i < list->nr_commands && !row; i++) {
		struct option_table table = command_options(list->commands[i], NULL);

		row = length ? option_find(&table, name, length) : option_find_letter(&table, *name);
	}
	return row;
}

enum option_word {
	WORD_ALONE,
	WORD_TAKES_NEXT, /* its argument is the next word */
	WORD_UNKNOWN,	 /* no command has this option */
};

static enum option_word judge_row(const struct option_row *row)
{
	if (!row)
		return WORD_UNKNOWN;
	return row->argument && !row->argument_optional ? WORD_TAKES_NEXT : WORD_ALONE;
}

static enum option_word judge_letters(const struct command_list *list, const char *letters)
{
	for (; *letters; letters++) {
		const struct option_row *row = find_anywhere(list, letters, 0);

		if (!row || !row->argument)
			continue;
		return letters[1] ? WORD_ALONE : judge_row(row);
	}
	return WORD_ALONE;
}

static enum option_word judge_word(const struct command_list *list, const char *word)
{
	size_t length = strcspn(word, "=");
	enum option_word judged;

	if (word[1] != '-')
		return judge_letters(list, word + 1);
	judged = judge_row(find_anywhere(list, word + 2, length - 2));
	return judged == WORD_TAKES_NEXT && word[length] ? WORD_ALONE : judged;
}

/*
 * The place of the first word that is neither an option nor an option's argument; 0 where there is none. What follows
 * an unknown option may be its argument: it is only taken for a command where it is one.
 */
static int find_word(const struct command_list *list, int argc, char **argv)
{
	bool doubtful = false;
	const struct command *command;

	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		enum option_word judged;

		if (argv[i][0] != '-' || !argv[i][1])
			return doubtful && command_find(list, argv[i], &command, NULL) < 0 ? 0 : i;
		judged = judge_word(list, argv[i]);
		doubtful |= judged == WORD_UNKNOWN;
		i += judged == WORD_TAKES_NEXT;
	}
	return 0;
}

/* Takes the command's word out of argv, so that only options and operands are left. */
static int take_command(struct call *call, int *argc, char **argv, struct error *err)
{
	int at = find_word(call->list, *argc, argv);

	call->command = call->list->commands[0];
	if (at && command_find(call->list, argv[at], &call->command, err) < 0)
		return -EINVAL;
	for (int i = at; at && i < *argc; i++)
		argv[i] = argv[i + 1];
	*argc -= at ? 1 : 0;
	call->named = at > 0;
	snprintf(call->words, sizeof(call->words), "%s %s", call->list->program, call->command->name);
	return 0;
}

static int check_operands(const struct call *call, struct error *err)
{
	const struct command *c = call->command;

	if (call->nr_operands < c->operands_min)
		fail(err, -EINVAL, "'%s' lacks its operand %s", call->words, c->operands);
	else if (call->nr_operands > c->operands_max)
		fail(err, -EINVAL, "'%s' takes no operand '%s'", call->words, call->operands[c->operands_max]);
	else
		return 0;
	return fail_hint(err, "usage: %s [OPTIONS]%s%s", call->words, c->operands ? " " : "",
			 c->operands ? c->operands : "");
}

/* Turns `X --help` into `help X`, and `X --version` into `version`, with the common settings kept. */
static int redirect(struct call *call, char **argv, struct error *err)
{
	const struct common_settings common = *(struct common_settings *)call->settings;
	const struct command *asked = call->command;
	const struct command *other = common.help ? call->list->help : call->list->version;
	void *settings;

	if ((!common.help && !common.version) || asked == other)
		return 0;
	settings = calloc(1, other->settings_bytes);
	if (!settings)
		return fail(err, -ENOMEM, "no memory for the options");
	memcpy(settings, &common, sizeof(common));
	call_done(call);
	call->command = other;
	call->settings = settings;
	call->nr_operands = common.help && call->named ? 1 : 0;
	argv[0] = (char *)asked->name;
	return 0;
}

static int read_settings(struct call *call, int argc, char **argv, struct error *err)
{
	struct option_table table = command_options(call->command, call->words);
	int r;

	call->settings = calloc(1, call->command->settings_bytes);
	if (!call->settings)
		return fail(err, -ENOMEM, "no memory for the options");
	table.nr_before_dashes = &call->nr_before_dashes;
	r = options_parse(&table, argc, argv, call->settings, err);
	if (r < 0)
		return r;
	call->operands = argv; /* moved to its start */
	call->nr_operands = r;
	return 0;
}

int call_open(const struct command_list *list, int argc, char **argv, struct call *ret_call, struct error *err)
{
	struct call *call = ret_call;
	int r;

	*call = (struct call){.list = list};
	r = take_command(call, &argc, argv, err);
	if (r == 0)
		r = read_settings(call, argc, argv, err);
	if (r == 0)
		r = redirect(call, argv, err);
	if (r == 0)
		r = check_operands(call, err);
	if (r == 0 && call->command->check)
		r = call->command->check(call, err);
	return r;
}

void call_done(struct call *call)
{
	struct option_table table;

	if (!call->settings)
		return;
	table = command_options(call->command, NULL);
	if (call->command->done)
		call->command->done(call->settings);
	options_done(&table, call->settings);
	free(call->settings);
	call->settings = NULL;
}
