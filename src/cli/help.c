/* SPDX-License-Identifier: GPL-2.0-only */
/* Lays out --help. Text only: no colour, no terminal. */
#include "cli/help.h"

#include <ctype.h>
#include <string.h>

#include "base/fill.h"

/* Where the explanations begin. */
#define HELP_INDENT 30
/* Where the long ones begin. */
#define DOC_INDENT 10

static void put_text(struct buffer *out, const char *text, size_t indent)
{
	fill_text(out, text, strlen(text), (struct fill){.indent = indent, .columns = HELP_COLUMNS});
}

static void put_names(struct buffer *out, const struct option_row *row)
{
	if (row->letter)
		buffer_printf(out, "  -%c, --%s", row->letter, row->name);
	else
		buffer_printf(out, "      --%s", row->name);
	if (!row->argument)
		return;
	buffer_printf(out, row->argument_optional ? "[=%s]" : " %s", row->argument);
}

static void put_row(struct buffer *out, const struct option_row *row, bool whole)
{
	const size_t indent = whole ? DOC_INDENT : HELP_INDENT;
	_cleanup_buffer_ struct buffer text = {0};

	option_describe(row, whole, &text);
	put_names(out, row);
	if (whole || fill_column(out) + 2 > indent)
		buffer_append_char(out, '\n');
	fill_pad(out, indent);
	if (!text.failed)
		fill_text(out, text.data, strlen(text.data), (struct fill){.indent = indent, .columns = HELP_COLUMNS});
	if (whole)
		buffer_append_char(out, '\n');
}

void options_print_help(const struct option_table *table, bool whole, struct buffer *out)
{
	const char *group = "";

	for (const struct option_row *row = table->rows; row < table->rows + table->nr_rows; row++) {
		if (strcmp(row->group, group) != 0)
			buffer_printf(out, "%s%s:\n", *group && !whole ? "\n" : "", row->group);
		group = row->group;
		put_row(out, row, whole);
	}
}

static void put_sentence(struct buffer *out, const char *text)
{
	size_t start = out->length;

	put_text(out, text, 0);
	if (!out->failed)
		out->data[start] = (char)toupper((unsigned char)out->data[start]);
}

static void put_usage(struct buffer *out, const struct command_list *list, const struct command *command)
{
	buffer_printf(out, "%s %s [OPTIONS]", list->program, command->name);
	if (command->operands)
		buffer_printf(out, " %s", command->operands);
	buffer_append_char(out, '\n');
	if (command == list->commands[0])
		buffer_printf(out, "       %s [OPTIONS]\n", list->program);
}

void command_print_help(const struct command_list *list, const struct command *command, bool whole, struct buffer *out)
{
	const struct option_table table = command_options(command, NULL);

	put_sentence(out, command->summary);
	buffer_append_text(out, "\nUsage: ");
	put_usage(out, list, command);
	buffer_append_char(out, '\n');
	if (whole && command->doc) {
		put_text(out, command->doc, 0);
		buffer_append_char(out, '\n');
	}
	options_print_help(&table, whole, out);
}

void commands_print_help(const struct command_list *list, bool whole, struct buffer *out)
{
	const struct option_table table = command_options(list->commands[0], NULL);

	put_text(out, list->summary, 0);
	buffer_printf(out, "\nUsage: %s [COMMAND] [OPTIONS]\n\nCommands:\n", list->program);
	for (size_t i = 0; i < list->nr_commands; i++) {
		if (list->commands[i]->hidden)
			continue;
		buffer_printf(out, "  %s", list->commands[i]->name);
		fill_pad(out, 14);
		put_text(out, list->commands[i]->summary, 14);
	}
	buffer_printf(out, "\nWithout a command: %s. Its options:\n\n", list->commands[0]->name);
	options_print_help(&table, whole, out);
}
