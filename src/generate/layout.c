/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of a tracepoint's fields: making, adding, and names that C accepts. Reads neither format texts nor BTF. */
#include "generate/layout.h"

#include <bpf/btf.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* What cannot be the name of a member: keywords of C and GNU C, and macros of the compiler and of common headers. */
static const char *const taken[] = {
	"_Bool",	"asm",	   "auto",     "bool",	 "break",   "case",	"char",	     "const",	"continue",
	"default",	"do",	   "double",   "else",	 "enum",    "extern",	"false",     "float",	"for",
	"goto",		"if",	   "inline",   "int",	 "long",    "register", "restrict",  "return",	"short",
	"signed",	"sizeof",  "static",   "struct", "switch",  "true",	"typedef",   "typeof",	"union",
	"unsigned",	"void",	   "volatile", "while",	 "alignas", "alignof",	"constexpr", "nullptr", "static_assert",
	"thread_local", "errno",   "stdin",    "stdout", "stderr",  "linux",	"unix",	     "i386",	"major",
	"minor",	"makedev", "NULL",     "EOF",	 "assert",  "tp_bytes", "tp_data",
};

static bool is_taken(const char *name)
{
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		if (!strcmp(taken[i], name))
			return true;
	return false;
}

/* A name as part of an identifier: other characters become "_". */
static void make_identifier(char *name)
{
	for (; *name; name++)
		if (!isalnum((unsigned char)*name))
			*name = '_';
}

static char *make_prefix(const char *name)
{
	char *prefix = NULL;

	if (asprintf(&prefix, "%s%s", isdigit((unsigned char)*name) ? "tp_" : "", name) < 0)
		return NULL;
	make_identifier(prefix);
	return prefix;
}

static char *make_word(const char *name)
{
	char *word = NULL;

	if (asprintf(&word, "%s%s%s", isdigit((unsigned char)*name) ? "field_" : "", name, is_taken(name) ? "_" : "") <
	    0)
		return NULL;
	make_identifier(word);
	return word;
}

/* The kernel's own names are all like this; they end up in C code, Makefiles and paths. */
static bool is_name(const char *name)
{
	for (const char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && *c != '_' && *c != '-' && (*c != '.' || c == name))
			return false;
	return *name;
}

int layout_init(struct layout *l, const char *words, struct error *err)
{
	_cleanup_free_ char *copy = strdup(words);
	char *colon = copy ? strchr(copy, ':') : NULL;

	*l = (struct layout){0};
	if (colon)
		*colon++ = '\0';
	if (copy && (!colon || !is_name(copy) || !is_name(colon))) {
		fail(err, -EINVAL, "'%s' is not the name of a tracepoint", words);
		return fail_hint(err, "write CATEGORY:NAME, for example sched:sched_process_exec");
	}
	if (copy) {
		l->category = strdup(copy);
		l->name = strdup(colon);
		l->prefix = make_prefix(colon);
		l->record_type = strdup("");
	}
	if (!copy || !l->category || !l->name || !l->prefix || !l->record_type)
		return fail(err, -ENOMEM, "out of memory");
	return 0;
}

static void field_done(struct layout_field *f)
{
	free(f->name);
	free(f->word);
	free(f->type);
	free(f->accessor);
}

void layout_done(struct layout *l)
{
	for (size_t i = 0; i < l->nr_fields; i++)
		field_done(&l->fields[i]);
	free(l->fields);
	free(l->category);
	free(l->name);
	free(l->prefix);
	free(l->record_type);
	btf__free(l->module);
	*l = (struct layout){0};
}

int layout_add(struct layout *l, const struct layout_field *field, struct error *err)
{
	struct layout_field *grown = realloc(l->fields, (l->nr_fields + 1) * sizeof(*grown));
	struct layout_field copy = *field;

	if (grown)
		l->fields = grown;
	copy.name = strdup(field->name);
	copy.word = make_word(field->name);
	copy.type = strdup(field->type ?: "");
	copy.accessor = strdup(field->accessor ?: "");
	if (!grown || !copy.name || !copy.word || !copy.type || !copy.accessor) {
		field_done(&copy);
		return fail(err, -ENOMEM, "out of memory");
	}
	l->fields[l->nr_fields++] = copy;
	return 0;
}
