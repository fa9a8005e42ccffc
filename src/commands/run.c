/* SPDX-License-Identifier: GPL-2.0-only */
/* observer run: runs a program, follows it and all that it starts, and tells at the end what it was. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "commands/child.h"
#include "commands/commands.h"
#include "commands/exec.h"
#include "commands/shell_lines.h"
#include "commands/stream.h"
#include "commands/stream_options.h"
#include "commands/terminal.h"
#include "commands/where.h"
#include "events/exec.h"
#include "report/report.h"

/* Columns of a report that goes to no terminal. */
#define FILE_COLUMNS 160
/* What the report is made of. */
#define REPORT_EVENTS (CAPTURE_BIT(exec) | CAPTURE_BIT(exec_fail) | CAPTURE_BIT(exit) | CAPTURE_BIT(fork))
#define REPORT_ROWS                                                                                                    \
	(ROW_BIT(EXEC_pid) | ROW_BIT(EXEC_ppid) | ROW_BIT(EXEC_start_ns) | ROW_BIT(EXEC_parent_start_ns) |             \
	 ROW_BIT(EXEC_comm) | ROW_BIT(EXEC_filename) | ROW_BIT(EXEC_exe) | ROW_BIT(EXEC_cwd) | ROW_BIT(EXEC_argv) |    \
	 ROW_BIT(EXEC_interp))

/* Of the table of processes, for the exe of an exit. */
#define RUN_PROCESSES 16384

struct run_settings {
	struct stream_settings stream; /* first */
	const char *user;
	bool wait_all;
	bool shell;
	bool no_report;
};

struct run {
	const struct run_settings *settings;
	struct stream_hooks hooks;
	struct child child;
	struct report *report;
	struct shell_lines *shell_lines; /* NULL without --shell */
	struct buffer text;		 /* for standard error */
	struct report_look look;
};

/* Standard error is where everything of observer's goes: what cannot be written there can be told nowhere. */
static void write_text(struct run *r)
{
	size_t done = 0;

	while (done < r->text.length) {
		ssize_t n = write(STDERR_FILENO, r->text.data + done, r->text.length - done);

		if (n < 0 && errno != EINTR)
			break;
		done += n > 0 ? n : 0;
	}
	r->text.length = 0;
}

static bool before(void *context, struct stream *s, const struct record *record, size_t bytes)
{
	struct run *r = context;

	(void)s;
	report_feed(r->report, record, bytes);
	if (r->shell_lines)
		shell_lines_take(r->shell_lines, record, bytes, &r->text);
	return true;
}

static int started(void *context, struct stream *s, struct error *err)
{
	struct run *r = context;
	int code = stream_run_child(s, &r->child, err);

	report_set_root(r->report, r->child.events_pid);
	return code;
}

static bool ended(void *context)
{
	struct run *r = context;

	write_text(r);
	if (!child_has_ended(&r->child))
		return false;
	/* It stays readable. */
	r->hooks.wake_fd = -1;
	return !r->settings->wait_all || !report_nr_alive(r->report);
}

/* While the program runs signals are for it alone; afterwards one ends the waiting for others. */
static bool signalled(void *context, int number)
{
	struct run *r = context;

	(void)number;
	return !child_has_ended(&r->child);
}

static unsigned int report_columns(const struct run_settings *s)
{
	struct winsize size;

	if (s->stream.full)
		return 0;
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
		return FILE_COLUMNS;
	return size.ws_col;
}

static void print_report(struct run *r)
{
	report_live_on(r->report);
	r->look.columns = report_columns(r->settings);
	r->look.max_lines = r->settings->stream.full ? 0 : REPORT_LINES;
	report_print(r->report, &r->look, &r->text);
	write_text(r);
}

static int open_run(struct run *r, char *const *argv, struct error *err)
{
	struct child_user user;
	int code = child_find_user(r->settings->user, &user, err);

	if (!code)
		code = child_open(&r->child, argv, &user, err);
	if (code)
		return code;
	r->report = report_new(&(struct report_settings){.whole = r->settings->stream.full}, err);
	if (r->report && r->settings->shell)
		r->shell_lines = shell_lines_new(environ, err);
	if (!r->report || (r->settings->shell && !r->shell_lines))
		return -ENOMEM;
	/* The program has its own by now: whatever of observer's goes to standard output goes to standard error. */
	if (dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		return fail(err, -errno, "cannot write to standard error: %s", strerror(errno));
	r->hooks.wake_fd = r->child.pid_fd;
	r->look.color = terminal_wants_color(r->settings->stream.color);
	return 0;
}

static void close_run(struct run *r)
{
	child_close(&r->child);
	report_free(r->report);
	shell_lines_free(r->shell_lines);
	buffer_done(&r->text);
}

/* After the stream: waits for a program that outlived it (no output was left), and says what came of it. */
static int finish(struct run *r, const char *name)
{
	bool ran;

	child_wait(&r->child);
	write_text(r);
	ran = child_was_run(&r->child, name);
	if (ran && !r->settings->no_report)
		print_report(r);
	return child_status(&r->child);
}

static int run_program(const struct call *call, struct error *err)
{
	const struct run_settings *s = call->settings;
	struct run r = {
		.settings = s,
		.child = {.pid = -1, .go_fd = -1, .failure_fd = -1, .pid_fd = -1},
		.hooks = {.before = before, .started = started, .ended = ended, .wake_fd = -1, .signalled = signalled},
	};
	int code, status = CHILD_OBSERVER_FAILED;

	/* The operands were moved to the start of argv: what follows the last is no NULL yet. */
	call->operands[call->nr_operands] = NULL;
	code = open_run(&r, call->operands, err);
	r.hooks.context = &r;
	if (!code)
		code = stream_run(&s->stream, &r.hooks, err);
	if (r.child.pid > 0 && r.child.go_fd < 0)
		status = finish(&r, call->operands[0]);
	if (code < 0)
		error_print(err);
	close_run(&r);
	return code ? CHILD_OBSERVER_FAILED : status;
}

static int run(const struct call *call, struct error *err)
{
	return stream_asks_for_list(call->settings) ? stream_print_list(call->settings, err) : run_program(call, err);
}

static int check(const struct call *call, struct error *err)
{
	struct run_settings *s = call->settings;
	int code;

	if (stream_asks_for_list(&s->stream))
		return 0;
	if (!call->nr_operands) {
		fail(err, -EINVAL, "'%s' lacks the program to run", call->words);
		return fail_hint(err, "usage: %s [OPTIONS] -- CMD [ARG...]", call->words);
	}
	if (s->stream.where.nr_items && !s->stream.outputs.nr_items) {
		fail(err, -EINVAL, "option '--where' is about the events that --output writes, and nothing is written");
		return fail_hint(err, "the report tells of the whole run; for events add an output: -o json:FILE");
	}
	s->stream.events = s->stream.shown = REPORT_EVENTS;
	s->stream.wanted = REPORT_ROWS | (s->shell ? ROW_BIT(EXEC_env) : 0);
	s->stream.follow = s->stream.silent = true;
	s->stream.max_processes = RUN_PROCESSES;
	code = stream_check_fail_hook(&s->stream, err);
	if (!code)
		code = stream_settings_check(&s->stream, err);
	return code ? code : where_check(&s->stream, where_schemas(s->stream.shown), err);
}

#define GROUP_PROGRAM "Program"

static const struct option_row rows[] = {
	{
		.name = "user",
		.argument = "NAME",
		INTO_TEXT(struct run_settings, user),
		.group = GROUP_PROGRAM,
		.help = "run CMD as this user",
		.doc = "Run CMD as the user NAME. Without it CMD runs as the user who called sudo, where observer was "
		       "started "
		       "through sudo, else as observer's own user. For another user HOME, USER and LOGNAME are that "
		       "user's, and "
		       "the variables SUDO_* are taken out.",
	},
	{
		.name = "wait-all",
		INTO_FLAG(struct run_settings, wait_all),
		.group = GROUP_PROGRAM,
		.help = "wait for all that CMD started, daemons too",
		.doc = "Go on until CMD and all processes that it started have ended, also those that it left behind. "
		       "A signal "
		       "to observer ends the waiting. Without this option observer ends with CMD.",
	},
	{
		.name = "shell",
		INTO_FLAG(struct run_settings, shell),
		.group = GROUP_OUTPUT,
		.help = "print each exec as a command line to paste",
		.doc = "Print each exec to standard error as a command line for a shell: the folder, what was changed "
		       "in the "
		       "environment since the process was started, program and arguments. The environment is collected "
		       "for this; "
		       "it may hold secrets.",
	},
	{
		.name = "no-report",
		INTO_FLAG(struct run_settings, no_report),
		.group = GROUP_OUTPUT,
		.help = "print no report at the end",
		.doc = "Print no report at the end. Losses are told nevertheless.",
	},
	STREAM_ROW_OUTPUT("write the events too: table, log, json or perfetto; to a file PATH",
			  "Write the events in this format as well: exec, exec_fail, exit and fork, to the file PATH "
			  "where it is given "
			  "(made, or emptied), else to standard error. The option can be given more than once, each "
			  "time for another "
			  "file. Standard output is CMD's alone."),
	STREAM_ROWS_LOOK,
	STREAM_ROW_WHERE,
	STREAM_ROWS_CAPTURE,
	STREAM_ROW_FAIL_HOOK,
	{
		.name = "strict",
		INTO_FLAG(struct run_settings, stream.strict),
		.group = GROUP_END,
		.help = "exit status 125 if anything was lost",
		.doc = "End with exit status 125 if any event was lost, for whatever cause.",
	},
	COMMON_OPTION_ROWS,
};

const struct command command_run = {
	.name = "run",
	.summary = "run a program, and report what it started and what that cost",
	.doc = "Run CMD, and follow it and all processes that it starts, however they detach themselves; nothing else "
	       "is "
	       "observed. CMD's standard input and output, its terminal and its signals are as without observer. When "
	       "CMD has "
	       "ended a report goes to standard error: the tree of processes with their times, totals, what cost most, "
	       "what was "
	       "run more than once, and the critical path, that is, what the wall time was spent on.\n\n"
	       "In the tree CPU is a process's own time, its children's not included. Lines that begin with a number "
	       "and × stand "
	       "for so many processes of one program; with --full nothing is folded or cut.\n\n"
	       "The exit status is CMD's; 128 and the number of the signal that ended it; 127 where CMD was not found; "
	       "126 where "
	       "it could not be executed; 125 where observer itself failed.",
	.operands = "CMD [ARG...]",
	.operands_max = INT_MAX,
	.stops_at_operand = true,
	.failed_status = CHILD_OBSERVER_FAILED,
	.rows = rows,
	.nr_rows = sizeof(rows) / sizeof(rows[0]),
	.settings_bytes = sizeof(struct run_settings),
	.check = check,
	.run = run,
	.done = exec_done,
};
