/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel side of `observer trace`: trace_tracepoint is attached to any number of tracepoints, by perf events, and
 * sends each record as it is to the ring `events`. The attach cookie (Linux 5.15) tells it which tracepoint it runs at;
 * what it must know of that lies in the map `tracepoints`. One source, two objects: VARIANT_COMPAT or not.
 */
#include "bpf/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#include "events/events.h"
#include "events/filter.h"
#include "events/tracepoint.h"

#include "bpf/parts/flavours.bpf.h"
#include "bpf/parts/access.bpf.h"
#include "lib/heap/heap.bpf.h"
#include "bpf/parts/ring.bpf.h"
#include "bpf/parts/log.bpf.h"
#include "bpf/parts/raw_slot.bpf.h"
#include "bpf/parts/filter.bpf.h"
#include "bpf/parts/follow.bpf.h"
#include "bpf/parts/numbers.bpf.h"

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* set at load: one per tracepoint */
	__type(key, __u32);
	__type(value, struct tracepoint_facts);
} tracepoints SEC(".maps");

/*
 * False where the reader has ended and the program is still attached. And for observer's own process: what runs because
 * of it would be seen again, and again.
 */
static __always_inline bool is_wanted(struct task_struct *p)
{
	struct reader_state *state;
	__u32 zero = 0;

	state = bpf_map_lookup_elem(&reader, &zero);
	if (!state || *(volatile __u32 *)&state->closed)
		return false;
	return !settings.without_self || (__u32)LOAD(p, tgid) != state->self;
}

static __always_inline void fill_frame(struct tracepoint_event *e, struct task_struct *p, __u32 number)
{
	e->pid = LOAD(p, tgid);
	e->tid = LOAD(p, pid);
	LOAD_BYTES(&e->comm, p, comm);
	e->uid = LOAD(p, cred, uid.val);
	e->number = number;
	e->cgroup_id = LOAD(p, cgroups, dfl_cgrp, kn, id);
	e->args.offset = TRACEPOINT_RAW_OFFSET;
	e->truncated = 0;
}

/*
 * classic tracepoint programs are handed the record itself, the first 8 bytes replaced by a pointer
 * (perf_trace_run_bpf_submit() in kernel/events/core.c), but not its length.
 */
SEC("tp")
int trace_tracepoint(void *context)
{
	/* Typed (Linux 5.11): there are no attach cookies before 5.15. */
	struct task_struct *p = CAST(struct task_struct, bpf_get_current_task_btf());
	struct counter *c = ring_counter(RECORD_tracepoint);
	__u32 number = bpf_get_attach_cookie(context), bytes;
	const struct tracepoint_facts *facts;
	struct slot *s;

	facts = bpf_map_lookup_elem(&tracepoints, &number);
	if (!c || !facts || !is_wanted(p) || !follow_has(p))
		return 0;
	s = heap_claim(&data_heap);
	if (!s) {
		klog_error("tracepoint %u: every slot of data_heap is in use", number);
		ring_lose(c, RECORD_tracepoint, LOSS_heap_busy);
		return 0;
	}
	if (!ring_begin(&s->record, c, RECORD_tracepoint))
		goto release;
	fill_frame(&s->event, p, number);
	bytes = raw_copy(s, facts, context);
	klog_trace("tracepoint %u: record of %u bytes at %p", number, bytes, context);
	if (bytes <= TRACEPOINT_RAW_MAX &&
	    (!ring_filters(RECORD_tracepoint) || filter_passes(s, c, number, TRACEPOINT_RAW_OFFSET + bytes)))
		ring_send(&s->record, TRACEPOINT_RAW_OFFSET + bytes, c);
release:
	heap_release(s);
	return 0;
}

/* The rest keeps the map `followed` for `observer trace -- CMD`. TP_PROTO(struct task_struct *task, unsigned long
 * clone_flags), include/trace/events/task.h. */
SEC("tp_btf/task_newtask")
int follow_task_newtask(__u64 *context)
{
	struct task_struct *current = CAST(struct task_struct, bpf_get_current_task());
	struct counter *c = ring_counter(RECORD_tracepoint);

	if (!c || context[1] & CLONE_THREAD || !follow_has(current))
		return 0;
	/* Whatever a child does that finds no place in the map is not seen: that must show. */
	if (follow_add(CAST(struct task_struct, context[0])))
		return 0;
	klog_warn("the map followed is full: a child of %u is not followed", READ(current, tgid));
	ring_lose(c, RECORD_tracepoint, LOSS_ring_full);
	return 0;
}

/*
 * TP_PROTO(struct task_struct *p), include/trace/events/sched.h. Not at the exit, after which a process still has
 * events. Its number may be another's by now.
 */
SEC("tp_btf/sched_process_free")
int follow_process_free(__u64 *context)
{
	struct task_struct *p = CAST(struct task_struct, context[0]);
	__u64 start_ns = READ(p, start_boottime), *followed_start;
	__u32 pid = READ(p, tgid);

	if ((__u32)READ(p, pid) != pid)
		return 0;
	followed_start = bpf_map_lookup_elem(&followed, &pid);
	if (followed_start && (!*followed_start || *followed_start == start_ns))
		bpf_map_delete_elem(&followed, &pid);
	return 0;
}
