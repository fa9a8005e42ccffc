/* SPDX-License-Identifier: GPL-2.0-only */
/* observer inspect: the programs and maps of eBPF in the kernel, what they cost, and whose they are. */
#include "inspect/inspect.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "cli/print.h"
#include "commands/commands.h"
#include "commands/exec.h"
#include "commands/inspect_view.h"
#include "commands/stop.h"
#include "commands/page.h"
#include "commands/terminal.h"
#include "generate/fields_doc.h"
#include "outputs/outputs.h"

struct inspect_settings {
	struct page_settings page; /* first */
	const char *fields_list;
	const char **fields;
	const char *name;
	uint64_t id;
	uint64_t interval_ns, count;
	bool all, watch, full, utc;
};

static const struct schema *const schemas[] = {&schema_program, &schema_map, NULL};

static void list_fields(struct buffer *words)
{
	buffer_append_text(words, "help\n");
	fields_print_names(schemas, words);
}

static bool asks_for_fields(const struct inspect_settings *s)
{
	return s->fields_list && strcmp(s->fields_list, "help") == 0;
}

static int print_fields(struct error *err)
{
	_cleanup_buffer_ struct buffer text = {0};

	fields_print_list(schemas, &text);
	return print_buffer(&text, err);
}

/* One look, reduced to what is wanted. */
static int look(const struct inspect_settings *s, struct inspection *ret, struct error *err)
{
	const struct inspect_choice choice = {.all = s->all, .name = s->name, .id = s->id};
	int code = inspect(ret, err);

	if (!code)
		inspect_choose(ret, &choice);
	else
		inspection_done(ret);
	return code;
}

/* With --all there may be none; what was asked for by name or number has to be there. */
static int fail_nothing(const struct inspect_settings *s, struct error *err)
{
	if (s->id)
		fail(err, -ENOENT, "no program and no map of eBPF has the number %llu", (unsigned long long)s->id);
	else if (s->name)
		fail(err, -ENOENT, "no program and no map of eBPF is called '%s'", s->name);
	else
		fail(err, -ENOENT, "no observer runs here that holds programs of eBPF");
	return fail_hint(err, "observer inspect --all shows those of the whole machine");
}

/* Sleeps through the interval; true where an end was asked for. */
static bool wait_interval(const struct inspect_settings *s)
{
	struct pollfd fd = {.fd = stop_fd(), .events = POLLIN};
	const struct timespec interval = {.tv_sec = s->interval_ns / 1000000000,
					  .tv_nsec = s->interval_ns % 1000000000};

	ppoll(&fd, 1, &interval, NULL);
	return stop_is_wanted();
}

/*
 * Looks, waits, looks again and shows what happened meanwhile, until there was enough. `before` is the last look.
 * Returns 0 or -errno, described.
 */
static int show_samples(const struct inspect_settings *s, struct inspect_view *v, struct inspection *before,
			struct error *err)
{
	uint64_t nr = 0, most = s->watch ? s->count : 1;
	int code = 0;

	while (!code && !wait_interval(s)) {
		struct inspection now;

		code = look(s, &now, err);
		if (code)
			return code;
		inspect_compare(&now, before);
		inspection_done(before);
		*before = now;
		code = inspect_view_show(v, before);
		if (++nr == most)
			break;
	}
	return code == -EPIPE ? 0
	       : code < 0     ? fail(err, code, "cannot write to standard output: %s", strerror(-code))
			      : 0;
}

/* Without statistics, or without an interval, one look is all that there is. */
static int show_once(struct inspect_view *v, const struct inspection *first, struct error *err)
{
	int code = inspect_view_show(v, first);

	return code && code != -EPIPE ? fail(err, code, "cannot write to standard output: %s", strerror(-code)) : 0;
}

static int show(const struct inspect_settings *s, struct inspection *first, struct error *err)
{
	const struct view_settings settings = {
		.spec = page_spec(&s->page),
		.fields = s->fields,
		.watch = s->watch,
		.full = s->full,
		.utc = s->utc,
		.color = terminal_wants_color(s->page.color),
		.bpftool = s->page.common.verbose,
	};
	struct inspect_view *v;
	int code = inspect_view_open(&settings, &v, err), closed;

	if (code)
		return code;
	code = s->interval_ns ? show_samples(s, v, first, err) : show_once(v, first, err);
	closed = inspect_view_close(v, code ? NULL : err);
	return code ? code : closed;
}

static int run(const struct call *call, struct error *err)
{
	struct inspect_settings s = *(const struct inspect_settings *)call->settings;
	_cleanup_close_ int statistics = -1;
	struct inspection first;
	int code;

	if (asks_for_fields(&s))
		return print_fields(err);
	if (s.interval_ns) {
		statistics = inspect_count_runs();
		if (statistics < 0)
			s.interval_ns = 0;
	}
	tzset();
	code = look(&s, &first, err);
	if (code)
		return code;
	code = (s.all && !s.name && !s.id) || first.nr_programs + first.nr_maps ? stop_open(err)
										: fail_nothing(&s, err);
	if (!code) {
		code = show(&s, &first, err);
		stop_close();
	}
	inspection_done(&first);
	return code;
}

static int check(const struct call *call, struct error *err)
{
	struct inspect_settings *s = call->settings;
	int code;

	if (s->watch && !s->interval_ns) {
		fail(err, -EINVAL, "option '--watch' needs an interval");
		return fail_hint(err, "--interval 1s is the default");
	}
	if (s->count && !s->watch) {
		fail(err, -EINVAL, "option '--count' is for --watch");
		return fail_hint(err, "add it: --watch --count %llu", (unsigned long long)s->count);
	}
	code = page_check(&s->page, err);
	if (!code && s->fields_list && !asks_for_fields(s))
		code = stream_split_names("--fields", s->fields_list, &s->fields, err);
	return code ? code : outputs_check_fields(s->fields, schemas, err);
}

static void done(void *settings)
{
	struct inspect_settings *s = settings;

	free(s->fields);
}

static const struct option_row rows[] = {
	{
		.name = "all",
		.letter = 'a',
		INTO_FLAG(struct inspect_settings, all),
		.group = "Choice",
		.help = "all of the machine, not only those of observers",
		.doc = "Show all programs and maps that the kernel holds. Without this option, --name and --id: those "
		       "of "
		       "the observers that run.",
	},
	{
		.name = "name",
		.argument = "PATTERN",
		INTO_TEXT(struct inspect_settings, name),
		.group = "Choice",
		.help = "those with such a name: * and ? stand for any",
		.doc = "Show the programs whose name fits PATTERN with their maps, and the maps whose name does: * "
		       "stands "
		       "for any characters, ? for one.",
	},
	{
		.name = "id",
		.argument = "NUMBER",
		INTO_COUNT(struct inspect_settings, id),
		.least = 1,
		.most = UINT32_MAX,
		.group = "Choice",
		.help = "the one with this number",
		.doc = "Show the program with this number and its maps, and the map with this number.",
	},
	PAGE_ROW_OUTPUT,
	{
		.name = "fields",
		.argument = "LIST",
		INTO_TEXT(struct inspect_settings, fields_list),
		.list_words = list_fields,
		.completion = COMPLETE_WORDS,
		.group = GROUP_OUTPUT,
		.help = "show these fields: a,b,c; 'help' lists them",
		.doc = "Show these fields: names with commas between them, of programs, maps or both. Names that one "
		       "of the "
		       "two lacks are skipped for it. With help as LIST the fields are printed, and nothing is "
		       "inspected.",
	},
	{
		.name = "full",
		INTO_FLAG(struct inspect_settings, full),
		.group = GROUP_OUTPUT,
		.help = "never cut a line of the table",
		.doc = "Never cut a line of the table at the width of the terminal.",
	},
	{
		.name = "utc",
		INTO_FLAG(struct inspect_settings, utc),
		.group = GROUP_OUTPUT,
		.help = "times in UTC instead of local time",
		.doc = "Show the times of the table in UTC instead of local time. JSON always has UTC.",
	},
	PAGE_ROW_COLOR,
	{
		.name = "interval",
		.argument = "TIME",
		INTO_DURATION(struct inspect_settings, interval_ns),
		.initial = "1s",
		.group = "Measuring",
		.help = "count runs for this long; 0: do not",
		.doc = "Count runs and their time for this long: 500ms, 1s, 1m. Meanwhile, and only then, the kernel "
		       "keeps "
		       "statistics of all programs, which adds two looks at the clock to each run. With 0 nothing is "
		       "switched on, and what was counted before is all that there is.",
	},
	{
		.name = "watch",
		INTO_FLAG(struct inspect_settings, watch),
		.group = "Measuring",
		.help = "show it again each interval, until interrupted",
		.doc = "Show it anew after each interval, until interrupted; on a terminal on a screen of its own. In "
		       "a pipe "
		       "the table has a line for each program and interval.",
	},
	{
		.name = "count",
		.argument = "NUMBER",
		INTO_COUNT(struct inspect_settings, count),
		.least = 1,
		.group = "Measuring",
		.help = "with --watch: end after so many intervals",
		.doc = "With --watch: end after NUMBER intervals.",
	},
	COMMON_OPTION_ROWS,
};

const struct command command_inspect = {
	.name = "inspect",
	.summary = "programs and maps of eBPF: what they cost, and whose they are",
	.doc = "Show the programs and maps of eBPF that running observers hold, or all of the machine: where a program "
	       "is "
	       "attached, how often it ran in the last second and how many nanoseconds a run took, the processes that "
	       "have it open, and the maps with their sizes. It is what bpftool prog, map and link show, in one view; "
	       "with -v the command of bpftool stands beside each.\n\n"
	       "The kernel lists programs for CAP_SYS_ADMIN alone.",
	.rows = rows,
	.nr_rows = sizeof(rows) / sizeof(rows[0]),
	.settings_bytes = sizeof(struct inspect_settings),
	.check = check,
	.run = run,
	.done = done,
};
