/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Commands as rows of a list, and the way from a command line to one of them with its settings read. Knows no command
 * by name; prints nothing.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/options.h"

struct call;

/* The exit statuses of the program, as the man page has them. */
enum exit_status {
	STATUS_OK = 0,
	STATUS_FAILED = 1, /* it could not be done */
	STATUS_USAGE = 2,  /* it was asked for wrongly */
	STATUS_LOSS = 3,   /* --strict, and events were lost */
	STATUS_LESS = 4,   /* doctor: observer runs here, without something that it would use */
};

/* What every command understands; the first member of each settings struct. */
struct common_settings {
	bool help;
	bool version;
	bool verbose;
	bool quiet;
};

/* The group of the rows below: printed once in the man page, not with each command. */
#define COMMON_GROUP "Common"

/* The rows of struct common_settings, the last ones of each command's table. */
#define COMMON_OPTION_ROWS OPTION_ROW_QUIET, OPTION_ROW_VERBOSE, OPTION_ROW_HELP, OPTION_ROW_VERSION

#define OPTION_ROW_QUIET                                                                                               \
	{                                                                                                              \
		.name = "quiet", .letter = 'q', INTO_FLAG(struct common_settings, quiet), .group = COMMON_GROUP,       \
		.help = "do not say when it is ready",                                                                 \
		.doc = "Do not print the line `observer: ready' to standard error. Errors, losses and the sum at the " \
		       "end are always told.",                                                                         \
	}
#define OPTION_ROW_VERBOSE                                                                                             \
	{                                                                                                              \
		.name = "verbose", .letter = 'v', INTO_FLAG(struct common_settings, verbose), .group = COMMON_GROUP,   \
		.help = "say more",                                                                                    \
		.doc = "Say more: with --version the libraries, the build options and the git revision, with --help "  \
		       "the long text of each option, else on standard error what is done and how.",                   \
	}
#define OPTION_ROW_HELP                                                                                                \
	{                                                                                                              \
		.name = "help", .letter = 'h', INTO_FLAG(struct common_settings, help), .group = COMMON_GROUP,         \
		.help = "print this help",                                                                             \
		.doc = "Print a short help to standard output; that of the command, where one is named.",              \
	}
#define OPTION_ROW_VERSION                                                                                             \
	{                                                                                                              \
		.name = "version", INTO_FLAG(struct common_settings, version), .group = COMMON_GROUP,                  \
		.help = "print name and version",                                                                      \
	}

struct command {
	const char *name;
	const char *summary;  /* one line, without a full stop */
	const char *doc;      /* paragraphs for the man page and the long help, an empty line between them */
	const char *operands; /* as in the synopsis, e.g. "[COMMAND]"; NULL: none */
	int operands_min, operands_max;
	bool stops_at_operand;	   /* words from the first operand on are not options of ours */
	bool hidden;		   /* for the build and the tests: in no list */
	int failed_status;	   /* instead of STATUS_FAILED and STATUS_USAGE; 0: those */
	bool program_after_dashes; /* words behind "--" are a program to run: failed_status is for then only */
	const struct option_row *rows;
	size_t nr_rows;
	size_t settings_bytes;			  /* of a struct that begins with struct common_settings */
	void (*list_words)(struct buffer *words); /* what the operands can be, each followed by a line break */
	/* Looks at settings and operands as a whole, after reading and before running; a failure is one of usage. */
	int (*check)(const struct call *call, struct error *err);
	/* Returns an enum exit_status, or -errno described in `err`. */
	int (*run)(const struct call *call, struct error *err);
	/* Releases what `check` put into the settings; also after a failure of check. */
	void (*done)(void *settings);
};

struct command_list {
	const char *program;
	const char *summary;
	const struct command *const *commands; /* the first is run where the command line names none */
	size_t nr_commands;
	const struct command *help;    /* is run for --help, with the command's name as operand */
	const struct command *version; /* is run for --version */
};

struct call {
	const struct command_list *list;
	const struct command *command;
	void *settings;
	char **operands; /* in the caller's argv */
	int nr_operands;
	int nr_before_dashes; /* of these, those before "--" */
	bool named;	      /* the command line has the command's word */
	char words[64];	      /* "PROGRAM COMMAND", for messages */
};

/* Finds a command by its name; -EINVAL described in `err`, with the nearest name, where there is none. */
int command_find(const struct command_list *list, const char *name, const struct command **ret, struct error *err);

/*
 * Finds the command in argv and reads its settings. Options may stand before the command's word. Returns 0, or -errno
 * described in `err` (usage). Changes argv, which must outlive the call; call_done releases the rest in each case.
 * A --help or --version on the line becomes a call of the command that prints it.
 */
int call_open(const struct command_list *list, int argc, char **argv, struct call *ret_call, struct error *err);
void call_done(struct call *call);

/* The table of a command's options; `words` are those that run it. */
struct option_table command_options(const struct command *command, const char *words);

#endif
