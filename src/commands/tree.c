/* SPDX-License-Identifier: GPL-2.0-only */
/* observer tree: the processes that live now, as a tree, from a snapshot of the kernel. */
#include <errno.h>

#include "cli/print.h"
#include "commands/commands.h"
#include "commands/stream.h"
#include "commands/stream_options.h"
#include "commands/terminal.h"
#include "events/exec.h"
#include "report/report.h"

#define TREE_ROWS                                                                                                      \
	(ROW_BIT(EXEC_pid) | ROW_BIT(EXEC_ppid) | ROW_BIT(EXEC_start_ns) | ROW_BIT(EXEC_parent_start_ns) |             \
	 ROW_BIT(EXEC_comm) | ROW_BIT(EXEC_filename) | ROW_BIT(EXEC_exe) | ROW_BIT(EXEC_argv))

static bool before(void *context, struct stream *s, const struct record *record, size_t bytes)
{
	(void)s;
	report_feed(context, record, bytes);
	return true;
}

/* The snapshot is whole before the loop begins. */
static bool ended(void *context)
{
	(void)context;
	return true;
}

static unsigned int columns(const struct stream_settings *s)
{
	return s->full ? 0 : terminal_columns();
}

static int run(const struct call *call, struct error *err)
{
	const struct stream_settings *s = call->settings;
	const struct report_look look = {.columns = columns(s),
					 .color = terminal_wants_color(s->color),
					 .max_lines = s->full ? 0 : REPORT_LINES};
	_cleanup_buffer_ struct buffer text = {0};
	struct stream_hooks hooks = {.before = before, .ended = ended, .wake_fd = -1};
	int code;

	hooks.context = report_new(&(struct report_settings){.whole = s->full}, err);
	if (!hooks.context)
		return -ENOMEM;
	code = stream_run(s, &hooks, err);
	if (code >= 0) {
		report_live_on(hooks.context);
		report_print_living(hooks.context, &look, &text);
		code = print_buffer(&text, err);
	}
	report_free(hooks.context);
	return code;
}

static int check(const struct call *call, struct error *err)
{
	struct stream_settings *s = call->settings;

	(void)err;
	s->events = CAPTURE_BIT(snapshot);
	s->wanted = TREE_ROWS;
	s->silent = true;
	return 0;
}

static const struct option_row rows[] = {
	{
		.name = "full",
		INTO_FLAG(struct stream_settings, full),
		.group = GROUP_OUTPUT,
		.help = "cut no line, and show the threads of the kernel",
	},
	STREAM_ROW_COLOR,
	STREAM_ROW_MAX_ARGV,
	STREAM_ROW_BTF,
	STREAM_ROW_RING,
	COMMON_OPTION_ROWS,
};

const struct command command_tree = {
	.name = "tree",
	.summary = "the processes that live now, as a tree",
	.doc = "Show the processes that live now as a tree: process id, age and command line. They are found inside "
	       "the kernel, "
	       "not in /proc. Threads of the kernel are only counted, unless --full is given.",
	.rows = rows,
	.nr_rows = sizeof(rows) / sizeof(rows[0]),
	.settings_bytes = sizeof(struct stream_settings),
	.check = check,
	.run = run,
};
