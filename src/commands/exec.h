/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the command line of `observer exec` (exec.c) and its run (exec_run.c). */
#ifndef COMMANDS_EXEC_H
#define COMMANDS_EXEC_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/capture.h"
#include "cli/command.h"
#include "process/environ.h"

enum exec_color {
	COLOR_AUTO, /* on a terminal, and where NO_COLOR allows it */
	COLOR_ALWAYS,
	COLOR_NEVER,
	COLOR_MAX,
};

/* As checked: formats, fields and sizes are known to be right; no file was opened yet. */
struct exec_settings {
	struct common_settings common;	   /* first */
	struct option_texts outputs;	   /* FORMAT[:PATH], at least one; at most one without PATH */
	const char *fields_list;	   /* --fields as given, or NULL */
	const char **fields;		   /* its names, NULL-terminated; NULL: each output's own choice */
	const char *env_list;		   /* --env as given, "" without a list; NULL: no environment */
	struct environ_choice *env_choice; /* the choice of it; NULL: the whole environment */
	bool env;			   /* the environment is wanted: by --env or because --fields names it */
	enum capture_hook hook;
	uint64_t ring_bytes;	 /* a power of two, at least a page */
	uint64_t max_argv_bytes; /* longer argument lists are cut */
	uint64_t count;		 /* end after so many events; 0: never */
	uint64_t duration_ns;	 /* end after this time; 0: never */
	bool strict;		 /* any loss is STATUS_LOSS */
	bool utc;
	bool full;
	int color; /* enum exec_color */
};

/* What the command's row in exec.c is made of; for struct command. */
int exec_check(const struct call *call, struct error *err);
void exec_done(void *settings);

/* True for --fields help: the fields are to be listed, and nothing observed. */
bool exec_asks_for_fields(const struct exec_settings *s);

/* True where a terminal on standard output is to be coloured. */
bool exec_wants_color(const struct exec_settings *s);

/* Does the work of the command. Returns an enum exit_status, or -errno described in `err`. */
int exec_run(const struct exec_settings *s, struct error *err);

#endif
