/* SPDX-License-Identifier: GPL-2.0-only */
/* The completion script for zsh: a call of _arguments per command. */
#include <string.h>

#include "cli/completion_parts.h"

static const char zsh_functions[] = "#compdef %1$s\n"
				    "# zsh completion for %1$s, as '%1$s completion zsh' prints it\n"
				    "\n"
				    "# WORD or WORD:FILE\n"
				    "_%1$s_word_file()\n"
				    "{\n"
				    "	if compset -P '*:'; then\n"
				    "		_files\n"
				    "	else\n"
				    "		compadd -S '' -- \"$@\"\n"
				    "	fi\n"
				    "}\n"
				    "\n";

/* Takes the command's word out of what _arguments sees, so that options before it complete as well. */
static const char zsh_scan[] = "_%1$s()\n"
			       "{\n"
			       "	local command= curcontext=$curcontext\n"
			       "	local -a first\n"
			       "	integer i\n"
			       "	for ((i = 2; i < CURRENT; i++)); do\n"
			       "		case $words[i] in\n"
			       "		(%2$s) ((i++)) ;;\n"
			       "		(-*) ;;\n"
			       "		(%3$s)\n"
			       "			command=$words[i]\n"
			       "			words[i]=()\n"
			       "			((CURRENT--))\n"
			       "			break\n"
			       "			;;\n"
			       "		esac\n"
			       "	done\n"
			       "	[[ -n $command ]] || first=('1:command:((%4$s))')\n"
			       "	case ${command:-%5$s} in\n";

/* Loaded from $fpath the file is the function itself; sourced, it has to make itself known. */
static const char zsh_end[] = "	esac\n"
			      "}\n"
			      "\n"
			      "if [[ $funcstack[1] == _%1$s ]]; then\n"
			      "	_%1$s \"$@\"\n"
			      "else\n"
			      "	compdef _%1$s %1$s\n"
			      "fi\n";

/* Appends text for the inside of a single-quoted _arguments specification. */
static void put_escaped(struct buffer *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\'') {
			buffer_append_text(out, "'\\''");
			continue;
		}
		if (strchr("[]:()\\", *text))
			buffer_append_char(out, '\\');
		buffer_append_char(out, *text);
	}
}

/* What completes the argument: an action of _arguments. The blank keeps it from adding options of compadd's. */
static void put_action(struct buffer *out, const char *program, const struct option_row *row)
{
	_cleanup_buffer_ struct buffer words = {0};

	option_list_words(row, &words);
	switch (row->completion) {
	case COMPLETE_WORDS:
		buffer_append_text(out, " _sequence compadd -");
		completion_put_words(out, &words, " ");
		return;
	case COMPLETE_WORD_FILE:
		buffer_printf(out, " _%s_word_file", program);
		completion_put_words(out, &words, " ");
		return;
	case COMPLETE_FILE:
		buffer_append_text(out, "_files");
		return;
	case COMPLETE_WORD:
		break;
	}
	if (!words.length) {
		buffer_append_char(out, ' ');
		return;
	}
	buffer_append_char(out, '(');
	completion_put_words(out, &words, " ");
	buffer_append_char(out, ')');
}

static void put_names(struct buffer *out, const struct option_row *row)
{
	const char *attached = !row->argument ? "" : row->argument_optional ? "=-" : "=";

	if (!row->letter) {
		buffer_printf(out, "'--%s%s", row->name, attached);
		return;
	}
	if (row->type == OPTION_TEXTS)
		buffer_append_text(out, "'*'");
	else
		buffer_printf(out, "'(-%c --%s)'", row->letter, row->name);
	buffer_printf(out, "{-%c%s,--%s%s}'", row->letter, row->argument ? "+" : "", row->name, attached);
}

static void put_row(struct buffer *out, const char *program, const struct option_row *row)
{
	buffer_append_text(out, " \\\n\t\t\t");
	put_names(out, row);
	buffer_append_char(out, '[');
	put_escaped(out, row->help);
	buffer_append_char(out, ']');
	if (row->argument) {
		buffer_append_text(out, row->argument_optional ? "::" : ":");
		put_escaped(out, row->argument);
		buffer_append_char(out, ':');
		put_action(out, program, row);
	}
	buffer_append_char(out, '\'');
}

static void put_command(struct buffer *out, const char *program, const struct command *command)
{
	_cleanup_buffer_ struct buffer operands = {0};

	buffer_printf(out, "\t(%s)\n\t\t_arguments -s -S $first", command->name);
	if (command->list_words) {
		command->list_words(&operands);
		buffer_append_text(out, " '*:operand:(");
		completion_put_words(out, &operands, " ");
		buffer_append_text(out, ")'");
	}
	for (size_t i = 0; i < command->nr_rows; i++)
		put_row(out, program, &command->rows[i]);
	buffer_append_text(out, "\n\t\t;;\n");
}

void completion_print_zsh(const struct command_list *list, struct buffer *out)
{
	_cleanup_buffer_ struct buffer takers = {0}, names = {0}, described = {0};

	completion_list_takers(list, &takers);
	completion_list_commands(list, "|", &names);
	buffer_append_char(&names, '\0');
	for (size_t i = 0; i < list->nr_commands; i++) {
		if (list->commands[i]->hidden)
			continue;
		buffer_printf(&described, "%s%s\\:\"", described.length ? " " : "", list->commands[i]->name);
		put_escaped(&described, list->commands[i]->summary);
		buffer_append_char(&described, '"');
	}
	buffer_append_char(&described, '\0');
	if (takers.failed || names.failed || described.failed)
		return;
	buffer_printf(out, zsh_functions, list->program);
	buffer_printf(out, zsh_scan, list->program, takers.data, names.data, described.data, list->commands[0]->name);
	for (size_t i = 0; i < list->nr_commands; i++)
		if (!list->commands[i]->hidden)
			put_command(out, list->program, list->commands[i]);
	buffer_printf(out, zsh_end, list->program);
}
