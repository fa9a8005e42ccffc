/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Kernel side: hands each event of TEMPLATE_TRACEPOINT to user space, whole, and counts those that it cannot. */
#include "kernel_types.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "event.h"
#include "lib/heap.bpf.h"
#include "lib/klog.bpf.h"

char LICENSE[] SEC("license") = "GPL";

/* Set before load: the process whose events are not sent. */
const volatile __u32 own_pid;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 << 20);
} events SEC(".maps");

/* Where a message is put together: far more than the 512 bytes of the stack. */
struct slot {
	struct heap_head head;
	union {
		struct message message;
		char room[sizeof(struct message) + TP_EVENT_ROOM];
	};
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, HEAP_SLOTS);
	__type(key, __u32);
	__type(value, struct slot);
} data_heap SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct counters);
} counters SEC(".maps");

/* When, where and who; returns the process. */
static __always_inline __u32 fill_head(struct message *m)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	__u64 ids = bpf_get_current_pid_tgid();

	m->boot_ns = bpf_ktime_get_boot_ns();
	m->cpu = bpf_get_smp_processor_id();
	m->pid = ids >> 32;
	m->tid = ids;
	m->ppid = BPF_CORE_READ(task, real_parent, tgid);
	bpf_get_current_comm(m->comm, sizeof(m->comm));
	return m->pid;
}

static __always_inline long send(TEMPLATE_PREFIX__event_context *ctx, struct message *m)
{
	__u32 bytes = TEMPLATE_PREFIX__event_read(ctx, &m->event) + sizeof(*m) - sizeof(m->event);

	klog_debug("TEMPLATE_TRACEPOINT: %u bytes, pid %u, comm %s", bytes, m->pid, m->comm);
	/* The verifier wants to see that they are in the slot. */
	if (bytes > sizeof(*m) + TP_EVENT_ROOM)
		bytes = sizeof(*m) + TP_EVENT_ROOM;
	/* To wake the reader would cost far more than all the rest; it looks by itself, many times a second. */
	return bpf_ringbuf_output(&events, m, bytes, BPF_RB_NO_WAKEUP);
}

SEC("TEMPLATE_SECTION")
int handle_TEMPLATE_PREFIX(TEMPLATE_PREFIX__event_context *ctx)
{
	__u32 zero = 0;
	struct counters *count = bpf_map_lookup_elem(&counters, &zero);
	struct slot *slot;

	if (!count)
		return 0;
	__sync_fetch_and_add(&count->seen, 1);
	if (bpf_get_current_pid_tgid() >> 32 == own_pid) {
		__sync_fetch_and_add(&count->filtered, 1);
		return 0;
	}
	slot = heap_claim(&data_heap);
	if (!slot) {
		__sync_fetch_and_add(&count->lost, 1);
		klog_error("all %d slots of the heap are in use", HEAP_SLOTS);
		return 0;
	}
	fill_head(&slot->message);
	if (send(ctx, &slot->message)) {
		__sync_fetch_and_add(&count->lost, 1);
		klog_warn("the ring is full: an event of pid %u is lost", slot->message.pid);
	}
	heap_release(slot);
	return 0;
}
