/* SPDX-License-Identifier: GPL-2.0-only */
/* observer life: one line for each process that has ended. What a life is made of is told in process/life.h. */
#include <errno.h>
#include <string.h>

#include "commands/commands.h"
#include "commands/exec.h"
#include "commands/schemas.h"
#include "commands/stream_options.h"
#include "commands/where.h"
#include "events/events.h"

struct life_settings {
	struct stream_settings stream; /* first */
	uint64_t min_wall_ns;
	uint64_t min_cpu_ns;
	bool failed_only;
};

/* A run: the context of the hooks. */
struct lives {
	const struct life_settings *settings;
	const struct life *life;
	const struct schema *own[2]; /* ended by NULL */
};

static const struct schema *const *get_schemas(void *context, const struct schemas *schemas, struct error *err)
{
	struct lives *l = context;

	(void)err;
	l->life = schemas->life;
	l->own[0] = schemas->all[SCHEMAS_LIFE];
	return l->own;
}

/* False for a life that is not asked for. */
static bool is_asked_for(void *context, struct stream *s, const struct record *record, size_t bytes)
{
	const struct life_settings *settings = ((struct lives *)context)->settings;
	struct exit_event exit;

	(void)s;
	if (record->type != RECORD_exit || bytes < sizeof(exit))
		return true;
	memcpy(&exit, record, sizeof(exit));
	if (settings->failed_only && !exit.signal && !exit.exit_code)
		return false;
	return exit.duration_ns >= settings->min_wall_ns && exit.runtime_ns >= settings->min_cpu_ns;
}

static void make_life(void *context, struct event *e)
{
	life_join(((struct lives *)context)->life, e);
}

static int life_run(const struct call *call, struct error *err)
{
	const struct life_settings *settings = call->settings;
	struct lives lives = {.settings = settings};
	const struct stream_hooks hooks = {
		.context = &lives,
		.schemas = get_schemas,
		.before = is_asked_for,
		.compose = make_life,
		.wake_fd = -1,
	};

	if (stream_asks_for_list(&settings->stream))
		return stream_print_list(&settings->stream, err);
	return stream_run(&settings->stream, &hooks, err);
}

static int life_check(const struct call *call, struct error *err)
{
	struct stream_settings *s = call->settings;
	int r = 0;

	if (stream_asks_for_list(s))
		return 0;
	if (!s->outputs.nr_items)
		r = option_texts_add(&s->outputs, "table", err);
	s->events = PROCESS_TABLE_EVENTS;
	s->shown = CAPTURE_BIT(exit);
	s->kept = LIFE_KEPT_ROWS;
	if (r == 0)
		r = stream_settings_check(s, err);
	return r == 0 ? where_check(s, 1U << SCHEMAS_LIFE, err) : r;
}

static const struct option_row rows[] = {
	STREAM_ROW_OUTPUT(
		"table (the default), log or json; to a file PATH; can be given more than once",
		"Write the lives in this format, to the file PATH where it is given (made, or emptied), else to "
		"standard output. The option can be given more than once, each time for another file.\n\n"
		"table, the default: START, PID, PPID, USER, WALL (from fork to end), USER and SYS (CPU time), MAXRSS "
		"(largest resident memory), READ/WRITE (bytes from and to storage), EXIT (code, or name of the signal "
		"that "
		"ended it) and COMMAND. A process that never exec'ed shows its name in parentheses. A terminal that is "
		"too narrow for all shows no START, PPID and READ/WRITE, unless --full is given.\n\n"
		"log: a line for each life with UTC time of the end.\n\n"
		"json: an object a line with the event life: the keys of the last exec and of the exit, and execs, how "
		"many execs there were. Times and sizes are plain numbers there."),
	STREAM_ROW_APPEND,
	STREAM_ROWS_LOOK,
	STREAM_ROW_WHERE,
	STREAM_ROWS_WHO,
	STREAM_ROW_EXPLAIN,
	{
		.name = "min-wall",
		.argument = "TIME",
		INTO_DURATION(struct life_settings, min_wall_ns),
		.group = GROUP_FILTER,
		.help = "only lives at least this long: 500ms, 10s",
		.doc = "Show only processes that lived at least this long, from fork to end: a number with h, m, s, "
		       "ms, us or "
		       "ns behind it, or of seconds. The others are counted as filtered.",
	},
	{
		.name = "min-cpu",
		.argument = "TIME",
		INTO_DURATION(struct life_settings, min_cpu_ns),
		.group = GROUP_FILTER,
		.help = "only those that used at least this much CPU time",
		.doc = "Show only processes that used at least this much CPU time, user and system together.",
	},
	{
		.name = "failed-only",
		INTO_FLAG(struct life_settings, failed_only),
		.group = GROUP_FILTER,
		.help = "only those with an exit code but 0, or killed",
		.doc = "Show only processes that ended with an exit code other than 0 or by a signal.",
	},
	STREAM_ROWS_TABLE,
	STREAM_ROWS_CAPTURE,
	STREAM_ROWS_END,
	COMMON_OPTION_ROWS,
};

const struct command command_life = {
	.name = "life",
	.summary = "each process as it ends: time, CPU, memory, exit",
	.doc = "Show each process of this machine as it ends: how long it lived, what it used and how it ended. For "
	       "processes that "
	       "were there before observer the program is the one that runs at its start. What was not seen, because "
	       "the "
	       "process is older or an event was lost, is not guessed: in JSON complete is then false, and seen_from "
	       "says by "
	       "which event the process became known.",
	.rows = rows,
	.nr_rows = sizeof(rows) / sizeof(rows[0]),
	.settings_bytes = sizeof(struct life_settings),
	.check = life_check,
	.run = life_run,
	.done = exec_done,
};
