/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The event exit: from sched:sched_process_exit of the thread with which signal->live has become 0. A process ends when
 * its last thread does, not when its leader does.
 */
#ifndef PARTS_EXIT_BPF_H
#define PARTS_EXIT_BPF_H

#define SIGNAL_GROUP_EXIT 0x4 /* include/linux/sched/signal.h */

/* Threads looked at that have ended but are not gone, and tries to see them all at one moment. */
#ifdef VARIANT_COMPAT
#define EXIT_THREADS_MAX 128
#define USAGE_TRIES_MAX	 3
#else
#define EXIT_THREADS_MAX 1024
#define USAGE_TRIES_MAX	 64
#endif
#define USAGE_PAUSE_CALLS 64

/* What threads have used that are still listed: those that ended earlier are summed up in signal_struct. */
struct usage {
	__u64 signal; /* address of the signal_struct */
	__u64 utime, stime, runtime;
	__u64 minor_faults, major_faults;
	__u64 voluntary, involuntary;
	__u64 read_bytes, write_bytes;
	__u64 next; /* address of the next list_head */
	__u64 head;
	bool whole; /* all of them were looked at */
};

static __always_inline void usage_clear(struct usage *u)
{
	*u = (struct usage){.signal = u->signal};
}

static __always_inline void usage_add_task(struct usage *u, struct task_struct *t)
{
	u->utime += READ(t, utime);
	u->stime += READ(t, stime);
	u->runtime += READ(t, se.sum_exec_runtime);
	u->minor_faults += READ(t, min_flt);
	u->major_faults += READ(t, maj_flt);
	u->voluntary += READ(t, nvcsw);
	u->involuntary += READ(t, nivcsw);
	if (bpf_core_field_exists(t->ioac.read_bytes)) {
		barrier_var(t); /* or its address would be made before the question, where the member may not be */
		u->read_bytes += READ(t, ioac.read_bytes);
		u->write_bytes += READ(t, ioac.write_bytes);
	}
}

static __always_inline void usage_add_gone(struct usage *u, struct signal_struct *sig)
{
	u->utime += LOAD(sig, utime);
	u->stime += LOAD(sig, stime);
	u->runtime += LOAD(sig, sum_sched_runtime);
	u->minor_faults += LOAD(sig, min_flt);
	u->major_faults += LOAD(sig, maj_flt);
	u->voluntary += LOAD(sig, nvcsw);
	u->involuntary += LOAD(sig, nivcsw);
	if (bpf_core_field_exists(sig->ioac.read_bytes)) {
		barrier_var(sig);
		u->read_bytes += LOAD(sig, ioac.read_bytes);
		u->write_bytes += LOAD(sig, ioac.write_bytes);
	}
}

static __always_inline bool usage_step(struct usage *u)
{
	struct list_head *node;

	if (u->next == u->head || !u->next)
		return true;
	usage_add_task(u, CAST(struct task_struct, u->next - bpf_core_field_offset(struct task_struct, thread_node)));
	node = CAST(struct list_head, u->next);
	u->next = (__u64)READ(node, next);
	return false;
}

#ifndef VARIANT_COMPAT
static long usage_step_loop(__u64 turn, struct usage **u)
{
	return usage_step(*u);
}
#endif

/* Odd while a thread is being reaped, another one afterwards: who sums up then may count it twice or not at all. */
static __always_inline __u32 usage_sequence(struct signal_struct *sig)
{
	__u32 sequence;

	if (!bpf_core_field_exists(sig->stats_lock.seqcount.seqcount.sequence))
		return 0;
	/* What is summed up must be loaded between two looks. */
	barrier();
	sequence = LOAD(sig, stats_lock.seqcount.seqcount.sequence);
	barrier();
	return sequence;
}

/*
 * Reaping a thread can take longer than a few tries, so they pause where one is being reaped: some microseconds, by a
 * call of no other use. A loop that looked at the sequence instead is more than the verifier of Linux 5.10 can follow.
 */
static __always_inline __u32 usage_sequence_at_rest(struct signal_struct *sig)
{
	__u32 sequence = usage_sequence(sig);

	if (!(sequence & 1))
		return sequence;
#pragma clang loop unroll(disable)
	for (int i = 0; i < USAGE_PAUSE_CALLS; i++)
		bpf_ktime_get_ns();
	return usage_sequence(sig);
}

/* Sums up once; true where the sum is whole. */
static __always_inline bool usage_try(struct usage *u)
{
	struct signal_struct *sig = CAST(struct signal_struct, u->signal);
	__u32 before = usage_sequence_at_rest(sig);

	usage_clear(u);
	u->head = (__u64)sig + bpf_core_field_offset(struct signal_struct, thread_head);
	u->next = (__u64)LOAD(sig, thread_head.next);
#ifdef VARIANT_COMPAT
#pragma clang loop unroll(disable)
	for (int i = 0; i < EXIT_THREADS_MAX; i++) {
		if (usage_step(u))
			break;
	}
#else
	struct usage *context = u;

	bpf_loop(EXIT_THREADS_MAX, usage_step_loop, &context, 0);
#endif
	u->whole = u->next == u->head;
	usage_add_gone(u, sig);
	return u->whole && !(before & 1) && usage_sequence(sig) == before;
}

#ifndef VARIANT_COMPAT
static long usage_try_loop(__u64 turn, struct usage **u)
{
	/* More threads than are looked at will not become fewer. */
	return usage_try(*u) || !(*u)->whole;
}
#endif

/* Sums up what a process has used; false where that could not be done without a gap. */
static __always_inline bool usage_sum(struct usage *u)
{
#ifdef VARIANT_COMPAT
#pragma clang loop unroll(disable)
	for (int i = 0; i < USAGE_TRIES_MAX; i++) {
		if (usage_try(u))
			return true;
		if (!u->whole)
			return false;
	}
	return false;
#else
	struct usage *context = u;

	return bpf_loop(USAGE_TRIES_MAX, usage_try_loop, &context, 0) < USAGE_TRIES_MAX && u->whole;
#endif
}

#define USAGE_ROWS                                                                                                     \
	(ROW_BIT(EXIT_raw_utime_ns) | ROW_BIT(EXIT_raw_stime_ns) | ROW_BIT(EXIT_runtime_ns) |                          \
	 ROW_BIT(EXIT_minor_faults) | ROW_BIT(EXIT_major_faults) | ROW_BIT(EXIT_read_bytes) |                          \
	 ROW_BIT(EXIT_write_bytes) | ROW_BIT(EXIT_voluntary_switches) | ROW_BIT(EXIT_involuntary_switches))

static __always_inline void exit_fill_usage(struct exit_event *e, struct task_struct *p, struct signal_struct *sig)
{
	struct usage u = {.signal = (__u64)sig};

	if (!usage_sum(&u))
		e->unreadable |= USAGE_ROWS;
	u.runtime += runtime_unaccounted(p);
	e->raw_utime_ns = u.utime;
	e->raw_stime_ns = u.stime;
	e->runtime_ns = u.runtime;
	e->minor_faults = u.minor_faults;
	e->major_faults = u.major_faults;
	e->voluntary_switches = u.voluntary;
	e->involuntary_switches = u.involuntary;
	e->read_bytes = u.read_bytes;
	e->write_bytes = u.write_bytes;
	e->children_utime_ns = LOAD(sig, cutime);
	e->children_stime_ns = LOAD(sig, cstime);
	if (!bpf_core_field_exists(sig->ioac.read_bytes))
		e->unreadable |= ROW_BIT(EXIT_read_bytes) | ROW_BIT(EXIT_write_bytes);
}

/* wait(2): the low seven bits are the signal, then the core bit, then the exit code. */
static __always_inline void exit_fill_status(struct exit_event *e, struct task_struct *p, struct signal_struct *sig)
{
	int status =
		LOAD(sig, flags) & SIGNAL_GROUP_EXIT ? LOAD(sig, group_exit_code) : LOAD(p, group_leader, exit_code);

	e->signal = status & 0x7f;
	e->core = !!(status & 0x80);
	e->exit_code = e->signal ? ~0ULL : (status >> 8) & 0xff;
}

static __always_inline void exit_fill(struct exit_event *e, struct task_struct *p)
{
	struct task_struct *leader = LOAD(p, group_leader);
	struct signal_struct *sig = LOAD(p, signal);

	TASK_TAKE_IDENTITY(LOAD, e, p, leader);
	e->duration_ns = e->header.boot_ns - e->start_ns;
	e->max_rss_bytes = LOAD(sig, maxrss) * settings.page_bytes;
	exit_fill_status(e, p, sig);
	exit_fill_usage(e, p, sig);
}

/* Processes that have ended with several threads still listed. */
struct ended {
	__u64 start_ns;
	__u32 pid;
	__u32 reserved;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct ended);
	__type(value, __u32);
} ended SEC(".maps");

/*
 * True for one thread of each process, the last. Where the tracepoint does not say so, signal->live does: but two
 * threads that end in the same instant have both counted it down before either comes here. The first of them notes the
 * process down.
 */
static __always_inline bool exit_is_last(struct task_struct *p, __u64 group_dead)
{
	struct ended key = {};
	__u32 one = 1;

	if (bpf_core_type_exists(struct trace_event_raw_sched_process_exit___group_dead))
		return group_dead;
	if (LOAD(p, signal, live.counter))
		return false;
	/* Never more than one thread: of others that are gone the running time is summed up. */
	if (LOAD(p, signal, nr_threads) <= 1 && !LOAD(p, signal, sum_sched_runtime))
		return true;
	key.pid = LOAD(p, tgid);
	key.start_ns = LOAD(p, group_leader, start_boottime);
	return !bpf_map_update_elem(&ended, &key, &one, BPF_NOEXIST);
}

/* Where a filter may drop the event it is made in a slot: the ring is for what goes on. */
static __always_inline void exit_filter(struct counter *c, struct task_struct *p)
{
	struct slot *s = slot_begin(c, RECORD_exit, sizeof(s->exit));

	if (!s)
		return;
	exit_fill(&s->exit, p);
	if (filter_passes(s, c, RECORD_exit, sizeof(s->exit)))
		ring_send(&s->record, sizeof(s->exit), c);
	heap_release(s);
}

static __always_inline int handle_exit(struct task_struct *p, __u64 group_dead)
{
	struct counter *c = ring_counter(RECORD_exit);
	struct exit_event *e;

	if (!ring_asked_for(RECORD_exit) || !c || !exit_is_last(p, group_dead) || !follow_has(p))
		return 0;
	follow_remove(p);
	klog_trace("%u ended, status %x", LOAD(p, tgid), LOAD(p, signal, group_exit_code));
	if (ring_filters(RECORD_exit)) {
		exit_filter(c, p);
		return 0;
	}
	e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
	if (!e) {
		ring_lose(c, RECORD_exit, LOSS_ring_full);
		return 0;
	}
	__builtin_memset(e, 0, sizeof(*e));
	if (!ring_begin(&e->header, c, RECORD_exit)) {
		bpf_ringbuf_discard(e, BPF_RB_NO_WAKEUP);
		return 0;
	}
	exit_fill(e, p);
	ring_submit(e);
	return 0;
}

#endif
