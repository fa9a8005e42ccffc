/* SPDX-License-Identifier: GPL-2.0-only */
/* What `observer gen` can make: a row for each word that may follow it. */
#ifndef COMMANDS_GEN_H
#define COMMANDS_GEN_H

#include "base/buffer.h"
#include "cli/command.h"
#include "commands/gen_tracepoint.h"

struct gen_settings {
	struct common_settings common;
	struct option_texts outputs; /* one file at most; none: standard output */
	const char *btf;	     /* NULL: the running kernel's */
	const char *list;
	const char *format;
	enum gen_hook hook;
	bool extract;
};

enum gen_takes {
	GEN_TAKES_LIST = 1 << 0,
	GEN_TAKES_EXTRACT = 1 << 1,
	GEN_TAKES_FORMAT = 1 << 2,
	GEN_TAKES_HOOK = 1 << 3,
};

struct gen_subject {
	const char *name;
	const char *example; /* a name to begin with, for hints */
	unsigned int takes;  /* enum gen_takes: options that not all subjects have */
	/* Appends the text for `names`. Returns 0 or -errno, described. */
	int (*make)(const struct gen_settings *s, char **names, int nr_names, struct buffer *out, struct error *err);
};

extern const struct gen_subject gen_type, gen_tracepoint;

#endif
