/* SPDX-License-Identifier: GPL-2.0-only */
/* Life of a capture: open, attach, read, detach, close. How programs are chosen and loaded is told in loading.c and
 * program.c, how losses are counted in account.c. */
#include "capture/capture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "capture/handover.h"
#include "capture/kept.h"
#include "capture/leftover.h"
#include "capture/loading.h"
#include "capture/refusal.h"
#include "capture/returns.h"
#include "capture/residence.h"
#include "capture/state.h"
#include "capture/tracepoints.h"

/* Batches of CAPTURE_READ_MAX after which whoever wants all that is there has it: in a storm the ring is never empty.
 */
#define TURNS_MOST 100

/* A ring of this size, or of a quarter of `events`, is enough for the few failed execs that anybody makes but a flood.
 */
#define FAILED_RING_BYTES_MAX (256 << 10)

static int capture_write_filters(struct capture *c, const struct capture_settings *settings, struct error *err)
{
	for (uint32_t type = 0; type < RECORD_EVENT_MAX; type++)
		if (settings->filters[type] &&
		    bpf_map_update_elem(c->program.fds[PROGRAM_FILTERS], &type, settings->filters[type], BPF_ANY))
			return fail(err, -errno, "cannot write a filter into the map filters: %m");
	return 0;
}

static void *map_array(int fd, size_t bytes, struct error *err)
{
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (at != MAP_FAILED)
		return at;
	fail(err, -errno, "cannot map %zu bytes of a BPF array: %m", bytes);
	return NULL;
}

static int capture_map_rings(struct capture *c, struct error *err)
{
	const struct settings *s = &c->settings.settings;
	int code = ring_open(&c->bell, c->program.fds[PROGRAM_BELL], s->page_bytes, err);

	if (!code)
		code = ring_open(&c->rings[MAIN_RING], c->program.fds[PROGRAM_EVENTS], s->ring_bytes, err);
	if (code || !(c->events & CAPTURE_BIT(exec_fail)))
		return code;
	return ring_open(&c->rings[FAILED_RING], c->program.fds[PROGRAM_FAILED_EVENTS], s->failed_ring_bytes, err);
}

int capture_map(struct capture *c, struct error *err)
{
	uint32_t nr_cpus = c->nr_cpus;
	int code;

	c->counters_bytes = nr_cpus * sizeof(*c->counters);
	c->counters = map_array(c->program.fds[PROGRAM_COUNTERS], c->counters_bytes, err);
	if (!c->counters)
		return err->code;
	c->reader = map_array(c->program.fds[PROGRAM_READER], sizeof(*c->reader), err);
	if (!c->reader)
		return err->code;
	c->looked = aligned_alloc(_Alignof(struct counters), c->counters_bytes);
	if (!c->looked)
		return fail(err, -ENOMEM, "no memory for the counters of %u processors", nr_cpus);
	code = capture_map_rings(c, err);
	return code ? code : account_open(&c->account, nr_cpus, c->counters, err);
}

static void capture_configure(struct capture *c, const struct capture_settings *settings, uint32_t nr_cpus)
{
	uint64_t page = sysconf(_SC_PAGESIZE), failed = settings->ring_bytes / 4;
	/* Log lines get a room of their own behind that of the events. */
	uint64_t log_bytes = settings->log.level || settings->log.nr_sites ? settings->ring_bytes : 0;

	if (failed > FAILED_RING_BYTES_MAX)
		failed = FAILED_RING_BYTES_MAX;
	if (failed < page || !(settings->events & CAPTURE_BIT(exec_fail)))
		failed = page;
	c->events = settings->events;
	c->nr_cpus = nr_cpus;
	c->wanted = *settings;
	c->settings = (struct program_settings){
		.btf = settings->btf,
		.returns = settings->fail_hook == FAIL_FEXIT && settings->events & CAPTURE_BIT(exec_fail),
		.max_entries =
			{
				[PROGRAM_EVENTS] = settings->ring_bytes + log_bytes,
				[PROGRAM_FAILED_EVENTS] = failed,
				[PROGRAM_BELL] = page,
				[PROGRAM_COUNTERS] = nr_cpus,
				[PROGRAM_FOLLOWED] = settings->follow ? CAPTURE_FOLLOWED_MAX : 1,
				[PROGRAM_TRACEPOINTS] = settings->nr_tracepoints,
				[PROGRAM_FILTERS] = settings->nr_tracepoints,
			},
		.settings =
			{
				.wanted = settings->wanted,
				.ring_bytes = settings->ring_bytes + log_bytes,
				.log_bytes = log_bytes,
				.failed_ring_bytes = failed,
				.max_argv_bytes = settings->max_argv_bytes,
				.max_env_bytes = settings->max_env_bytes,
				.events = settings->events,
				.threads = settings->threads,
				.page_bytes = page,
				.follow = settings->follow,
				.filter_rows = settings->filter_rows,
				.without_self = settings->without_self,
			},
	};
	for (int type = 0; type < RECORD_EVENT_MAX; type++)
		if (settings->filters[type])
			c->settings.settings.filters |= 1U << type;
	for (uint32_t i = 0; i < settings->nr_tracepoints; i++)
		if (settings->tracepoints[i].filter)
			c->settings.settings.filters |= CAPTURE_BIT(tracepoint);
}

/* Processors that there can ever be; the largest number that the kernel can be built for where /sys does not tell. */
#define CPUS_MOST 8192

static uint32_t count_cpus(void)
{
	int nr_cpus;

	program_silence_libbpf();
	nr_cpus = libbpf_num_possible_cpus();
	return nr_cpus > 0 ? nr_cpus : CPUS_MOST;
}

int capture_open(const struct capture_settings *settings, struct capture **ret, struct error *err)
{
	struct capture *c = calloc(1, sizeof(*c));
	int code;

	if (!c)
		return fail(err, -ENOMEM, "no memory for the capture");
	program_init(&c->program);
	for (int i = 0; i < RECORD_EVENT_MAX; i++)
		c->links[i] = -1;
	for (int i = 0; i < EXEC_RETURNS_MAX; i++)
		c->return_links[i] = -1;
	capture_configure(c, settings, count_cpus());
	c->pin_folder = c->resume_fd = -1;
	code = loading_check_types(settings->btf, err);
	if (!code && settings->pin)
		code = kept_open(c, err);
	if (!code && !c->taken_over)
		code = loading_load(c, settings, err);
	residence_drop_unchanged();
	if (!code && !c->taken_over)
		code = capture_write_filters(c, settings, err);
	if (!code)
		code = tracepoints_write(&c->program, settings, err);
	if (!code)
		code = capture_map(c, err);
	if (!code && settings->pin)
		code = kept_begin(c, err);
	if (code) {
		capture_close(c);
		return code;
	}
	*ret = c;
	return 0;
}

/*
 * From the return on no run of the kernel side is set off. Some may still be on their way: the exec, fork or exit that
 * they are about goes on only behind them, so nobody can have seen it happen.
 */
static void capture_detach(struct capture *c)
{
	/* What is pinned goes on for the next reader. */
	if (c->reader && !c->resume)
		c->reader->closed = 1;
	for (int i = 0; i < RECORD_EVENT_MAX; i++) {
		cleanup_close(&c->links[i]);
		c->links[i] = -1;
	}
	for (int i = 0; i < EXEC_RETURNS_MAX; i++) {
		cleanup_close(&c->return_links[i]);
		c->return_links[i] = -1;
	}
	tracepoints_detach(&c->tracepoints);
}

void capture_close(struct capture *c)
{
	if (!c)
		return;
	capture_detach(c);
	for (int i = 0; i < NR_RINGS; i++)
		ring_close(&c->rings[i]);
	ring_close(&c->bell);
	account_close(&c->account);
	assemble_close(&c->assemble);
	if (c->counters)
		munmap(c->counters, c->counters_bytes);
	if (c->reader)
		munmap((void *)c->reader, sizeof(*c->reader));
	free(c->looked);
	klog_table_close(c->log_table);
	kept_close(c);
	program_close(&c->program);
	free(c);
}

/* What the programs must know before any of them runs. */
static int capture_prepare(struct capture *c, struct error *err)
{
	uint32_t self;
	int code;

	if (!(c->events & CAPTURE_BIT(tracepoint)))
		return program_remember_root(&c->program, err);
	code = program_find_process(&c->program, 0, &self, err);
	if (!code)
		c->reader->self = self;
	return code;
}

static int capture_attach_type(struct capture *c, enum record_type type, struct error *err)
{
	int fd;

	if (type == RECORD_exec_fail && c->settings.returns) {
		fd = returns_attach(&c->program, c->return_links, c->reader, err);
	} else {
		c->program.pinned = c->resume;
		fd = program_attach(&c->program, type, c->variant->hook, err);
		c->links[type] = fd;
	}
	c->attached_ns[type] = clock_now(CLOCK_BOOTTIME);
	return fd < 0 ? fd : 0;
}

int capture_attach(struct capture *c, struct error *err)
{
	/* Exits first and execs last: of what is seen to begin the end is seen too. */
	static const enum record_type order[] = {RECORD_exit, RECORD_exec_fail, RECORD_fork, RECORD_exec};
	int code = capture_prepare(c, err);

	if (!code && c->events & CAPTURE_BIT(tracepoint))
		code = tracepoints_attach(&c->tracepoints, &c->program, &c->wanted, err);
	for (size_t i = 0; !code && !c->taken_over && i < sizeof(order) / sizeof(order[0]); i++)
		if (c->events & (1U << order[i]))
			code = capture_attach_type(c, order[i], err);
	if (!code && c->resume && !c->taken_over)
		code = kept_pin(c, err);
	if (code)
		capture_detach(c);
	snprintf(c->description, sizeof(c->description), "%s (%s)%s", capture_hook_name(c->variant->hook),
		 c->variant->name, c->settings.returns ? ", failed execs by fexit" : "");
	return code;
}

bool capture_is_left_out(const struct capture *c, uint32_t number)
{
	return number < c->tracepoints.nr && c->tracepoints.fds[number] < 0;
}

int capture_follow(struct capture *c, uint32_t pid, uint32_t *ret_pid, struct error *err)
{
	const uint64_t any_start = 0;
	int code = program_find_process(&c->program, pid, ret_pid, err);

	if (!code && bpf_map_update_elem(c->program.fds[PROGRAM_FOLLOWED], ret_pid, &any_start, BPF_ANY))
		code = fail(err, -errno, "cannot follow process %u: %m", *ret_pid);
	return code;
}

int capture_snapshot(struct capture *c, const struct capture_receiver *to, struct error *err)
{
	_cleanup_close_ int fd = -1;
	ssize_t bytes;
	char some[64]; /* one byte for each process or thread */

	/* Else there may be no room. */
	for (int turn = 0; c->taken_over && turn < TURNS_MOST && capture_read(c, to); turn++)
		capture_pause(to);
	fd = program_attach(&c->program, RECORD_snapshot, HOOK_AUTO, err);
	if (fd < 0)
		return fd;
	do {
		bytes = read(fd, some, sizeof(some));
		capture_read(c, to);
		capture_pause(to);
	} while (bytes > 0 || (bytes < 0 && (errno == EINTR || errno == EAGAIN)));
	return bytes < 0 ? fail(err, -errno, "cannot walk over the processes: %m") : 0;
}

const char *capture_describe(const struct capture *c)
{
	return c->description;
}

int capture_fd(const struct capture *c)
{
	return c->bell.fd;
}

unsigned int capture_series(const struct record *record, size_t bytes)
{
	const struct log_event *log = (const void *)record;

	if (record->type > RECORD_NONE && record->type < RECORD_EVENT_MAX)
		return record->type;
	if (record->type == RECORD_LOG && bytes >= sizeof(*log) && log->level < LOG_LEVEL_MAX)
		return RECORD_EVENT_MAX + log->level;
	return CAPTURE_SERIES_MAX;
}

/* Hands one record of a ring over; false where the receiver wants no more. */
static bool capture_deliver(struct capture *c, const struct record *record, size_t bytes,
			    const struct capture_receiver *to)
{
	const struct record *whole = record;
	unsigned int series;

	if (bytes < sizeof(*record))
		return true;
	if (record->type == RECORD_PIECE) {
		assemble_add(&c->assemble, (const struct piece *)record, bytes);
		return true;
	}
	series = capture_series(record, bytes);
	if (series == CAPTURE_SERIES_MAX)
		return true;
	account_record(&c->account, record, series, to);
	if (series < RECORD_EVENT_MAX)
		whole = assemble_take(&c->assemble, record, &bytes);
	if (!whole) {
		account_lose(&c->account, record->type, LOSS_reassembly, 1, to);
		return true;
	}
	c->nr_read[series]++;
	c->total_read++;
	c->read_bytes += bytes;
	return to->take(to->context, whole, bytes);
}

struct ring *capture_oldest(struct capture *c, const struct record **ret_record, size_t *ret_bytes)
{
	struct ring *oldest = NULL;

	for (int i = 0; i < NR_RINGS; i++) {
		const struct record *record;
		size_t bytes;

		if (!c->rings[i].consumer)
			continue;
		record = ring_peek(&c->rings[i], &bytes);
		if (!record || (oldest && record->boot_ns >= (*ret_record)->boot_ns))
			continue;
		oldest = &c->rings[i];
		*ret_record = record;
		*ret_bytes = bytes;
	}
	return oldest;
}

size_t capture_read(struct capture *c, const struct capture_receiver *to)
{
	uint64_t before = c->total_read;
	const struct record *record;
	struct ring *ring;
	bool more = true;
	size_t bytes;

	if (c->resume)
		leftover_tell(c, to);
	for (int i = 0; i < NR_RINGS; i++)
		if (c->rings[i].consumer)
			ring_catch_up(&c->rings[i]);
	while (more && c->total_read - before < CAPTURE_READ_MAX && (ring = capture_oldest(c, &record, &bytes))) {
		more = capture_deliver(c, record, bytes, to);
		ring_pass(ring);
	}
	for (int i = 0; i < NR_RINGS; i++)
		if (c->rings[i].consumer && !c->rings[i].held)
			ring_give_back(&c->rings[i]);
	return c->total_read - before;
}

/* Runs that the kernel skipped are events too that nobody saw. */
void capture_look_for_missed(struct capture *c, const struct capture_receiver *to)
{
	for (int type = 0; type < RECORD_EVENT_MAX; type++) {
		uint64_t missed = c->events & (1U << type) ? program_count_missed(&c->program, type) : 0;

		if (missed <= c->missed[type])
			continue;
		account_lose(&c->account, type, LOSS_missed_run, missed - c->missed[type], to);
		c->missed[type] = missed;
	}
}

static bool capture_is_empty(const struct capture *c)
{
	for (int i = 0; i < NR_RINGS; i++)
		if (c->rings[i].consumer && !ring_is_empty(&c->rings[i]))
			return false;
	return true;
}

static void capture_note_burst(struct capture *c)
{
	uint64_t lost = account_count_overflows(&c->account);

	if (lost - c->burst_start > c->burst_most)
		c->burst_most = lost - c->burst_start;
	c->burst_start = lost;
}

/* Makes the bell silent: what was rung is passed over. */
static void answer_bell(struct capture *c)
{
	size_t bytes;

	if (!ring_peek(&c->bell, &bytes))
		ring_give_back(&c->bell);
}

bool capture_idle(struct capture *c, const struct capture_receiver *to)
{
	account_look(&c->account, c->looked);
	answer_bell(c);
	c->reader->asleep = 1;
	/* The kernel side commits, then looks at the flag; here the flag is set, then the ring looked at: one sees the
	 * other. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (!capture_is_empty(c)) {
		c->reader->asleep = 0;
		return false;
	}
	account_settle(&c->account, c->looked, to);
	capture_look_for_missed(c, to);
	capture_note_burst(c);
	return true;
}

void capture_busy(struct capture *c)
{
	c->reader->asleep = 0;
}

void capture_count_kernel(const struct capture *c, unsigned int series, struct counter *ret)
{
	*ret = (struct counter){};
	for (uint32_t cpu = 0; cpu < c->nr_cpus; cpu++) {
		const struct counter *of = capture_counter(&c->counters[cpu], series);

		/* What is seen is counted first, so it is looked at last. */
		ret->filtered += __atomic_load_n(&of->filtered, __ATOMIC_ACQUIRE);
		ret->seen += __atomic_load_n(&of->seen, __ATOMIC_ACQUIRE);
	}
}

/* Failed execs that are still to be read in task work. */
static uint64_t capture_count_deferred(const struct capture *c)
{
	uint64_t deferred = 0, resumed = 0;

	/* Resumed first: what is put off afterwards can only be more. */
	for (uint32_t cpu = 0; cpu < c->nr_cpus; cpu++)
		resumed += __atomic_load_n(&c->counters[cpu].resumed, __ATOMIC_ACQUIRE);
	for (uint32_t cpu = 0; cpu < c->nr_cpus; cpu++)
		deferred += __atomic_load_n(&c->counters[cpu].deferred, __ATOMIC_ACQUIRE);
	return deferred - resumed;
}

/*
 * True once each event that the kernel side began to handle has come, or is known as filtered or lost. These counts are
 * the last: a run that comes late (a grace period of RCU may pass, 10 to 20 ms) is in no term of the sum.
 */
static bool capture_is_settled(struct capture *c)
{
	bool settled = capture_count_deferred(c) == c->unfinished;

	for (unsigned int series = 0; series < CAPTURE_SERIES_MAX; series++) {
		struct counter *counted = &c->last_counts[series];
		uint64_t done;

		capture_count_kernel(c, series, counted);
		done = counted->filtered + c->nr_read[series] + c->account.lost[series][LOSS_reassembly];
		for (int i = 0; i < LOSS_KERNEL_MAX; i++)
			done += c->account.lost[series][i];
		settled &= done == counted->seen;
	}
	return settled;
}

static bool capture_drain(struct capture *c, const struct capture_receiver *to)
{
	const struct timespec nap = {.tv_nsec = 1000000};

	for (int idle_ms = 0; idle_ms < CAPTURE_PATIENCE_MS; idle_ms++) {
		while (capture_read(c, to))
			idle_ms = 0;
		capture_idle(c, to);
		if (capture_is_settled(c))
			return true;
		nanosleep(&nap, NULL);
	}
	/* A debugger may hold a thread before it comes to its task work. */
	c->unfinished = capture_count_deferred(c);
	if (c->unfinished)
		account_lose(&c->account, RECORD_exec_fail, LOSS_unfinished, c->unfinished, to);
	return capture_is_settled(c);
}

bool capture_end(struct capture *c, const struct capture_receiver *to)
{
	if (c->resume)
		return handover_leave(c, to);
	capture_detach(c);
	c->ended = true;
	return capture_drain(c, to);
}

/* Of what is pinned: what is filtered later the successor tells. */
static void count_pinned(struct capture *c, unsigned int series, struct capture_totals *ret_totals)
{
	uint64_t filtered = resume_last(c->resume, c->nr_cpus)->series[series].filtered;

	ret_totals->seen = handover_count_numbers(c, series) + filtered + capture_count_unnumbered(c, series);
	ret_totals->filtered = filtered - c->base[series].filtered;
	ret_totals->earlier = c->base[series].told + c->base[series].filtered;
}

void capture_count(struct capture *c, unsigned int series, struct capture_totals *ret_totals)
{
	struct capture_totals totals = {.read = c->nr_read[series]};
	struct counter counted = c->last_counts[series];

	if (c->resume) {
		count_pinned(c, series, &totals);
	} else {
		if (!c->ended)
			capture_count_kernel(c, series, &counted);
		totals.filtered = counted.filtered;
		totals.seen = counted.seen + capture_count_unnumbered(c, series) +
			      (series == RECORD_exec_fail ? c->unfinished : 0);
	}
	memcpy(totals.lost, c->account.lost[series], sizeof(totals.lost));
	*ret_totals = totals;
}

uint64_t capture_count_told(const struct capture *c, unsigned int series)
{
	uint64_t told = c->nr_read[series];

	for (int i = 0; i < LOSS_CAUSE_MAX; i++)
		told += c->account.lost[series][i];
	return told;
}

uint64_t capture_advise_ring(const struct capture *c)
{
	uint64_t mean = c->total_read ? c->read_bytes / c->total_read + 8 : 512;
	const struct settings *s = &c->settings.settings;

	return c->burst_most ? s->ring_bytes - s->log_bytes + c->burst_most * mean : 0;
}

const struct klog_table *capture_log_table(const struct capture *c)
{
	return c->log_table;
}
