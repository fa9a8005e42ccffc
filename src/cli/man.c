/* SPDX-License-Identifier: GPL-2.0-only */
/* Rows into man(7) macros. The texts of the rows are plain: options and argument names are marked up here. */
#include "cli/man.h"

#include <ctype.h>
#include <string.h>

/* A source line of the page is broken after this column. */
#define SOURCE_COLUMNS 100

static size_t uppercase_length(const char *text)
{
	size_t length = 0;

	while (isupper((unsigned char)text[length]) || text[length] == '_')
		length++;
	return length;
}

static size_t option_length(const char *text)
{
	size_t length = strspn(text, "-");

	if (!length || length > 2 || !islower((unsigned char)text[length]))
		return 0;
	while (islower((unsigned char)text[length]) || text[length] == '-')
		length++;
	return length;
}

/* True where `word` stands in `argument` as a word of its own: SIZE is not in OVERSIZE. */
static bool names_argument(const char *argument, const char *word, size_t length)
{
	for (const char *at = argument; at && *at; at += uppercase_length(at) ? uppercase_length(at) : 1)
		if (uppercase_length(at) == length && strncmp(at, word, length) == 0)
			return true;
	return false;
}

static void put_char(struct buffer *out, char c)
{
	if (c == '\\')
		buffer_append_text(out, "\\e");
	else if (c == '-')
		buffer_append_text(out, "\\-");
	else
		buffer_append_char(out, c);
}

static void put_span(struct buffer *out, const char *font, const char *text, size_t length)
{
	if (font)
		buffer_append_text(out, font);
	for (size_t i = 0; i < length; i++)
		put_char(out, text[i]);
	if (font)
		buffer_append_text(out, "\\fR");
}

/* Appends a run without spaces: options bold, the words of `argument` in italics. */
static void put_marked(struct buffer *out, const char *text, size_t length, const char *argument)
{
	bool inside = false; /* a word has begun: no option and no argument name begins here */

	if (length && strchr(".'", *text))
		buffer_append_text(out, "\\&");
	for (size_t i = 0, step; i < length; i += step) {
		size_t option = inside ? 0 : option_length(text + i);
		size_t upper = inside ? 0 : uppercase_length(text + i);

		step = 1;
		if (option)
			put_span(out, "\\fB", text + i, step = option);
		else if (upper > 1)
			put_span(out, names_argument(argument, text + i, upper) ? "\\fI" : NULL, text + i,
				 step = upper);
		else
			put_span(out, NULL, text + i, 1);
		inside = isalnum((unsigned char)text[i + step - 1]) || text[i + step - 1] == '-';
	}
}

/* Appends paragraphs, each begun by `macro` but the first. */
static void put_paragraphs(struct buffer *out, const char *text, const char *argument, const char *macro)
{
	size_t column = 0;

	while (*text) {
		size_t length = strcspn(text, " \n");

		if (column && column + length > SOURCE_COLUMNS)
			column = 0;
		if (column)
			buffer_append_char(out, ' ');
		else if (out->length && out->data[out->length - 1] != '\n')
			buffer_append_char(out, '\n');
		put_marked(out, text, length, argument);
		column += length + 1;
		text += length;
		if (strncmp(text, "\n\n", 2) == 0) {
			buffer_printf(out, "\n%s\n", macro);
			column = 0;
		}
		text += strspn(text, " \n");
	}
	buffer_append_char(out, '\n');
}

static void put_option(struct buffer *out, const struct option_row *row)
{
	_cleanup_buffer_ struct buffer text = {0};

	buffer_append_text(out, ".TP\n");
	if (row->letter)
		buffer_printf(out, "\\fB\\-%c\\fR, ", row->letter);
	buffer_append_text(out, "\\fB\\-\\-");
	put_span(out, NULL, row->name, strlen(row->name));
	buffer_append_text(out, "\\fR");
	if (row->argument) {
		buffer_append_text(out, row->argument_optional ? "[=" : " ");
		put_marked(out, row->argument, strlen(row->argument), row->argument);
		buffer_append_text(out, row->argument_optional ? "]" : "");
	}
	buffer_append_char(out, '\n');
	option_describe(row, true, &text);
	if (!text.failed)
		put_paragraphs(out, text.data, row->argument, ".IP");
}

/* The options of a command, or the common ones, under the headings of their groups. */
static void put_options(struct buffer *out, const struct command *command, bool common)
{
	const char *group = "";

	for (const struct option_row *row = command->rows; row < command->rows + command->nr_rows; row++) {
		if ((strcmp(row->group, COMMON_GROUP) == 0) != common)
			continue;
		if (!common && strcmp(row->group, group) != 0)
			buffer_printf(out, ".PP\n\\fI%s\\fR\n", row->group);
		group = row->group;
		put_option(out, row);
	}
}

static void put_usage(struct buffer *out, const struct command_list *list, const struct command *command)
{
	buffer_printf(out, "\\fB%s %s\\fR [\\fIOPTIONS\\fR]", list->program, command->name);
	if (!command->operands)
		return;
	buffer_append_char(out, ' ');
	put_marked(out, command->operands, strlen(command->operands), command->operands);
}

void commands_print_synopsis(const struct command_list *list, struct buffer *out)
{
	buffer_printf(out, "\\fB%s\\fR [\\fIOPTIONS\\fR]\n", list->program);
	for (size_t i = 0; i < list->nr_commands; i++) {
		if (list->commands[i]->hidden)
			continue;
		buffer_append_text(out, ".br\n");
		put_usage(out, list, list->commands[i]);
		buffer_append_char(out, '\n');
	}
}

void commands_print_man(const struct command_list *list, struct buffer *out)
{
	buffer_append_text(out, ".SH COMMANDS\n");
	for (size_t i = 0; i < list->nr_commands; i++) {
		const struct command *command = list->commands[i];

		if (command->hidden)
			continue;
		buffer_append_text(out, ".SS ");
		put_usage(out, list, command);
		buffer_append_char(out, '\n');
		put_paragraphs(out, command->doc, command->operands, ".PP");
		put_options(out, command, false);
	}
	buffer_append_text(out, ".SH COMMON OPTIONS\n");
	put_options(out, list->commands[0], true);
}
