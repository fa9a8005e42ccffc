/* SPDX-License-Identifier: GPL-2.0-only */
/* observer trace: any tracepoints of the kernel as events. What they hold is told in tracepoints.h, the work in
 * stream.c. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "cli/print.h"
#include "commands/child.h"
#include "commands/commands.h"
#include "commands/exec.h"
#include "commands/schemas.h"
#include "commands/stream_options.h"
#include "commands/trace_summary.h"
#include "commands/tracepoints.h"
#include "generate/fields_doc.h"

/* Columns for the names of events in the table, at most. */
#define EVENT_COLUMNS_MAX 32

struct trace_settings {
	struct stream_settings stream; /* first */
	const char *user;
	const char *by_list; /* --by as given, or NULL */
	const char **by;     /* its names, NULL-terminated */
	bool summary;
};

struct trace {
	struct trace_settings *settings;
	struct stream_hooks hooks;
	struct tracepoints tracepoints;
	struct capture_tracepoint *wanted; /* one for each, by number */
	const struct schema **schemas;	   /* the same, NULL-terminated */
	struct schema_column *columns;	   /* of the table */
	struct trace_summary *summary;	   /* NULL without --summary */
	struct child child;
	uint64_t begin_ns, end_ns; /* CLOCK_MONOTONIC, while all was attached */
};

/* The table's columns, that of the events' names as wide as the longest. */
static int make_columns(struct trace *t, const struct schema_column *usual)
{
	size_t nr = 0, width = 0;

	while (usual[nr].title)
		nr++;
	for (size_t i = 0; i < t->tracepoints.nr; i++)
		if (strlen(t->tracepoints.items[i].name) > width)
			width = strlen(t->tracepoints.items[i].name);
	t->columns = calloc(nr + 1, sizeof(*t->columns));
	if (!t->columns)
		return -ENOMEM;
	memcpy(t->columns, usual, nr * sizeof(*usual));
	for (size_t i = 0; i < nr; i++)
		if (usual[i].field && strcmp(usual[i].field, "event") == 0)
			t->columns[i].width = width < EVENT_COLUMNS_MAX ? width : EVENT_COLUMNS_MAX;
	return 0;
}

static const struct schema *const *make_schemas(void *context, const struct schemas *builtin, struct error *err)
{
	struct trace *t = context;
	int code = 0;

	for (size_t i = 0; !code && i < t->tracepoints.nr; i++) {
		struct tracepoint *tracepoint = t->tracepoints.items[i].tracepoint;

		code = tracepoint_put_frame(tracepoint, builtin->all[SCHEMAS_TRACEPOINT]);
		t->schemas[i] = &tracepoint->schema;
		if (!code && !i)
			code = make_columns(t, tracepoint->schema.columns);
		tracepoint->schema.columns = t->columns;
	}
	if (!code)
		return t->schemas;
	fail(err, code, "no memory for the event types of %zu tracepoints", t->tracepoints.nr);
	return NULL;
}

static const struct schema *schema_of(void *context, const struct record *record, size_t bytes)
{
	const struct trace *t = context;
	const struct tracepoint_event *e = (const struct tracepoint_event *)record;

	return t->schemas[bytes >= sizeof(*e) && e->number < t->tracepoints.nr ? e->number : 0];
}

static void count_event(void *context, const struct event *e)
{
	trace_summary_add(((struct trace *)context)->summary, e);
}

/* What a pattern named and the kernel refused is not traced: that must be known. */
static void tell_left_out(const struct trace *t, const struct stream *s)
{
	size_t nr = 0;

	for (size_t i = 0; i < t->tracepoints.nr; i++) {
		if (!stream_is_left_out(s, i))
			continue;
		fprintf(stderr, "observer: tracepoint %s takes no program and is left out\n",
			t->tracepoints.items[i].name);
		nr++;
	}
	if (nr > 1)
		fprintf(stderr, "observer: %zu tracepoints of %zu are left out\n", nr, t->tracepoints.nr);
}

static int started(void *context, struct stream *s, struct error *err)
{
	struct trace *t = context;

	tell_left_out(t, s);
	t->begin_ns = clock_now(CLOCK_MONOTONIC);
	return t->child.pid > 0 ? stream_run_child(s, &t->child, err) : 0;
}

static void stopped(void *context)
{
	((struct trace *)context)->end_ns = clock_now(CLOCK_MONOTONIC);
}

static bool ended(void *context)
{
	struct trace *t = context;

	if (!child_has_ended(&t->child))
		return false;
	/* It stays readable. */
	t->hooks.wake_fd = -1;
	return true;
}

/* While the program runs signals are for it alone. */
static bool signalled(void *context, int number)
{
	struct trace *t = context;

	(void)number;
	return !child_has_ended(&t->child);
}

static int make_wanted(struct trace *t, struct error *err)
{
	struct stream_settings *s = &t->settings->stream;

	t->wanted = calloc(t->tracepoints.nr + 1, sizeof(*t->wanted));
	t->schemas = calloc(t->tracepoints.nr + 1, sizeof(*t->schemas));
	if (!t->wanted || !t->schemas)
		return fail(err, -ENOMEM, "no memory for %zu tracepoints", t->tracepoints.nr);
	for (size_t i = 0; i < t->tracepoints.nr; i++) {
		const struct tracepoint_choice *choice = &t->tracepoints.items[i];

		t->wanted[i] = (struct capture_tracepoint){
			.name = choice->name,
			.id = choice->tracepoint->id,
			.facts = &choice->tracepoint->facts,
			.optional = choice->by_pattern,
		};
	}
	s->tracepoints = t->wanted;
	s->nr_tracepoints = t->tracepoints.nr;
	return 0;
}

static int open_child(struct trace *t, char *const *argv, struct error *err)
{
	struct child_user user;
	int code = child_find_user(t->settings->user, &user, err);

	if (!code)
		code = child_open(&t->child, argv, &user, err);
	t->hooks.ended = ended;
	t->hooks.signalled = signalled;
	t->hooks.wake_fd = t->child.pid_fd;
	return code;
}

static int open_trace(struct trace *t, const struct call *call, struct error *err)
{
	int code = tracepoints_find(&t->tracepoints, call->operands, call->nr_before_dashes, err);

	if (!code)
		code = tracepoints_read(&t->tracepoints, err);
	if (!code)
		code = make_wanted(t, err);
	if (!code && t->settings->summary) {
		t->summary = trace_summary_new(t->settings->by, err);
		t->hooks.take = count_event;
		code = t->summary ? 0 : -ENOMEM;
	}
	return code;
}

static void close_trace(struct trace *t)
{
	child_close(&t->child);
	trace_summary_free(t->summary);
	tracepoints_close(&t->tracepoints);
	free(t->wanted);
	free(t->schemas);
	free(t->columns);
}

static int print_summary(const struct trace *t, struct error *err)
{
	_cleanup_buffer_ struct buffer text = {0};

	trace_summary_print(t->summary, t->end_ns - t->begin_ns, t->settings->stream.full, &text);
	return print_buffer(&text, err);
}

/* For --fields help: the frame of all, and what each has of its own. */
static int print_fields(const struct trace *t, struct error *err)
{
	_cleanup_buffer_ struct buffer text = {0};
	struct schemas schemas;
	int code = schemas_open(NULL, &schemas, err);

	if (!code) {
		const struct schema *const frame[] = {schemas.all[SCHEMAS_TRACEPOINT], NULL};

		fields_print_list(frame, &text);
	}
	schemas_close(&schemas);
	for (size_t i = 0; i < t->tracepoints.nr; i++) {
		buffer_printf(&text, "\n%s: args.\n", t->tracepoints.items[i].name);
		tracepoint_describe(t->tracepoints.items[i].tracepoint, &text);
	}
	return code ? code : print_buffer(&text, err);
}

/* With a program: its exit status, but for a failure of observer's, which is described. */
static int run_with_program(struct trace *t, const struct call *call, struct error *err)
{
	char **argv = call->operands + call->nr_before_dashes;
	int code, status = 0;

	/* The operands were moved to the start of argv: what follows the last is no NULL yet. */
	call->operands[call->nr_operands] = NULL;
	code = open_child(t, argv, err);
	if (!code)
		code = stream_run(&t->settings->stream, &t->hooks, err);
	if (t->child.pid > 0 && t->child.go_fd < 0) {
		child_wait(&t->child);
		child_was_run(&t->child, argv[0]);
		status = child_status(&t->child);
	}
	return code == STATUS_OK ? status : code < 0 ? code : CHILD_OBSERVER_FAILED;
}

static int run_trace(struct trace *t, const struct call *call, struct error *err)
{
	int code = open_trace(t, call, err);

	if (code)
		return code;
	if (stream_asks_for_list(&t->settings->stream))
		return print_fields(t, err);
	if (call->nr_operands > call->nr_before_dashes)
		code = run_with_program(t, call, err);
	else
		code = stream_run(&t->settings->stream, &t->hooks, err);
	if (t->summary && code >= 0 && print_summary(t, err) < 0)
		return err->code;
	return code;
}

static int trace_run(const struct call *call, struct error *err)
{
	struct trace t = {
		.settings = call->settings,
		.child = {.pid = -1, .go_fd = -1, .failure_fd = -1, .pid_fd = -1},
		.hooks = {.schemas = make_schemas,
			  .schema_of = schema_of,
			  .started = started,
			  .stopped = stopped,
			  .wake_fd = -1},
		.tracepoints = {.tracefs = -1},
	};
	int code;

	if (t.settings->stream.log_list)
		return stream_print_list(&t.settings->stream, err);
	t.hooks.context = &t;
	code = run_trace(&t, call, err);
	close_trace(&t);
	return code;
}

static int check_summary(struct trace_settings *s, struct error *err)
{
	if (s->by_list && !s->summary) {
		fail(err, -EINVAL, "option '--by' is for --summary");
		return fail_hint(err, "add it: --summary --by %s", s->by_list);
	}
	if (!s->summary)
		return 0;
	if (s->stream.outputs.nr_items || s->stream.fields_list) {
		fail(err, -EINVAL, "with --summary no events are shown: it goes with neither --output nor --fields");
		return fail_hint(err, "choose what is counted: --summary --by comm,event");
	}
	return s->by_list ? stream_split_names("--by", s->by_list, &s->by, err) : 0;
}

static int trace_check(const struct call *call, struct error *err)
{
	struct trace_settings *s = call->settings;
	int r = 0;

	s->stream.events = s->stream.shown = CAPTURE_BIT(tracepoint);
	if (s->stream.log_list)
		return 0;
	if (!call->nr_before_dashes) {
		fail(err, -EINVAL, "'%s' lacks the tracepoints", call->words);
		return fail_hint(err, "usage: %s [OPTIONS] TRACEPOINT... [-- CMD [ARG...]]; 'observer list' names them",
				 call->words);
	}
	if (s->user && call->nr_operands == call->nr_before_dashes) {
		fail(err, -EINVAL, "option '--user' is about a program to run, and there is none");
		return fail_hint(err, "usage: %s [OPTIONS] TRACEPOINT... -- CMD [ARG...]", call->words);
	}
	s->stream.follow = call->nr_operands > call->nr_before_dashes;
	if (stream_asks_for_list(&s->stream))
		return 0;
	r = check_summary(s, err);
	if (r == 0 && !s->summary && !s->stream.outputs.nr_items)
		r = option_texts_add(&s->stream.outputs, "table", err);
	return r == 0 ? stream_settings_read(&s->stream, err) : r;
}

static void trace_done(void *settings)
{
	struct trace_settings *s = settings;

	free(s->by);
	exec_done(&s->stream);
}

#define GROUP_SUMMARY "Summary"
#define GROUP_PROGRAM "Program"

static const struct option_row rows[] = {
	STREAM_ROW_OUTPUT("table (the default), log or json; to a file PATH; can be given more than once",
			  "Write the events in this format, to the file PATH where it is given (made, or emptied), "
			  "else to standard "
			  "output. The option can be given more than once, each time for another file.\n\n"
			  "table, the default: TIME, CPU, PID and COMM of what ran, EVENT, and MESSAGE: the kernel's "
			  "own words. A terminal that is too narrow for all shows no CPU, unless --full is given.\n\n"
			  "log: a line for each event with UTC time.\n\n"
			  "json: an object a line; the tracepoint's own fields are in the object args, typed, and the "
			  "kernel's words in "
			  "message."),
	{
		.name = "fields",
		.argument = "LIST",
		INTO_TEXT(struct trace_settings, stream.fields_list),
		.group = GROUP_OUTPUT,
		.help = "show these fields: comm,args.sig; 'help' lists them",
		.doc = "Show these fields: names with commas between them. args.NAME is a field of the tracepoint's "
		       "own; a bare "
		       "name that only the tracepoint has means the same. Names that a tracepoint lacks are skipped "
		       "for it. With "
		       "help as LIST the fields of the TRACEPOINTs are printed, and nothing is observed.",
	},
	STREAM_ROW_FULL,
	STREAM_ROW_UTC,
	STREAM_ROW_COLOR,
	STREAM_ROW_WHERE,
	STREAM_ROW_PIDS,
	STREAM_ROW_COMMS,
	STREAM_ROW_EXPLAIN,
	{
		.name = "summary",
		INTO_FLAG(struct trace_settings, summary),
		.group = GROUP_SUMMARY,
		.help = "at the end counts and rates, instead of the events",
		.doc = "Show no events, but at the end how many there were of each type, and how many a second.",
	},
	{
		.name = "by",
		.argument = "LIST",
		INTO_TEXT(struct trace_settings, by_list),
		.group = GROUP_SUMMARY,
		.help = "and for each value of these fields: comm,args.sig",
		.doc = "With --summary also how many events there were with each combination of values of these fields "
		       "(names "
		       "with commas between them, as of --fields; event is the event's name): the 20 most frequent, "
		       "with --full "
		       "all.",
	},
	{
		.name = "self",
		INTO_FLAG(struct trace_settings, stream.show_self),
		.group = GROUP_CAPTURE,
		.help = "events of observer itself, too",
		.doc = "Show events of observer's own process, too. Without this option they are not seen at all, nor "
		       "counted: "
		       "else each event that is written would make the next. What others do because of observer, such "
		       "as waking "
		       "it, is seen.",
	},
	STREAM_ROW_RING,
	STREAM_ROWS_KLOG,
	{
		.name = "user",
		.argument = "NAME",
		INTO_TEXT(struct trace_settings, user),
		.group = GROUP_PROGRAM,
		.help = "run CMD as this user",
		.doc = "Run CMD as the user NAME, as observer run does.",
	},
	STREAM_ROW_COUNT,
	STREAM_ROW_DURATION,
	STREAM_ROW_STRICT,
	COMMON_OPTION_ROWS,
};

const struct command command_trace = {
	.name = "trace",
	.summary = "any tracepoints of the kernel, with all they hold",
	.doc = "Show each pass of the TRACEPOINTs of the kernel: CATEGORY:NAME, or patterns with * for any characters "
	       "and ? "
	       "for one, as observer list names them; any number of them. An event has the time, the processor, and "
	       "process, "
	       "user and cgroup of the task that ran there, and all fields of the tracepoint's own. For an interrupt "
	       "the task "
	       "is the one that it interrupted.\n\n"
	       "With CMD only what CMD and its descendants do is shown; observer ends with CMD, and with its exit "
	       "status as "
	       "observer run has it: 128 and the number of the signal that ended it, 127 where it was not found, 126 "
	       "where it "
	       "could not be executed, 125 where observer itself failed. CMD and observer write to the same standard "
	       "output: "
	       "-o FORMAT:PATH keeps them apart.",
	.operands = "TRACEPOINT... [-- CMD [ARG...]]",
	.operands_max = INT_MAX,
	.failed_status = CHILD_OBSERVER_FAILED,
	.program_after_dashes = true,
	.rows = rows,
	.nr_rows = sizeof(rows) / sizeof(rows[0]),
	.settings_bytes = sizeof(struct trace_settings),
	.check = trace_check,
	.run = trace_run,
	.done = trace_done,
};
