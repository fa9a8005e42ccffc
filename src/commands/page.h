/* SPDX-License-Identifier: GPL-2.0-only */
/* Options of commands that show a page for people by themselves, and the same as events where a format is asked for. */
#ifndef COMMANDS_PAGE_H
#define COMMANDS_PAGE_H

#include "cli/command.h"
#include "commands/stream_options.h"

/* The first member of such a command's settings. */
struct page_settings {
	struct common_settings common; /* first */
	struct option_texts outputs;   /* FORMAT[:PATH], one at most */
	int color;		       /* enum stream_color */
};

#define PAGE_ROW_OUTPUT                                                                                                \
	{                                                                                                              \
		.name = "output", .letter = 'o', .argument = "FORMAT[:PATH]",                                          \
		INTO_TEXTS(struct page_settings, outputs), .list_words = page_list_formats,                            \
		.completion = COMPLETE_WORD_FILE, .group = GROUP_OUTPUT, .help = "table (for people), or json",        \
		.doc = "table, the default, is the page for people. json is an object a line, to the file PATH where " \
		       "it is given, else to standard output.",                                                        \
	}
#define PAGE_ROW_COLOR                                                                                                 \
	{                                                                                                              \
		.name = "color", .argument = "WHEN", INTO_CHOICE(struct page_settings, color),                         \
		.choices = stream_color_names, .initial = "auto", .group = GROUP_OUTPUT,                               \
		.help = "colour: auto, always or never",                                                               \
		.doc = "Colour the page: always, never, or (auto) where standard output is a terminal that is not "    \
		       "dumb and the environment does not have NO_COLOR.",                                             \
	}

void page_list_formats(struct buffer *words);

/* Looks whether the format is known; one at most is given. For `check`. */
int page_check(const struct page_settings *s, struct error *err);

/* What is to be given to output_open; NULL: the page is asked for. */
const char *page_spec(const struct page_settings *s);

#endif
