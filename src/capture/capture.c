/* SPDX-License-Identifier: GPL-2.0-only */
/* Life of a capture: open, attach, read, detach, close. How programs are loaded is told in program.c, how losses are counted in account.c. */
#include "capture/capture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "base/cleanup.h"
#include "capture/account.h"
#include "capture/assemble.h"
#include "capture/program.h"
#include "capture/refusal.h"
#include "capture/ring.h"

/* A run that had begun when the program was detached ends within microseconds; a machine that is overcommitted may need longer. */
#define DRAIN_PATIENCE_MS 1000

struct capture {
	struct settings settings;
	const struct variant *variant;
	struct program program;
	int link_fd;
	struct ring ring;
	struct assemble assemble;
	struct account account;
	struct counters *counters; /* mmapped */
	size_t counters_bytes;
	struct counters *looked; /* one moment of them */
	volatile struct reader_state *reader; /* mmapped */
	uint32_t nr_cpus;
	uint64_t nr_read, nr_cut, read_bytes;
	uint64_t burst_start, burst_most; /* ring_full losses: as the ring was last empty; most since then */
	char description[32];
};

static int capture_load(struct capture *c, enum capture_hook hook, struct error *err)
{
	struct buffer reasons = {};
	int code = -ENOENT;

	for (size_t i = 0; i < nr_variants; i++) {
		const struct variant *v = &variants[i];
		struct error reason = {};

		if (hook != HOOK_AUTO && v->hook != hook)
			continue;
		code = program_load(v, &c->settings, c->nr_cpus, &c->program, &reason);
		if (!code) {
			c->variant = v;
			buffer_done(&reasons);
			return 0;
		}
		buffer_printf(&reasons, "%s%s (%s): %s", reasons.length ? "; " : "", capture_hook_name(v->hook), v->name, reason.text);
		if (code == -EPERM || code == -ENOMEM)
			break; /* no other variant will fare better */
	}
	fail(err, code, "cannot load the kernel program trace_sched_process_exec: %.*s", (int)reasons.length, reasons.data);
	buffer_done(&reasons);
	return refusal_explain(code, &c->settings, err);
}

static void *map_array(int fd, size_t bytes, struct error *err)
{
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (at != MAP_FAILED)
		return at;
	fail(err, -errno, "cannot map %zu bytes of a BPF array: %m", bytes);
	return NULL;
}

static int capture_map(struct capture *c, struct error *err)
{
	int code;

	c->counters_bytes = c->nr_cpus * sizeof(*c->counters);
	c->counters = map_array(c->program.counters_fd, c->counters_bytes, err);
	if (!c->counters)
		return err->code;
	c->reader = map_array(c->program.reader_fd, sizeof(*c->reader), err);
	if (!c->reader)
		return err->code;
	c->looked = calloc(c->nr_cpus, sizeof(*c->looked));
	if (!c->looked)
		return fail(err, -ENOMEM, "no memory for the counters of %u processors", c->nr_cpus);
	code = ring_open(&c->ring, c->program.events_fd, c->settings.ring_bytes, err);
	return code ? code : account_open(&c->account, c->nr_cpus, c->counters, err);
}

int capture_open(const struct capture_settings *settings, struct capture **ret, struct error *err)
{
	struct capture *c = calloc(1, sizeof(*c));
	int code, nr_cpus = libbpf_num_possible_cpus();

	if (!c || nr_cpus <= 0) {
		free(c);
		return fail(err, -ENOMEM, "cannot tell the number of processors, or no memory");
	}
	c->nr_cpus = nr_cpus;
	c->link_fd = -1;
	c->program = (struct program){-1, -1, -1, -1, -1};
	c->settings = (struct settings){
		.wanted = settings->wanted,
		.ring_bytes = settings->ring_bytes,
		.max_argv_bytes = settings->max_argv_bytes,
		.max_env_bytes = settings->max_env_bytes,
	};
	code = capture_load(c, settings->hook, err);
	if (!code)
		code = capture_map(c, err);
	if (code) {
		capture_close(c);
		return code;
	}
	*ret = c;
	return 0;
}

void capture_close(struct capture *c)
{
	if (!c)
		return;
	cleanup_close(&c->link_fd);
	ring_close(&c->ring);
	account_close(&c->account);
	assemble_close(&c->assemble);
	if (c->counters)
		munmap(c->counters, c->counters_bytes);
	if (c->reader)
		munmap((void *)c->reader, sizeof(*c->reader));
	free(c->looked);
	program_close(&c->program);
	free(c);
}

int capture_attach(struct capture *c, struct error *err)
{
	int fd = program_attach(&c->program, c->variant->hook, err);

	if (fd < 0)
		return fd;
	c->link_fd = fd;
	snprintf(c->description, sizeof(c->description), "%s (%s)", capture_hook_name(c->variant->hook), c->variant->name);
	return 0;
}

const char *capture_describe(const struct capture *c)
{
	return c->description;
}

int capture_fd(const struct capture *c)
{
	return c->program.events_fd;
}

/* Hands one record of the ring over; false where the handler wants no more. */
static bool capture_deliver(struct capture *c, const struct record *record, size_t bytes, const struct capture_receiver *to)
{
	const struct record *whole;

	if (bytes < sizeof(*record))
		return true;
	if (record->type == RECORD_PIECE) {
		assemble_add(&c->assemble, (const struct piece *)record, bytes);
		return true;
	}
	account_record(&c->account, record, to);
	whole = assemble_take(&c->assemble, record, &bytes);
	if (!whole) {
		account_lose(&c->account, LOSS_reassembly, 1, to);
		return true;
	}
	c->nr_read++;
	c->read_bytes += bytes;
	c->nr_cut += ((const struct exec_event *)whole)->truncated != 0;
	return to->take(to->context, whole, bytes);
}

size_t capture_read(struct capture *c, const struct capture_receiver *to)
{
	uint64_t before = c->nr_read;
	const void *record;
	bool more = true;
	size_t bytes;

	while (more && (record = ring_peek(&c->ring, &bytes))) {
		more = capture_deliver(c, record, bytes, to);
		ring_pass(&c->ring);
	}
	ring_give_back(&c->ring);
	return c->nr_read - before;
}

/* Runs that the kernel skipped are events too that nobody saw. */
static void capture_look_for_missed(struct capture *c, const struct capture_receiver *to)
{
	uint64_t missed = program_count_missed(&c->program);

	if (missed <= c->account.missed_runs)
		return;
	account_lose(&c->account, LOSS_missed_run, missed - c->account.missed_runs, to);
	c->account.missed_runs = missed;
}

bool capture_idle(struct capture *c, const struct capture_receiver *to)
{
	account_look(&c->account, c->looked);
	c->reader->asleep = 1;
	/* The kernel side commits, then looks at the flag; here the flag is set, then the ring looked at: one sees the other. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (!ring_is_empty(&c->ring)) {
		c->reader->asleep = 0;
		return false;
	}
	account_settle(&c->account, c->looked, to);
	capture_look_for_missed(c, to);
	if (c->account.lost[LOSS_ring_full] - c->burst_start > c->burst_most)
		c->burst_most = c->account.lost[LOSS_ring_full] - c->burst_start;
	c->burst_start = c->account.lost[LOSS_ring_full];
	return true;
}

void capture_busy(struct capture *c)
{
	c->reader->asleep = 0;
}

static uint64_t capture_count_seen(const struct capture *c)
{
	uint64_t seen = 0;

	account_look(&c->account, c->looked);
	for (uint32_t i = 0; i < c->nr_cpus; i++)
		seen += c->looked[i].seen;
	return seen;
}

void capture_detach(struct capture *c)
{
	cleanup_close(&c->link_fd);
	c->link_fd = -1;
}

/* True once each event that the kernel side began to handle has come or is known as lost. */
static bool capture_is_settled(struct capture *c)
{
	uint64_t done = c->nr_read + c->account.lost[LOSS_reassembly];

	for (int i = 0; i < LOSS_KERNEL_MAX; i++)
		done += c->account.lost[i];
	return done == capture_count_seen(c);
}

bool capture_drain(struct capture *c, const struct capture_receiver *to)
{
	const struct timespec nap = {.tv_nsec = 1000000};

	for (int idle_ms = 0; idle_ms < DRAIN_PATIENCE_MS; idle_ms++) {
		if (capture_read(c, to))
			idle_ms = 0;
		capture_idle(c, to);
		if (capture_is_settled(c))
			return true;
		nanosleep(&nap, NULL);
	}
	return false;
}

void capture_count(struct capture *c, struct capture_totals *ret_totals)
{
	struct capture_totals totals = {
		.seen = capture_count_seen(c) + c->account.missed_runs,
		.read = c->nr_read,
		.cut = c->nr_cut,
	};
	uint64_t mean = c->nr_read ? c->read_bytes / c->nr_read + 8 : 512;

	memcpy(totals.lost, c->account.lost, sizeof(totals.lost));
	if (c->burst_most)
		totals.most_lost_bytes = c->settings.ring_bytes + c->burst_most * mean;
	*ret_totals = totals;
}
