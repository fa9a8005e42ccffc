/* SPDX-License-Identifier: GPL-2.0-only */
/* The completion script for bash. Its functions are fixed text; what they choose from comes from the rows. */
#include "cli/completion.h"

#include <string.h>

#include "cli/completion_parts.h"

const char *const shell_names[SHELL_MAX + 1] = {
	[SHELL_BASH] = "bash",
	[SHELL_ZSH] = "zsh",
};

static const char bash_functions[] =
	"# Offers the candidates that begin with what is typed. bash replaces only what follows the last : or = of "
	"it.\n"
	"_%1$s_offer()\n"
	"{\n"
	"	local typed=$1 kept= candidate\n"
	"	shift\n"
	"	if [[ $COMP_WORDBREAKS == *:* && $typed == *:* ]]; then\n"
	"		kept=${typed%%\"${typed##*:}\"}\n"
	"	fi\n"
	"	for candidate; do\n"
	"		if [[ $candidate == \"$typed\"* ]]; then\n"
	"			COMPREPLY+=(\"${candidate#\"$kept\"}\")\n"
	"		fi\n"
	"	done\n"
	"}\n"
	"\n"
	"# A list with commas: completes its last part.\n"
	"_%1$s_offer_list()\n"
	"{\n"
	"	local typed=$1 first=${1%%\"${1##*,}\"}\n"
	"	shift\n"
	"	compopt -o nospace 2>/dev/null\n"
	"	_%1$s_offer \"$typed\" \"${@/#/$first}\"\n"
	"}\n"
	"\n"
	"_%1$s_offer_files()\n"
	"{\n"
	"	local file\n"
	"	compopt -o filenames 2>/dev/null\n"
	"	while IFS= read -r file; do\n"
	"		COMPREPLY+=(\"$file\")\n"
	"	done < <(compgen -f -- \"$1\")\n"
	"}\n"
	"\n"
	"# WORD or WORD:FILE\n"
	"_%1$s_offer_word_file()\n"
	"{\n"
	"	if [[ $1 == *:* ]]; then\n"
	"		_%1$s_offer_files \"${1#*:}\"\n"
	"	else\n"
	"		compopt -o nospace 2>/dev/null\n"
	"		_%1$s_offer \"$@\"\n"
	"	fi\n"
	"}\n"
	"\n";

static const char bash_scan[] = "_%1$s()\n"
				"{\n"
				"	local line=${COMP_LINE:0:COMP_POINT} command= option= typed i\n"
				"	local -a words\n"
				"	COMPREPLY=()\n"
				"	read -ra words <<<\"$line\"\n"
				"	[[ $line == *[[:space:]] ]] && words+=(\"\")\n"
				"	typed=${words[${#words[@]} - 1]}\n"
				"	for ((i = 1; i < ${#words[@]} - 1; i++)); do\n"
				"		case ${words[i]} in\n"
				"		%2$s) option=${words[i++]} ;;\n"
				"		-*) ;;\n"
				"		%3$s) command=${command:-${words[i]}} ;;\n"
				"		esac\n"
				"	done\n"
				"	if ((i < ${#words[@]})); then\n"
				"		option=\n"
				"		if [[ $typed == --*=* ]]; then\n"
				"			option=${typed%%%%=*}\n"
				"			typed=${typed#*=}\n"
				"		fi\n"
				"	fi\n"
				"	case ${command:-%4$s}:$option in\n";

static bool in_earlier_command(const struct command_list *list, size_t index, const char *name)
{
	for (size_t i = 0; i < index; i++)
		for (size_t k = 0; k < list->commands[i]->nr_rows; k++)
			if (!list->commands[i]->hidden && strcmp(list->commands[i]->rows[k].name, name) == 0)
				return true;
	return false;
}

void completion_list_takers(const struct command_list *list, struct buffer *out)
{
	const char *before = "";

	for (size_t i = 0; i < list->nr_commands; i++) {
		const struct command *command = list->commands[i];

		for (const struct option_row *row = command->rows; row < command->rows + command->nr_rows; row++) {
			if (command->hidden || !row->argument || row->argument_optional ||
			    in_earlier_command(list, i, row->name))
				continue;
			if (row->letter)
				buffer_printf(out, "%s-%c|", before, row->letter);
			buffer_printf(out, "%s--%s", row->letter ? "" : before, row->name);
			before = "|";
		}
	}
	buffer_append_char(out, '\0');
}

void completion_list_commands(const struct command_list *list, const char *between, struct buffer *out)
{
	const char *before = "";

	for (size_t i = 0; i < list->nr_commands; i++) {
		if (list->commands[i]->hidden)
			continue;
		buffer_printf(out, "%s%s", before, list->commands[i]->name);
		before = between;
	}
}

void completion_put_words(struct buffer *out, const struct buffer *words, const char *before)
{
	bool begins = true;

	for (size_t i = 0; i < words->length; i++) {
		if (words->data[i] == '\n') {
			begins = true;
			continue;
		}
		if (begins)
			buffer_append_text(out, before);
		begins = false;
		buffer_append_char(out, words->data[i]);
	}
}

static const char *bash_offer(const struct option_row *row)
{
	switch (row->completion) {
	case COMPLETE_WORDS:
		return "offer_list";
	case COMPLETE_WORD_FILE:
		return "offer_word_file";
	case COMPLETE_FILE:
		return "offer_files";
	case COMPLETE_WORD:
		break;
	}
	return "offer";
}

/* The case for the argument of one option. */
static void put_bash_argument(struct buffer *out, const char *program, const char *command,
			      const struct option_row *row)
{
	_cleanup_buffer_ struct buffer words = {0};

	option_list_words(row, &words);
	buffer_append_char(out, '\t');
	if (row->letter)
		buffer_printf(out, "%s:-%c|", command, row->letter);
	buffer_printf(out, "%s:--%s) ", command, row->name);
	if (words.length || row->completion == COMPLETE_FILE) {
		buffer_printf(out, "_%s_%s \"$typed\"", program, bash_offer(row));
		completion_put_words(out, &words, " ");
	}
	buffer_append_text(out, " ;;\n");
}

/* The cases of one command: the arguments of its options, then its options and operands. */
static void put_bash_command(struct buffer *out, const struct command_list *list, const struct command *command)
{
	_cleanup_buffer_ struct buffer operands = {0};

	for (size_t i = 0; i < command->nr_rows; i++)
		if (command->rows[i].argument)
			put_bash_argument(out, list->program, command->name, &command->rows[i]);
	buffer_printf(out, "\t%s:*)\n\t\tif [[ $typed == -* ]]; then\n\t\t\t_%s_offer \"$typed\"", command->name,
		      list->program);
	for (size_t i = 0; i < command->nr_rows; i++)
		buffer_printf(out, " --%s", command->rows[i].name);
	if (command->list_words)
		command->list_words(&operands);
	buffer_append_text(out, "\n\t\telif [[ $command ]]; then\n\t\t\t");
	buffer_printf(out, operands.length ? "_%s_offer \"$typed\"" : ":", list->program);
	completion_put_words(out, &operands, " ");
	buffer_printf(out, "\n\t\telse\n\t\t\t_%s_offer \"$typed\" ", list->program);
	completion_list_commands(list, " ", out);
	buffer_append_text(out, "\n\t\tfi\n\t\t;;\n");
}

static void print_bash(const struct command_list *list, struct buffer *out)
{
	_cleanup_buffer_ struct buffer takers = {0}, names = {0};

	completion_list_takers(list, &takers);
	completion_list_commands(list, "|", &names);
	buffer_append_char(&names, '\0');
	if (takers.failed || names.failed)
		return;
	buffer_printf(out, "# bash completion for %1$s, as '%1$s completion bash' prints it\n\n", list->program);
	buffer_printf(out, bash_functions, list->program);
	buffer_printf(out, bash_scan, list->program, takers.data, names.data, list->commands[0]->name);
	for (size_t i = 0; i < list->nr_commands; i++)
		if (!list->commands[i]->hidden)
			put_bash_command(out, list, list->commands[i]);
	buffer_printf(out, "\tesac\n}\ncomplete -F _%1$s %1$s\n", list->program);
}

void completion_print(enum shell shell, const struct command_list *list, struct buffer *out)
{
	if (shell == SHELL_ZSH)
		completion_print_zsh(list, out);
	else
		print_bash(list, out);
}
