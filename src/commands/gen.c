/* SPDX-License-Identifier: GPL-2.0-only */
/* observer gen: C headers from the kernel's types. What is generated stands in generate/; here are the words for it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/words.h"
#include "cli/print.h"
#include "commands/commands.h"
#include "commands/gen.h"

static const struct gen_subject *const subjects[] = {&gen_tracepoint, &gen_type};
#define NR_SUBJECTS (sizeof(subjects) / sizeof(subjects[0]))

/* The option of this command alone that is given, but means nothing for `subject`; NULL where there is none. */
static const char *find_stray(const struct gen_settings *s, const struct gen_subject *subject)
{
	const struct {
		const char *name;
		bool given;
		unsigned int bit;
	} options[] = {
		{"--list", s->list, GEN_TAKES_LIST},
		{"--extract", s->extract, GEN_TAKES_EXTRACT},
		{"--format", s->format, GEN_TAKES_FORMAT},
		{"--hook", s->hook, GEN_TAKES_HOOK},
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (options[i].given && !(subject->takes & options[i].bit))
			return options[i].name;
	return NULL;
}

static const struct gen_subject *find_subject(const char *word)
{
	for (size_t i = 0; i < NR_SUBJECTS; i++)
		if (!strcmp(subjects[i]->name, word))
			return subjects[i];
	return NULL;
}

static int fail_subject(const char *word, struct error *err)
{
	struct words_search nearest = {.word = word};

	for (size_t i = 0; i < NR_SUBJECTS; i++)
		words_consider(&nearest, subjects[i]->name);
	fail(err, -EINVAL, "'observer gen' makes no '%s'", word);
	if (nearest.best)
		return fail_hint(err, "did you mean 'observer gen %s'?", nearest.best);
	return fail_hint(err, "usage: observer gen tracepoint CATEGORY:NAME..., or: observer gen type NAME...");
}

static int gen_check(const struct call *call, struct error *err)
{
	const struct gen_settings *s = call->settings;
	const struct gen_subject *subject = find_subject(call->operands[0]);
	const char *stray;

	if (!subject)
		return fail_subject(call->operands[0], err);
	stray = find_stray(s, subject);
	if (stray) {
		fail(err, -EINVAL, "'%s' means nothing for 'observer gen %s'", stray, subject->name);
		return fail_hint(err, "'observer gen --help' tells which options go with what");
	}
	if (s->format && s->hook == GEN_HOOK_TP_BTF)
		return fail(err, -EINVAL,
			    "'--format' is about records, '--hook tp_btf' about arguments: they exclude each other");
	if (s->format && call->nr_operands > 2)
		return fail(err, -EINVAL, "'--format %s' is one tracepoint, not %d", s->format, call->nr_operands - 1);
	if (s->outputs.nr_items > 1)
		return fail(err, -EINVAL, "'-o %s' comes after another -o: one file is written", s->outputs.items[1]);
	if (call->nr_operands == 1 && !s->list) {
		fail(err, -EINVAL, "'observer gen %s' lacks a name", subject->name);
		return fail_hint(err, "for example: observer gen %s %s", subject->name, subject->example);
	}
	return 0;
}

static int gen_run(const struct call *call, struct error *err)
{
	const struct gen_settings *s = call->settings;
	_cleanup_buffer_ struct buffer text = {0};
	int r = find_subject(call->operands[0])->make(s, call->operands + 1, call->nr_operands - 1, &text, err);

	return r == 0 ? print_buffer_into(s->outputs.nr_items ? s->outputs.items[0] : NULL, &text, err) : r;
}

static void list_subjects(struct buffer *words)
{
	for (size_t i = 0; i < NR_SUBJECTS; i++)
		buffer_printf(words, "%s\n", subjects[i]->name);
}

static const struct option_row rows[] = {
	{
		.name = "output",
		.letter = 'o',
		.argument = "FILE",
		INTO_TEXTS(struct gen_settings, outputs),
		.completion = COMPLETE_FILE,
		.group = "What is written",
		.help = "write into FILE instead of to standard output",
		.doc = "Write into FILE, which is made or overwritten, instead of to standard output. An error leaves "
		       "it as "
		       "it was.",
	},
	{
		.name = "extract",
		INTO_FLAG(struct gen_settings, extract),
		.group = "What is written",
		.help = "type: a small BTF with just these types, no header",
		.doc = "For type: write, instead of the header, a small BTF file (a few KiB where the kernel's has 5 "
		       "MiB) "
		       "from which --btf makes the same header: for tests, or to send to somebody else.",
	},
	{
		.name = "hook",
		.argument = "HOOK",
		INTO_CHOICE(struct gen_settings, hook),
		.choices = gen_hook_names,
		.initial = "tp",
		.group = "What is written",
		.help = "tracepoint: for programs of type tp or tp_btf",
		.doc = "For tracepoints: tp, the classic hook, whose programs get the record with the fields that "
		       "tracefs lists; or "
		       "tp_btf, whose programs get the arguments of the tracepoint in the kernel, by type, without "
		       "tracefs. What "
		       "is known behind them (a task's pid and comm, the file name of an exec) has decoders too.",
	},
	{
		.name = "btf",
		.argument = "FILE",
		INTO_TEXT(struct gen_settings, btf),
		.completion = COMPLETE_FILE,
		.group = "Where it comes from",
		.help = "types of another kernel: a BTF file or a vmlinux",
		.doc = "Take the types from FILE, raw BTF (a copy of another machine's /sys/kernel/btf/vmlinux) or an "
		       "ELF "
		       "file with a section .BTF, instead of from the running kernel.",
	},
	{
		.name = "format",
		.argument = "FILE",
		INTO_TEXT(struct gen_settings, format),
		.completion = COMPLETE_FILE,
		.group = "Where it comes from",
		.help = "tracepoint: its format file, of this machine or another",
		.doc = "For one tracepoint: take its fields from FILE, a copy of "
		       "/sys/kernel/tracing/events/CATEGORY/NAME/format. "
		       "The name of its struct comes from BTF (of this machine, or --btf); where no struct has these "
		       "fields "
		       "in these places the header has fixed offsets, and says so.",
	},
	{
		.name = "list",
		.argument = "FILE",
		INTO_TEXT(struct gen_settings, list),
		.completion = COMPLETE_FILE,
		.group = "Where it comes from",
		.help = "type: names from FILE too, # begins a comment",
		.doc = "For type: the names that stand in FILE, between white space, before those of the command line. "
		       "From # on a line is a comment.",
	},
	COMMON_OPTION_ROWS,
};

const struct command command_gen = {
	.name = "gen",
	.summary = "write C headers for your own eBPF programs, from the kernel's types",
	.doc = "observer gen tracepoint CATEGORY:NAME... writes a header for BPF programs and their user space alike: "
	       "the type "
	       "of the record, marked preserve_access_index so that a program compiled once reads it right on every "
	       "kernel "
	       "(CO-RE); a decoder per field, also for what __data_loc and __rel_loc refer to; reading all fields into "
	       "an "
	       "event, printing it, and a check against the running kernel. The fields come from tracefs, or, where it "
	       "is "
	       "not to be had, from BTF alone.\n\n"
	       "observer gen type NAME... writes a header of the named kernel types and of what they need, marked in "
	       "the "
	       "same way. What stands behind a pointer only is declared, not defined: a few lines where vmlinux.h has "
	       "100,000.\n\n"
	       "A NAME is TYPE (with all members), TYPE:MEMBER,MEMBER (with these), TYPE: (the name alone), or "
	       "enum::VALUE,VALUE (values of enums without a name); struct:, union:, typedef: or enum: before it says "
	       "which of several types of that name. A question mark before a type or a member: leave it out where "
	       "the kernel lacks it.",
	.operands = "tracepoint|type NAME...",
	.operands_min = 1,
	.operands_max = 4096,
	.list_words = list_subjects,
	.rows = rows,
	.nr_rows = sizeof(rows) / sizeof(rows[0]),
	.settings_bytes = sizeof(struct gen_settings),
	.check = gen_check,
	.run = gen_run,
};
