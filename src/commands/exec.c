/* SPDX-License-Identifier: GPL-2.0-only */
/* observer exec: its options. How they go together is in exec_settings.c, the work in stream.c. */
#include "commands/exec.h"

#include "commands/commands.h"
#include "commands/stream_options.h"

static int run(const struct call *call, struct error *err)
{
	const struct stream_settings *s = call->settings;

	return stream_asks_for_list(s) ? stream_print_list(s, err) : stream_run(s, NULL, err);
}

static const struct option_row rows[] = {
	{
		.name = "events",
		.argument = "LIST",
		INTO_TEXT(struct stream_settings, events_list),
		.list_words = stream_list_events,
		.completion = COMPLETE_WORDS,
		.group = GROUP_OUTPUT,
		.help = "show these: exec,exec_fail,exit,fork,snapshot",
		.doc = "Show events of these types: names with commas between them. exec (alone the default): a "
		       "program "
		       "was started. exec_fail: an exec failed. exit: a process ended, with what it used. fork: a "
		       "process was made. snapshot: a process that was there before observer, told once at the start.",
	},
	{
		.name = "failed",
		INTO_FLAG(struct stream_settings, failed),
		.group = GROUP_OUTPUT,
		.help = "show execs that failed, too",
		.doc = "Show each execve and execveat that failed, too: exec_fail in addition to --events. This puts "
		       "every "
		       "system call of the machine on a slower path while observer runs, unless --fail-hook says "
		       "fexit.",
	},
	{
		.name = "threads",
		INTO_FLAG(struct stream_settings, threads),
		.group = GROUP_OUTPUT,
		.help = "fork events for threads, too",
		.doc = "Show new threads as fork events, too, with thread true. Needs --events with fork.",
	},
	STREAM_ROW_OUTPUT(
		"table (the default), log or json; to a file PATH; can be given more than once",
		"Write the events in this format, to the file PATH where it is given (made, or emptied), else to "
		"standard output. The option can be given more than once, each time for another file.\n\n"
		"table, the default: aligned columns for people. On a terminal a line is cut at its width, and the cut "
		"shown by an ellipsis; elsewhere nothing is cut. The command line is quoted so that a shell takes it "
		"back.\n\n"
		"log: a line for each event with UTC time, level, program, pid, uid, filename and the filename's "
		"length.\n\n"
		"json: an object a line, with all fields. A string that is not UTF-8 shows U+FFFD for its bad bytes, "
		"and its exact bytes follow as base64 under the same key with _b64 at its end."),
	STREAM_ROW_APPEND,
	STREAM_ROWS_LOOK,
	STREAM_ROW_WHERE,
	STREAM_ROWS_WHO,
	STREAM_ROW_EXPLAIN,
	STREAM_ROWS_TABLE,
	STREAM_ROWS_CAPTURE,
	STREAM_ROW_FAIL_HOOK,
	STREAM_ROW_PIN,
	STREAM_ROWS_END,
	COMMON_OPTION_ROWS,
};

const struct command command_exec = {
	.name = "exec",
	.summary = "each program as it starts (also without a command)",
	.doc = "Show each program that starts on this machine, live, from the moment that observer says it is ready "
	       "until it is interrupted. This is what observer does without a command.",
	.rows = rows,
	.nr_rows = sizeof(rows) / sizeof(rows[0]),
	.settings_bytes = sizeof(struct stream_settings),
	.check = exec_check,
	.run = run,
	.done = exec_done,
};
