/* SPDX-License-Identifier: GPL-2.0-only */
/* The event fork: from the tracepoint task:task_newtask, before the new task runs for the first time. */
#ifndef PARTS_FORK_BPF_H
#define PARTS_FORK_BPF_H

static __always_inline void fork_fill(struct fork_event *e, struct task_struct *child, __u64 clone_flags)
{
	TASK_TAKE_IDENTITY(LOAD, e, child, child);
	e->tid = LOAD(child, pid);
	e->clone_flags = clone_flags;
	e->thread = !!(clone_flags & CLONE_THREAD);
}

/* Where a filter may drop the event it is made in a slot: the ring is for what goes on. */
static __always_inline void fork_filter(struct counter *c, struct task_struct *child, __u64 clone_flags)
{
	struct slot *s = slot_begin(c, RECORD_fork, sizeof(s->fork));

	if (!s)
		return;
	fork_fill(&s->fork, child, clone_flags);
	if (filter_passes(s, c, RECORD_fork, sizeof(s->fork)))
		ring_send(&s->record, sizeof(s->fork), c);
	heap_release(s);
}

static __always_inline int handle_fork(struct task_struct *child, __u64 clone_flags)
{
	struct task_struct *current = CAST(struct task_struct, bpf_get_current_task());
	struct counter *c = ring_counter(RECORD_fork);
	bool thread = clone_flags & CLONE_THREAD, kept = true;
	struct fork_event *e;

	if (!ring_asked_for(RECORD_fork))
		return 0;
	runtime_unaccounted(current);
	klog_trace("%u made %u, flags %llx", READ(current, tgid), READ(child, tgid), clone_flags);
	if (!c || (thread && !settings.threads) || !follow_has(current))
		return 0;
	if (settings.follow && !thread)
		kept = follow_add(child);
	if (kept && ring_filters(RECORD_fork)) {
		fork_filter(c, child, clone_flags);
		return 0;
	}
	e = kept ? bpf_ringbuf_reserve(&events, sizeof(*e), 0) : NULL;
	if (!e) {
		ring_lose(c, RECORD_fork, LOSS_ring_full);
		return 0;
	}
	__builtin_memset(e, 0, sizeof(*e));
	if (!ring_begin(&e->header, c, RECORD_fork)) {
		bpf_ringbuf_discard(e, BPF_RB_NO_WAKEUP);
		return 0;
	}
	fork_fill(e, child, clone_flags);
	ring_submit(e);
	return 0;
}

#endif
