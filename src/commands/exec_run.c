/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The run of `observer exec`: what is opened in which order, the loop, and the end with its sum. What an event holds, how it is
 * captured and how it is written is told elsewhere.
 */
#include "commands/exec.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/harden.h"
#include "base/notify.h"
#include "commands/schemas.h"
#include "commands/stop.h"
#include "commands/summary.h"
#include "events/exec.h"
#include "outputs/outputs.h"
#include "schema/scratch.h"

/* While events flow the reader naps instead of asking to be woken: a wakeup costs the exec'ing task more than all the rest. */
#define NAP_NS 1000000L

struct run {
	const struct exec_settings *settings;
	struct capture *capture;
	struct capture_receiver receiver;
	struct clock clock;
	struct schemas schemas;
	struct output **outputs;
	size_t nr_outputs;
	struct scratch scratch;
	uint64_t given;	  /* events given to the outputs */
	uint64_t skipped; /* events read and given to nobody: after --count, or when no output was left */
	uint64_t end_ns;  /* CLOCK_MONOTONIC; 0: none */
	int notify_fd;
	bool to_stdout;	  /* one of the outputs writes there */
	bool finished; /* nothing is to be printed any more */
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static int terminal_width(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) ? 0 : size.ws_col;
}

/* --- what a run consists of, in the order in which it is opened --- */

static int open_schemas(struct run *r, struct error *err)
{
	const struct process_settings settings = {.clock = &r->clock, .environ_choice = r->settings->env_choice};

	return schemas_open(&settings, &r->schemas, err);
}

static int open_outputs(struct run *r, struct error *err)
{
	const struct exec_settings *s = r->settings;
	const struct output_settings settings = {
		.fields = s->fields,
		.utc = s->utc,
		.full = s->full,
		.color = exec_wants_color(s),
		.width = isatty(STDOUT_FILENO) ? terminal_width() : 0,
		.terminal_width = terminal_width,
		.give_up = stop_is_urgent,
	};

	tzset();
	r->outputs = calloc(s->outputs.nr_items, sizeof(*r->outputs));
	if (!r->outputs)
		return fail(err, -ENOMEM, "no memory for the outputs");
	for (size_t i = 0; i < s->outputs.nr_items; i++) {
		int code = output_open(s->outputs.items[i], &settings, r->schemas.all, &r->outputs[i], err);

		if (code)
			return code;
		r->nr_outputs++;
		r->to_stdout |= !strchr(s->outputs.items[i], ':');
	}
	return 0;
}

static int open_capture(struct run *r, struct error *err)
{
	const struct exec_settings *s = r->settings;
	struct capture_settings settings = {
		.hook = s->hook,
		.ring_bytes = s->ring_bytes,
		.max_argv_bytes = s->max_argv_bytes,
		.max_env_bytes = UINT32_MAX,
	};

	for (size_t i = 0; i < r->nr_outputs; i++)
		settings.wanted |= output_needed_rows(r->outputs[i], r->schemas.all[SCHEMAS_EXEC]);
	if (s->env)
		settings.wanted |= ROW_BIT(EXEC_env);
	return capture_open(&settings, &r->capture, err);
}

/* From here on nothing is missed, and the rights that brought us here are gone. */
static int start(struct run *r, struct error *err)
{
	const struct harden_settings all = {.layers = HARDEN_ALL};
	struct error weak = {};
	int code = capture_attach(r->capture, err);

	if (code)
		return code;
	if (harden(&all, &weak) != HARDEN_ALL && !r->settings->common.quiet)
		error_print(&weak);
	if (r->settings->common.verbose)
		fprintf(stderr, "observer: attached by %s\n", capture_describe(r->capture));
	if (!r->settings->common.quiet)
		fputs("observer: ready\n", stderr);
	notify_send(r->notify_fd, "READY=1");
	if (r->settings->duration_ns)
		r->end_ns = now_ns() + r->settings->duration_ns;
	return 0;
}

/* --- the way of an event --- */

static bool outputs_are_gone(const struct run *r)
{
	for (size_t i = 0; i < r->nr_outputs; i++) {
		if (!output_failure(r->outputs[i]))
			return false;
	}
	return true;
}

/* Gives one record to all outputs. */
static bool handle_record(void *context, const struct record *record, size_t bytes)
{
	struct run *r = context;
	bool control = record->type != RECORD_exec;
	struct event e = {
		.schema = r->schemas.all[control ? SCHEMAS_LOST : SCHEMAS_EXEC],
		.parts[PART_RECORD] = {record, bytes},
		.scratch = &r->scratch,
	};

	if (!control && r->finished) {
		r->skipped++;
		return true;
	}
	scratch_reset(&r->scratch);
	for (size_t i = 0; i < r->nr_outputs; i++)
		output_write(r->outputs[i], &e);
	if (control)
		return true;
	r->given++;
	if (r->given == r->settings->count || outputs_are_gone(r))
		r->finished = true;
	return !r->finished;
}

static void flush(struct run *r)
{
	for (size_t i = 0; i < r->nr_outputs; i++)
		output_flush(r->outputs[i]);
	if (outputs_are_gone(r))
		r->finished = true;
}

/* --- the loop --- */

/* Milliseconds until the end that --duration set, rounded up; -1: for ever. */
static int time_left_ms(const struct run *r)
{
	uint64_t now;

	if (!r->end_ns)
		return -1;
	now = now_ns();
	return now >= r->end_ns ? 0 : (r->end_ns - now + 999999) / 1000000;
}

/* Sleeps until something is to be done. The standard output is watched too: its reader may go while nothing happens. */
static void wait_for_events(struct run *r)
{
	struct pollfd waits[] = {
		{.fd = capture_fd(r->capture), .events = POLLIN},
		{.fd = stop_fd(), .events = POLLIN},
		{.fd = r->clock.fd, .events = POLLIN},
		{.fd = r->to_stdout ? STDOUT_FILENO : -1},
	};

	poll(waits, sizeof(waits) / sizeof(waits[0]), time_left_ms(r));
	if (waits[2].revents)
		clock_check(&r->clock);
	if (waits[3].revents & (POLLERR | POLLHUP))
		r->finished = true;
}

static bool goes_on(const struct run *r)
{
	return !r->finished && !stop_is_wanted() && time_left_ms(r) != 0;
}

static void nap(void)
{
	const struct timespec time = {.tv_nsec = NAP_NS};

	nanosleep(&time, NULL);
}

/*
 * Reads, writes, and sleeps. After a batch of several events, or a second wakeup within a nap's time, it naps and looks again;
 * else it asks to be woken, so that a lone event shows at once.
 */
static void loop(struct run *r)
{
	uint64_t woken_ns = 0, now;
	bool flowing = false;

	while (goes_on(r)) {
		size_t nr_read = capture_read(r->capture, &r->receiver);

		flush(r);
		if (nr_read > 1 || (nr_read && flowing)) {
			flowing = false;
			nap();
			clock_check(&r->clock);
			continue;
		}
		if (!goes_on(r) || !capture_idle(r->capture, &r->receiver))
			continue;
		flush(r);
		wait_for_events(r);
		capture_busy(r->capture);
		now = now_ns();
		flowing = now - woken_ns < NAP_NS;
		woken_ns = now;
	}
}

/* --- the end --- */

/* Writes out and closes all outputs; the first is the one whose count is in the sum. Returns 0 or what went wrong with one. */
static int close_outputs(struct run *r, struct output_counts *ret_first, struct error *err)
{
	int code = 0;

	for (size_t i = 0; i < r->nr_outputs; i++) {
		struct error reason = {};
		struct output_counts counts = {};
		_cleanup_free_ char *target = strdup(output_target(r->outputs[i]));
		int result = output_close(r->outputs[i], &counts, &reason);

		if (i == 0)
			*ret_first = counts;
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
	r->nr_outputs = 0;
	return code;
}

/* Reads what is left, and says what became of every event. */
static int finish(struct run *r, struct error *err)
{
	struct summary sum = {.of = "exec"};
	struct output_counts first = {};
	int code;

	capture_detach(r->capture);
	sum.complete = capture_drain(r->capture, &r->receiver);
	code = close_outputs(r, &first, err);
	capture_count(r->capture, &sum.totals);
	sum.printed = first.written;
	sum.unread = first.unwritten + r->skipped;
	summary_print(&sum);
	if (code)
		return code;
	return r->settings->strict && summary_lost(&sum) ? STATUS_LOSS : STATUS_OK;
}

static void run_close(struct run *r)
{
	for (size_t i = 0; i < r->nr_outputs; i++)
		output_close(r->outputs[i], NULL, NULL);
	free(r->outputs);
	capture_close(r->capture);
	schemas_close(&r->schemas);
	clock_close(&r->clock);
	scratch_done(&r->scratch);
	cleanup_close(&r->notify_fd);
	stop_close();
}

int exec_run(const struct exec_settings *s, struct error *err)
{
	struct run r = {
		.settings = s,
		.notify_fd = -1,
		.clock.fd = -1,
		.receiver = {handle_record, &r},
	};
	int code = stop_open(err);

	if (!code)
		code = clock_open(&r.clock, err);
	if (!code)
		code = open_schemas(&r, err);
	if (!code)
		code = open_outputs(&r, err);
	if (!code)
		code = open_capture(&r, err);
	r.notify_fd = notify_open();
	if (!code)
		code = start(&r, err);
	if (!code) {
		loop(&r);
		code = finish(&r, err);
	}
	run_close(&r);
	return code;
}
