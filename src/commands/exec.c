/* SPDX-License-Identifier: GPL-2.0-only */
/* observer exec: its options. How they go together is in exec_settings.c, the work in exec_run.c. */
#include "commands/exec.h"

#include <errno.h>
#include <unistd.h>

#include "cli/print.h"
#include "commands/commands.h"
#include "commands/schemas.h"
#include "generate/fields_doc.h"
#include "outputs/outputs.h"

#define RING_LEAST  4096
#define RING_MOST   (1ULL << 30)
#define RING_NORMAL "4M"
/* The kernel's own limit of all arguments together: three quarters of _STK_LIM, fs/exec.c bprm_stack_limits(). */
#define ARGV_WHOLE "6M"
#define ARGV_MOST  (6ULL << 20)

static int print_fields(struct error *err)
{
	_cleanup_buffer_ struct buffer text = {0};
	struct schemas schemas;
	int r = schemas_open(NULL, &schemas, err);

	if (r == 0)
		fields_print_list(schemas.all, &text);
	schemas_close(&schemas);
	return r == 0 ? print_buffer(&text, err) : r;
}

static int run(const struct call *call, struct error *err)
{
	const struct exec_settings *s = call->settings;

	return exec_asks_for_fields(s) ? print_fields(err) : exec_run(s, err);
}

static int check_ring(const char *text, uint64_t bytes, struct error *err)
{
	long page_bytes = sysconf(_SC_PAGESIZE);

	if (bytes & (bytes - 1)) {
		fail(err, -EINVAL, "'%s' is not a power of two", text);
		return fail_hint(err, "sizes that can be are 64K, 1M, 4M, 16M");
	}
	if (bytes % page_bytes)
		return fail(err, -EINVAL, "'%s' is less than a page of memory, %ldK", text, page_bytes / 1024);
	return 0;
}

static void list_formats(struct buffer *words)
{
	size_t nr_formats;
	const struct output_format *const *formats = outputs_list(&nr_formats);

	for (size_t i = 0; i < nr_formats; i++)
		buffer_printf(words, "%s\n", output_format_name(formats[i]));
}

static void list_fields(struct buffer *words)
{
	struct schemas schemas;

	buffer_append_text(words, "help\n");
	if (schemas_open(NULL, &schemas, NULL) == 0)
		fields_print_names(schemas.all, words);
	schemas_close(&schemas);
}

static const char *const hooks[HOOK_MAX + 1] = {
	[HOOK_AUTO] = "auto",
	[HOOK_TP_BTF] = "tp_btf",
	[HOOK_TRACEPOINT] = "tracepoint",
};

static const char *const colors[COLOR_MAX + 1] = {
	[COLOR_AUTO] = "auto",
	[COLOR_ALWAYS] = "always",
	[COLOR_NEVER] = "never",
};

#define GROUP_OUTPUT  "Output"
#define GROUP_CAPTURE "Capture"
#define GROUP_END     "Ending"

static const struct option_row rows[] = {
	{
		.name = "output",
		.letter = 'o',
		.argument = "FORMAT[:PATH]",
		INTO_TEXTS(struct exec_settings, outputs),
		.list_words = list_formats,
		.completion = COMPLETE_WORD_FILE,
		.group = GROUP_OUTPUT,
		.help = "table (the default), log or json; to a file PATH; can be given more than once",
		.doc = "Write the events in this format, to the file PATH where it is given (made, or emptied), else "
		       "to "
		       "standard output. The option can be given more than once, each time for another file.\n\n"
		       "table, the default: aligned columns for people. On a terminal a line is cut at its width, and "
		       "the "
		       "cut shown by an ellipsis; elsewhere nothing is cut. The command line is quoted so that a shell "
		       "takes it back.\n\n"
		       "log: a line for each event with UTC time, level, program, pid, uid, filename and the "
		       "filename's "
		       "length.\n\n"
		       "json: an object a line, with all fields. A string that is not UTF-8 shows U+FFFD for its bad "
		       "bytes, and its exact bytes follow as base64 under the same key with _b64 at its end.",
	},
	{
		.name = "fields",
		.argument = "LIST",
		INTO_TEXT(struct exec_settings, fields_list),
		.list_words = list_fields,
		.completion = COMPLETE_WORDS,
		.group = GROUP_OUTPUT,
		.help = "show these fields: a,b,c; 'help' lists them",
		.doc = "Show these fields: names with commas between them. One list for all outputs. What no output "
		       "needs "
		       "is not collected in the kernel, which makes each exec cheaper. The field event always stays; "
		       "names that a type of event lacks are skipped for it. Without this option each output shows its "
		       "own choice.\n\n"
		       "With help as LIST the fields are printed, each with its kind and what it holds, and nothing is "
		       "observed.",
	},
	{
		.name = "full",
		INTO_FLAG(struct exec_settings, full),
		.group = GROUP_OUTPUT,
		.help = "never cut a line of the table",
		.doc = "Never cut a line of the table at the width of the terminal.",
	},
	{
		.name = "utc",
		INTO_FLAG(struct exec_settings, utc),
		.group = GROUP_OUTPUT,
		.help = "times in UTC instead of local time",
		.doc = "Show the times of the table in UTC instead of local time. The other formats always use UTC.",
	},
	{
		.name = "color",
		.argument = "WHEN",
		INTO_CHOICE(struct exec_settings, color),
		.choices = colors,
		.initial = "auto",
		.group = GROUP_OUTPUT,
		.help = "colour: auto, always or never",
		.doc = "Colour the table: always, never, or (auto) where standard output is a terminal that is not "
		       "dumb and "
		       "the environment does not have NO_COLOR.",
	},
	{
		.name = "env",
		.argument = "LIST",
		.argument_optional = true,
		INTO_TEXT(struct exec_settings, env_list),
		.group = GROUP_CAPTURE,
		.help = "the environment too, or of it NAME,GLOB*",
		.doc = "Collect the environment of each program as the field env. With a LIST only the variables that "
		       "it "
		       "names: names and patterns (* stands for any characters, ? for one) with commas between "
		       "them.\n\n"
		       "Environments may hold secrets: they are collected only on demand.",
	},
	{
		.name = "max-argv",
		.argument = "SIZE",
		INTO_SIZE(struct exec_settings, max_argv_bytes),
		.initial = ARGV_WHOLE,
		.least = 1,
		.most = ARGV_MOST,
		.group = GROUP_CAPTURE,
		.help = "cut longer argument lists",
		.doc = "Cut the arguments of a program after SIZE bytes, and name argv in the field truncated; argc "
		       "and "
		       "argv_bytes stay true. The default is the kernel's own limit: all arguments, as long as the "
		       "free "
		       "part of the ring buffer holds them.",
	},
	{
		.name = "hook",
		.argument = "HOOK",
		INTO_CHOICE(struct exec_settings, hook),
		.choices = hooks,
		.initial = "auto",
		.group = GROUP_CAPTURE,
		.help = "auto, tp_btf or tracepoint",
		.doc = "Where to attach in the kernel. tp_btf hands over kernel objects by type; it needs neither "
		       "tracefs "
		       "nor root, only CAP_BPF and CAP_PERFMON. tracepoint is the classic tracepoint "
		       "sched:sched_process_exec, found in tracefs. auto takes the first of the two that works.",
	},
	{
		.name = "ring",
		.argument = "SIZE",
		INTO_SIZE(struct exec_settings, ring_bytes),
		.initial = RING_NORMAL,
		.least = RING_LEAST,
		.most = RING_MOST,
		.check = check_ring,
		.group = GROUP_CAPTURE,
		.help = "room for bursts, a power of two",
		.doc = "Size of the ring buffer between the kernel and observer: a power of two, at least a page. It "
		       "holds "
		       "what observer has not read yet; a burst that it cannot hold is lost, counted and shown. The "
		       "summary at the end names the SIZE that would have held it.",
	},
	{
		.name = "count",
		.argument = "NUMBER",
		INTO_COUNT(struct exec_settings, count),
		.least = 1,
		.group = GROUP_END,
		.help = "end after this many events",
		.doc = "End after NUMBER events were printed.",
	},
	{
		.name = "duration",
		.argument = "TIME",
		INTO_DURATION(struct exec_settings, duration_ns),
		.least = 1,
		.group = GROUP_END,
		.help = "end after this time: 500ms, 10s, 1.5h",
		.doc = "End after this time: a number with h, m, s, ms, us or ns behind it, or of seconds.",
	},
	{
		.name = "strict",
		INTO_FLAG(struct exec_settings, strict),
		.group = GROUP_END,
		.help = "exit status 3 if anything was lost",
		.doc = "End with exit status 3 if any event was lost, for whatever cause.",
	},
	COMMON_OPTION_ROWS,
};

const struct command command_exec = {
	.name = "exec",
	.summary = "each program as it starts (also without a command)",
	.doc = "Show each program that starts on this machine, live, from the moment that observer says it is ready "
	       "until it "
	       "is interrupted. This is what observer does without a command.",
	.rows = rows,
	.nr_rows = sizeof(rows) / sizeof(rows[0]),
	.settings_bytes = sizeof(struct exec_settings),
	.check = exec_check,
	.run = run,
	.done = exec_done,
};
