/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Options as rows of a table: parsing, help, completion and the man page all come from the row. Knows neither the
 * commands nor what the settings mean.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

/* What an option stores into the settings, at row->offset. */
enum option_type {
	OPTION_FLAG,	 /* bool: true once given */
	OPTION_TEXT,	 /* const char *, lying in argv; "" where an optional argument was left out */
	OPTION_TEXTS,	 /* struct option_texts: one more each time it is given */
	OPTION_SIZE,	 /* uint64_t, bytes */
	OPTION_DURATION, /* uint64_t, nanoseconds */
	OPTION_COUNT,	 /* uint64_t */
	OPTION_CHOICE,	 /* int or an enum: index into row->choices */
	OPTION_TYPE_MAX,
};

/* The arguments of a repeated option, in order; the array is released by options_done, the texts lie in argv. */
struct option_texts {
	const char **items;
	size_t nr_items;
};

/* How a shell completes an argument. The words are row->choices, or what row->list_words appends. */
enum option_completion {
	COMPLETE_WORD,	    /* one of the words, if there are any */
	COMPLETE_WORDS,	    /* words with commas between them */
	COMPLETE_WORD_FILE, /* a word, or WORD:FILE */
	COMPLETE_FILE,	    /* a file name */
};

/*
 * Type and offset of a row in one: .name = "full", INTO_FLAG(struct my_settings, full). Does not compile where the
 * member has another type.
 */
#define OPTION_INTO(option_type, fits, settings, member)                                                               \
	.type = option_type, .offset = offsetof(settings, member) + 0 * sizeof(char[(fits) ? 1 : -1])
#define OPTION_IS(c_type, settings, member) __builtin_types_compatible_p(typeof(((settings *)0)->member), c_type)
#define INTO_FLAG(s, m)			    OPTION_INTO(OPTION_FLAG, OPTION_IS(bool, s, m), s, m)
#define INTO_TEXT(s, m)			    OPTION_INTO(OPTION_TEXT, OPTION_IS(const char *, s, m), s, m)
#define INTO_TEXTS(s, m)		    OPTION_INTO(OPTION_TEXTS, OPTION_IS(struct option_texts, s, m), s, m)
#define INTO_SIZE(s, m)			    OPTION_INTO(OPTION_SIZE, OPTION_IS(uint64_t, s, m), s, m)
#define INTO_DURATION(s, m)		    OPTION_INTO(OPTION_DURATION, OPTION_IS(uint64_t, s, m), s, m)
#define INTO_COUNT(s, m)		    OPTION_INTO(OPTION_COUNT, OPTION_IS(uint64_t, s, m), s, m)
#define INTO_CHOICE(s, m)		    OPTION_INTO(OPTION_CHOICE, sizeof(((s *)0)->m) == sizeof(int), s, m)

struct option_row {
	const char *name; /* long name without the dashes */
	char letter;	  /* short name; 0: none */
	enum option_type type;
	const char *argument;	/* its name in help, e.g. "SIZE"; NULL for a flag */
	bool argument_optional; /* then it is given as --name=ARGUMENT only */
	size_t offset;		/* bytes from the start of the settings */
	const char *initial;	/* value where the option is not given, as a user would write it; NULL: zero bytes */
	uint64_t least, most;	/* limits of sizes, durations and counts; most 0: no limit */
	const char *const *choices;		  /* NULL-terminated */
	void (*list_words)(struct buffer *words); /* appends words, each followed by a line break */
	enum option_completion completion;
	const char *group; /* heading in help; rows of a group stand together */
	const char *help;  /* one line: what it does, without a full stop */
	const char *doc;   /* paragraphs for the man page, an empty line between them; NULL: help says it all */
	/* A last look at a number within its limits; a failure is described as "'TEXT' is ...". May be NULL. */
	int (*check)(const char *text, uint64_t number, struct error *err);
};

struct option_table {
	const struct option_row *rows;
	size_t nr_rows;
	const char *command;   /* for hints: the words that run it, e.g. "observer exec" */
	bool stops_at_operand; /* words from the first operand on are all operands */
	int *nr_before_dashes; /* where to put how many of the operands stand before "--"; may be NULL */
};

/*
 * Reads the options in argv[1..argc) into `settings`; they may stand in any order and between operands, "--" ends them.
 * The operands are moved to argv[0..]; returns how many there are, or -EINVAL described in `err`. `settings` is
 * written also on failure: options_done releases it in each case. Uses getopt's global state.
 */
int options_parse(const struct option_table *table, int argc, char **argv, void *settings, struct error *err);

/* Adds one text, as a user's giving the option once more would. */
int option_texts_add(struct option_texts *texts, const char *text, struct error *err);

/* Releases what options_parse allocated in `settings`. */
void options_done(const struct option_table *table, void *settings);

/* Finds a row by the words a user types: the long name (whole, or the start of just one), or the letter. NULL: none. */
const struct option_row *option_find(const struct option_table *table, const char *name, size_t length);
const struct option_row *option_find_letter(const struct option_table *table, char letter);

/* Appends the help, or as `whole` the paragraphs, with the default where there is one, and a NUL. */
void option_describe(const struct option_row *row, bool whole, struct buffer *text);

/* Appends the words that the row's argument can be, each followed by a line break; none for free text. */
void option_list_words(const struct option_row *row, struct buffer *words);

#endif
