/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The engine of exec, life and run: what is opened in which order, the loop, and the end with its sum. What an event
 * holds, how it is captured and how it is written is told elsewhere.
 */
#include "commands/stream.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/harden.h"
#include "base/notify.h"
#include "commands/child.h"
#include "commands/reopen.h"
#include "commands/schemas.h"
#include "commands/stop.h"
#include "commands/summary.h"
#include "commands/terminal.h"
#include "commands/where.h"
#include "events/exec.h"
#include "filter/filter.h"
#include "outputs/outputs.h"
#include "schema/scratch.h"

/* While events flow the reader naps instead of asking to be woken: a wakeup costs the exec'ing task more than all the
 * rest. */
#define NAP_NS 1000000L
/* In a flood a longer one halves what the naps themselves cost. */
#define LONG_NAP_NS  2000000L
#define FLOOD_EVENTS 16

/* What became of the events of one type, or the log lines of one level, as far as user space decides. */
struct tally {
	uint64_t printed;  /* by the first output */
	uint64_t used;	   /* seen by the command, which shows something made of them */
	uint64_t filtered; /* dropped by the command */
	uint64_t unread;   /* after --count, or when no output was left */
};

struct stream {
	const struct stream_settings *settings;
	const struct stream_hooks *hooks;
	struct capture *capture;
	struct capture_receiver receiver;
	struct clock clock;
	struct schemas schemas;
	const struct schema **shown; /* what the outputs were opened with, NULL-terminated */
	size_t nr_builtin;	     /* of these, those that are no command's own */
	struct where_plan plan;	     /* of the filter */
	struct output **outputs;
	size_t nr_outputs;
	struct scratch scratch;
	struct tally tallies[CAPTURE_SERIES_MAX];
	struct buffer
		pending; /* series (a byte each) of the events given to the first output and not known to be written */
	uint64_t base_written; /* events that the first output had written before those */
	uint64_t given;	       /* events given to the outputs */
	uint64_t end_ns;       /* CLOCK_MONOTONIC; 0: none */
	int notify_fd;
	int opener_fd;	/* of --append; -1: none */
	bool to_stdout; /* one of the outputs writes there */
	bool finished;	/* nothing is to be printed any more */
};

/* --- what a run consists of, in the order in which it is opened --- */

/* The builtin event types, or of them what goes with tracepoints, and the command's own. */
static int choose_schemas(struct stream *s, struct error *err)
{
	static const struct schema *const none[] = {NULL};
	bool tracepoints = s->settings->events & CAPTURE_BIT(tracepoint);
	const struct schema *const *own = none;
	size_t nr_own = 0;

	if (s->hooks->schemas)
		own = s->hooks->schemas(s->hooks->context, &s->schemas, err);
	if (!own)
		return err->code;
	while (own[nr_own])
		nr_own++;
	s->shown = calloc(SCHEMAS_TRACEPOINT + nr_own + 1, sizeof(*s->shown));
	if (!s->shown)
		return fail(err, -ENOMEM, "no memory for the event types");
	for (int i = 0; i < SCHEMAS_TRACEPOINT; i++)
		if (!tracepoints || i == SCHEMAS_LOST || i == SCHEMAS_LOG)
			s->shown[s->nr_builtin++] = s->schemas.all[i];
	memcpy(s->shown + s->nr_builtin, own, nr_own * sizeof(*own));
	return 0;
}

static int open_schemas(struct stream *s, struct error *err)
{
	const struct process_settings settings = {
		.clock = &s->clock,
		.environ_choice = s->settings->env_choice,
		.max_processes = s->settings->max_processes,
		.kept_rows = s->settings->kept,
		.nr_ancestors = s->settings->ancestors,
	};
	int code = schemas_open(&settings, &s->schemas, err);

	return code ? code : choose_schemas(s, err);
}

static int open_filter(struct stream *s, struct error *err)
{
	const struct where_scene scene = {
		.settings = s->settings,
		.schemas = &s->schemas,
		.own = s->shown + s->nr_builtin,
		.all_needed = s->hooks->before || s->hooks->compose,
	};

	return s->settings->filter ? where_open(&scene, &s->plan, err) : 0;
}

/* Two writers would tear each other's lines. */
static int fail_shared(const char *first, const char *second, struct error *err)
{
	fail(err, -EINVAL, "outputs '%s' and '%s' write to the same file", first, second);
	return fail_hint(err, "give each its own file: -o FORMAT:PATH");
}

static int open_outputs(struct stream *s, struct error *err)
{
	const struct option_texts *specs = &s->settings->outputs;
	const struct output_settings settings = {
		.fields = (const char *const *)s->settings->fields,
		.utc = s->settings->utc,
		.append = s->settings->append,
		.cut_half_line = s->settings->pin,
		.full = s->settings->full,
		.color = terminal_wants_color(s->settings->color),
		.width = isatty(STDOUT_FILENO) ? terminal_columns() : 0,
		.terminal_width = terminal_columns,
		.give_up = stop_is_urgent,
	};

	tzset();
	s->outputs = calloc(specs->nr_items + 1, sizeof(*s->outputs));
	if (!s->outputs)
		return fail(err, -ENOMEM, "no memory for the outputs");
	for (size_t i = 0; i < specs->nr_items; i++) {
		int code = output_open(specs->items[i], &settings, s->shown, &s->outputs[i], err);

		if (code)
			return code;
		s->nr_outputs++;
		s->to_stdout |= !strchr(specs->items[i], ':');
		for (size_t k = 0; k < i; k++)
			if (output_shares_file(s->outputs[i], s->outputs[k]))
				return fail_shared(specs->items[k], specs->items[i], err);
	}
	return 0;
}

static int begin_outputs(struct stream *s, struct error *err)
{
	int code = 0;

	for (size_t i = 0; !code && i < s->nr_outputs; i++)
		code = output_begin(s->outputs[i], err);
	return code;
}

/* Rows of the exec record that any output shows, of whatever event type made of it. */
static uint64_t wanted_rows(const struct stream *s)
{
	uint64_t rows = s->settings->wanted | (s->settings->max_processes ? PROCESS_TABLE_NEEDS : 0);

	/* Tracepoints are collected whole. */
	if (s->settings->events & CAPTURE_BIT(tracepoint))
		return 0;
	if (s->settings->filter)
		rows |= filter_needed_rows(s->settings->filter, s->schemas.all[SCHEMAS_EXEC]) |
			filter_needed_rows(s->settings->filter, s->schemas.all[SCHEMAS_SNAPSHOT]) |
			filter_needed_rows(s->settings->filter, s->schemas.all[SCHEMAS_LIFE]);
	for (size_t i = 0; i < s->nr_outputs; i++) {
		rows |= output_needed_rows(s->outputs[i], s->schemas.all[SCHEMAS_EXEC]);
		for (size_t k = s->nr_builtin; s->shown[k]; k++)
			rows |= output_needed_rows(s->outputs[i], s->shown[k]);
	}
	return s->settings->env ? rows | ROW_BIT(EXEC_env) : rows;
}

static int open_capture(struct stream *s, struct error *err)
{
	struct capture_settings settings = {
		.hook = s->settings->hook,
		.fail_hook = s->settings->fail_hook,
		.btf = s->settings->btf,
		.variant = getenv("OBSERVER_VARIANT"),
		.events = s->settings->events,
		.ring_bytes = s->settings->ring_bytes,
		.wanted = wanted_rows(s),
		.max_argv_bytes = s->settings->max_argv_bytes,
		.max_env_bytes = UINT32_MAX,
		.threads = s->settings->threads,
		.follow = s->settings->follow,
		.pin = s->settings->pin,
		.log = {s->settings->log_level, s->settings->log_sites, s->settings->log_texts.nr_items},
		.tracepoints = s->plan.tracepoints ? s->plan.tracepoints : s->settings->tracepoints,
		.nr_tracepoints = s->settings->nr_tracepoints,
		.without_self = !s->settings->show_self,
		.filter_rows = s->plan.exec_rows,
	};
	int code;

	for (int type = 0; type < RECORD_EVENT_MAX; type++)
		if (s->plan.pushed & (1U << type))
			settings.filters[type] = &s->plan.tables[type];
	code = capture_open(&settings, &s->capture, err);
	if (!code)
		log_lines_set_table(s->schemas.log_lines, capture_log_table(s->capture));
	return code;
}

/* --- the way of an event --- */

static bool outputs_are_gone(const struct stream *s)
{
	for (size_t i = 0; i < s->nr_outputs; i++) {
		if (!output_failure(s->outputs[i]))
			return false;
	}
	return s->nr_outputs > 0;
}

/* An output that has ended writes nothing later: what it wrote of the pending events is their beginning. */
static void settle_pending(struct stream *s, uint64_t written)
{
	uint64_t nr_written = written - s->base_written;

	for (size_t i = 0; i < s->pending.length; i++) {
		struct tally *tally = &s->tallies[(unsigned char)s->pending.data[i]];

		if (i < nr_written)
			tally->printed++;
		else
			tally->unread++;
	}
	s->base_written = written;
	s->pending.length = 0;
}

static void flush(struct stream *s)
{
	struct output_counts counts;

	for (size_t i = 0; i < s->nr_outputs; i++)
		output_flush(s->outputs[i]);
	if (outputs_are_gone(s))
		s->finished = true;
	if (!s->nr_outputs)
		return;
	output_count(s->outputs[0], &counts);
	settle_pending(s, counts.written);
	/* What no output took a successor still needs. */
	if (!s->finished)
		capture_commit(s->capture);
}

static void write_out(void *context)
{
	flush(context);
}

void stream_show(struct stream *s, const struct event *e)
{
	struct event own = *e;

	own.scratch = &s->scratch;
	scratch_reset(&s->scratch);
	for (size_t i = 0; i < s->nr_outputs; i++)
		output_write(s->outputs[i], &own);
}

static const struct schema *schema_of(const struct stream *s, const struct record *record, size_t bytes)
{
	static const enum schemas_index indexes[RECORD_EVENT_MAX] = {
		[RECORD_exec] = SCHEMAS_EXEC,	      [RECORD_exec_fail] = SCHEMAS_EXEC_FAIL,
		[RECORD_exit] = SCHEMAS_EXIT,	      [RECORD_fork] = SCHEMAS_FORK,
		[RECORD_snapshot] = SCHEMAS_SNAPSHOT, [RECORD_tracepoint] = SCHEMAS_TRACEPOINT,
	};

	if (s->hooks->schema_of && record->type < RECORD_EVENT_MAX)
		return s->hooks->schema_of(s->hooks->context, record, bytes);
	if (record->type >= RECORD_EVENT_MAX)
		return s->schemas.all[record->type == RECORD_LOST ? SCHEMAS_LOST : SCHEMAS_LOG];
	return s->schemas.all[indexes[record->type]];
}

/* Gives an event that the kernel sent to the command. */
static void use_event(struct stream *s, const struct record *record, struct event *e)
{
	e->scratch = &s->scratch;
	scratch_reset(&s->scratch);
	s->hooks->take(s->hooks->context, e);
	s->tallies[record->type].used++;
	s->given++;
	if (s->given == s->settings->count)
		s->finished = true;
}

/* Makes of a record what is shown; false where the filter drops that. */
static bool compose_event(struct stream *s, struct event *e)
{
	if (s->hooks->compose)
		s->hooks->compose(s->hooks->context, e);
	if (!s->settings->filter)
		return true;
	e->scratch = &s->scratch;
	scratch_reset(&s->scratch);
	return filter_keeps(s->settings->filter, e);
}

/* Gives an event that the kernel sent to the outputs. */
static void print_event(struct stream *s, const struct record *record, struct event *e)
{
	stream_show(s, e);
	buffer_append_char(&s->pending, record->type);
	s->given++;
	if (s->given == s->settings->count || outputs_are_gone(s))
		s->finished = true;
}

/* A line that the kernel side logged; it is no event of the machine, so no hook sees it and --count does not count it.
 */
static bool take_log_line(struct stream *s, const struct record *record, size_t bytes)
{
	const struct event e = {.schema = schema_of(s, record, bytes), .parts[PART_RECORD] = {record, bytes}};
	unsigned int series = capture_series(record, bytes);

	if (s->finished || !s->nr_outputs) {
		s->tallies[series].unread++;
	} else {
		stream_show(s, &e);
		buffer_append_char(&s->pending, series);
	}
	return !s->finished;
}

/* Takes one record on its way; false stops the reading. */
static bool take_record(void *context, const struct record *record, size_t bytes)
{
	struct stream *s = context;
	bool control = record->type == RECORD_LOST, keep = true,
	     shown = s->settings->shown & (1U << (record->type & 31));
	struct event e = {.schema = schema_of(s, record, bytes), .parts[PART_RECORD] = {record, bytes}};
	struct tally *tally;

	if (record->type == RECORD_LOG)
		return take_log_line(s, record, bytes);
	tally = control ? NULL : &s->tallies[record->type];
	process_feed(s->schemas.process, record, bytes);
	if (s->hooks->before)
		keep = s->hooks->before(s->hooks->context, s, record, bytes);
	if (control) {
		stream_show(s, &e);
		return true;
	}
	if (!shown)
		tally->used++;
	else if (!keep || !compose_event(s, &e))
		tally->filtered++;
	else if (s->finished || !(s->nr_outputs || s->hooks->take))
		tally->unread++;
	else if (s->hooks->take)
		use_event(s, record, &e);
	else
		print_event(s, record, &e);
	return !s->finished;
}

/* --- the start --- */

/* From here on nothing is missed, and the rights that brought us here are gone. */
static int start(struct stream *s, struct error *err)
{
	const struct harden_settings all = {.layers = HARDEN_ALL, .child = s->hooks->signalled};
	struct error weak = {};
	int code = begin_outputs(s, err);

	if (!code)
		code = capture_attach(s->capture, err);
	if (!code && (s->settings->events & CAPTURE_BIT(snapshot))) {
		code = capture_snapshot(s->capture, &s->receiver, err);
		/* Who waits until observer is ready finds the whole snapshot. */
		flush(s);
	}
	if (!code && s->hooks->started)
		code = s->hooks->started(s->hooks->context, s, err);
	if (code)
		return code;
	/* In a flood the reader must not wait its turn behind those it reads from. Without the right to, it does. */
	setpriority(PRIO_PROCESS, 0, -20);
	if (harden(&all, &weak) != HARDEN_ALL && !s->settings->common.quiet)
		error_print(&weak);
	if (s->settings->common.verbose)
		fprintf(stderr, "observer: attached by %s\n", capture_describe(s->capture));
	if (*capture_describe_pin(s->capture))
		fprintf(stderr, "observer: %s\n", capture_describe_pin(s->capture));
	if (!s->settings->common.quiet && !s->settings->silent)
		fputs("observer: ready\n", stderr);
	notify_send(s->notify_fd, "READY=1");
	if (s->settings->duration_ns)
		s->end_ns = clock_now(CLOCK_MONOTONIC) + s->settings->duration_ns;
	return 0;
}

/* --- the loop --- */

/* Milliseconds until the end that --duration set, rounded up; -1: for ever. */
static int time_left_ms(const struct stream *s)
{
	uint64_t now;

	if (!s->end_ns)
		return -1;
	now = clock_now(CLOCK_MONOTONIC);
	return now >= s->end_ns ? 0 : (s->end_ns - now + 999999) / 1000000;
}

/* Sleeps until something is to be done. The standard output is watched too: its reader may go while nothing happens. */
static void wait_for_events(struct stream *s)
{
	struct pollfd waits[] = {
		{.fd = s->clock.fd, .events = POLLIN},
		{.fd = s->to_stdout ? STDOUT_FILENO : -1},
		{.fd = stop_fd(), .events = POLLIN},
		{.fd = s->hooks->ended ? s->hooks->wake_fd : -1, .events = POLLIN},
		{.fd = capture_fd(s->capture), .events = POLLIN},
	};
	int timeout_ms = time_left_ms(s);

	if (s->hooks->ended && (timeout_ms < 0 || timeout_ms > STREAM_TICK_MS))
		timeout_ms = STREAM_TICK_MS;
	poll(waits, sizeof(waits) / sizeof(waits[0]), timeout_ms);
	if (waits[0].revents)
		clock_check(&s->clock);
	if (waits[1].revents & (POLLERR | POLLHUP))
		s->finished = true;
}

/* True where a signal asks for an end that the command does not deal with itself. */
static bool is_stopped(struct stream *s)
{
	int number;

	if (!s->hooks->signalled)
		return stop_is_wanted();
	while ((number = stop_take()))
		if (!s->hooks->signalled(s->hooks->context, number))
			return true;
	return false;
}

static bool goes_on(struct stream *s)
{
	return !s->finished && !is_stopped(s) && time_left_ms(s) != 0 &&
	       !(s->hooks->ended && s->hooks->ended(s->hooks->context));
}

static void nap(struct stream *s, size_t nr_read)
{
	const struct timespec time = {.tv_nsec = nr_read > FLOOD_EVENTS ? LONG_NAP_NS : NAP_NS};

	nanosleep(&time, NULL);
	clock_check(&s->clock);
}

/*
 * Reads, writes, and sleeps. After a batch of several events, or a second wakeup within a nap's time, it naps and looks
 * again; else it asks to be woken, so that a lone event shows at once.
 */
static void loop(struct stream *s)
{
	uint64_t woken_ns = 0, now;
	bool flowing = false;

	while (goes_on(s)) {
		size_t nr_read = capture_read(s->capture, &s->receiver);

		flush(s);
		reopen_if_asked(s->opener_fd, s->outputs, s->nr_outputs);
		if (nr_read == CAPTURE_READ_MAX)
			continue;
		if (nr_read > 1 || (nr_read && flowing)) {
			flowing = false;
			nap(s, nr_read);
			continue;
		}
		if (!capture_idle(s->capture, &s->receiver)) {
			/* A record is there, but perhaps not complete: its writer may have been preempted. */
			if (!nr_read)
				nap(s, nr_read);
			continue;
		}
		flush(s);
		if (goes_on(s))
			wait_for_events(s);
		capture_busy(s->capture);
		now = clock_now(CLOCK_MONOTONIC);
		flowing = now - woken_ns < NAP_NS;
		woken_ns = now;
	}
}

/* --- the end --- */

/* Writes out and closes all outputs; the first is the one whose count is in the sum. Returns 0 or what went wrong with
 * one. */
static int close_outputs(struct stream *s, struct error *err)
{
	int code = 0;

	for (size_t i = 0; i < s->nr_outputs; i++) {
		struct error reason = {};
		struct output_counts counts = {};
		_cleanup_free_ char *target = strdup(output_target(s->outputs[i]));
		int result = output_close(s->outputs[i], &counts, &reason);

		if (i == 0)
			settle_pending(s, counts.written);
		else if (counts.unwritten)
			summary_print_unwritten(target ? target : "an output", counts.unwritten);
		/* A reader that went away is no error, nor an end that was asked for twice. */
		if (!result || result == -EPIPE || result == -EINTR)
			continue;
		if (code)
			error_print(err);
		code = result;
		*err = reason;
	}
	s->nr_outputs = 0;
	return code;
}

/* The same of log lines, by level; levels of which nothing came are passed over. */
static void print_log_sums(struct stream *s, bool complete)
{
	for (int level = KLOG_ERROR; level < KLOG_LEVEL_MAX; level++) {
		const struct tally *tally = &s->tallies[RECORD_EVENT_MAX + level];
		char name[16];
		struct summary sum = {
			.of = name,
			.shown = true,
			.printed = tally->printed,
			.unread = tally->unread,
			.complete = complete,
		};

		snprintf(name, sizeof(name), "log %s", klog_level_name(level));
		capture_count(s->capture, RECORD_EVENT_MAX + level, &sum.totals);
		if (sum.totals.seen)
			summary_print(&sum);
	}
}

/* Says what became of the events of each type; returns whether any was lost, or cannot be accounted for. */
static bool print_sums(struct stream *s, bool complete)
{
	static const char *const names[RECORD_EVENT_MAX] = {
		[RECORD_NONE] = "unknown",
#define EVENT(name, doc) [RECORD_##name] = #name,
#include "events/types.h"
#undef EVENT
	};
	bool lost = false;

	for (int type = RECORD_NONE; type < RECORD_EVENT_MAX; type++) {
		const struct tally *tally = &s->tallies[type];
		struct summary sum = {
			.of = names[type],
			.shown = s->settings->shown & (1U << type) && !s->hooks->take,
			.printed = tally->printed,
			.used = tally->used,
			.filtered = tally->filtered,
			.unread = tally->unread,
			.complete = complete,
		};

		capture_count(s->capture, type, &sum.totals);
		/* Of other types, or of none that is known, losses at most: what was pinned before. */
		if (!(s->settings->events & (1U << type)) && !summary_lost(&sum))
			continue;
		lost |= summary_lost(&sum) > 0 || !summary_adds_up(&sum);
		if (!s->settings->silent || summary_lost(&sum) || !summary_adds_up(&sum))
			summary_print(&sum);
	}
	print_log_sums(s, complete);
	summary_print_advice(capture_advise_ring(s->capture));
	return lost;
}

/* Reads what is left, and says what became of every event. */
static int finish(struct stream *s, struct error *err)
{
	bool complete, lost;
	int code;

	stop_begin_patience();
	if (s->hooks->stopped)
		s->hooks->stopped(s->hooks->context);
	/* What a pinned kernel side holds after --count is for the next reader. */
	complete = (s->settings->pin && s->finished) || capture_end(s->capture, &s->receiver);
	flush(s);
	/* What an output had to give up is for a successor. */
	if (!outputs_are_gone(s))
		capture_commit(s->capture);
	code = close_outputs(s, err);
	lost = print_sums(s, complete);
	if (code)
		return code;
	return s->settings->strict && lost ? STATUS_LOSS : STATUS_OK;
}

static void stream_close(struct stream *s)
{
	for (size_t i = 0; i < s->nr_outputs; i++)
		output_discard(s->outputs[i]);
	free(s->outputs);
	free(s->shown);
	capture_close(s->capture);
	where_close(&s->plan);
	schemas_close(&s->schemas);
	clock_close(&s->clock);
	scratch_done(&s->scratch);
	buffer_done(&s->pending);
	cleanup_close(&s->notify_fd);
	cleanup_close(&s->opener_fd);
	stop_close();
}

bool stream_is_left_out(const struct stream *s, uint32_t number)
{
	return capture_is_left_out(s->capture, number);
}

int stream_run_child(struct stream *s, struct child *child, struct error *err)
{
	int code = capture_follow(s->capture, child->pid, &child->events_pid, err);

	if (!code)
		code = child_pass_signals(child, err);
	return code ? code : child_release(child, err);
}

static int observe(struct stream *s, struct error *err)
{
	int code = open_outputs(s, err);

	/* Who opens files anew must neither inherit what comes later nor be hardened as we are. */
	if (!code && s->settings->append)
		code = reopen_open(s->outputs, s->nr_outputs, &s->opener_fd, err);
	if (!code)
		code = open_capture(s, err);
	s->notify_fd = notify_open();
	if (!code)
		code = start(s, err);
	if (code)
		return code;
	loop(s);
	return finish(s, err);
}

int stream_run(const struct stream_settings *settings, const struct stream_hooks *hooks, struct error *err)
{
	static const struct stream_hooks nothing = {.wake_fd = -1};
	struct stream s = {
		.settings = settings,
		.hooks = hooks ? hooks : &nothing,
		.notify_fd = -1,
		.opener_fd = -1,
		.clock.fd = -1,
		.receiver = {take_record, &s, settings->pin ? write_out : NULL},
	};
	int code = stop_open(err);

	if (!code)
		code = clock_open(&s.clock, err);
	if (!code)
		code = open_schemas(&s, err);
	if (!code)
		code = open_filter(&s, err);
	if (!code && !settings->explain)
		code = observe(&s, err);
	stream_close(&s);
	return code;
}
