/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Log lines of the kernel side (lib/klog): they travel in `events` among the events, so that their order is the true
 * one. They may not push out events: the ring is made larger by the share that they get, and where more than that is in
 * use they are lost, counted by level.
 */
#ifndef PARTS_LOG_BPF_H
#define PARTS_LOG_BPF_H

#include "events/log.h"

#define KLOG_OWN_RING
#define KLOG_RECORD	  struct log_event
#define KLOG_STRING_BYTES 256
#include "lib/klog/klog.bpf.h"

_Static_assert(LOG_LEVEL_MAX == (int)KLOG_LEVEL_MAX, "levels are counted in struct counters");

static __always_inline struct log_event *klog_begin(enum klog_level level, __u64 site, __u32 bytes)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct counters *all = bpf_map_lookup_elem(&counters, &cpu);
	struct log_event *e = NULL;
	struct counter *c;
	__u64 thread;

	if (!all)
		return NULL;
	c = &all->logs[level];
	if (bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA) + bytes <= settings.log_bytes)
		e = bpf_ringbuf_reserve(&events, bytes, 0);
	if (!e) {
		__sync_fetch_and_add(&c->seen, 1);
		ring_count_loss(c, LOSS_ring_full);
		ring_wake_reader();
		return NULL;
	}
	ring_stamp(&e->header, RECORD_LOG);
	if (!ring_number(&e->header, c, &c->seen)) {
		bpf_ringbuf_discard(e, BPF_RB_NO_WAKEUP);
		return NULL;
	}
	thread = bpf_get_current_pid_tgid();
	e->level = level;
	e->pid = thread >> 32;
	e->tid = thread;
	e->reserved = 0;
	e->site = site;
	return e;
}

static __always_inline void klog_end(struct log_event *e)
{
	ring_submit(e);
}

/* Bytes of a NUL-terminated string of the kernel, without the NUL; 0 where it cannot be read. */
static __noinline __u64 log_string_bytes(__u64 address)
{
	char part[128];
	__u64 bytes = 0;
	long length;

	for (int i = 0; i < (NAME_BYTES_MAX + 126) / 127; i++) {
		length = bpf_probe_read_kernel_str(part, sizeof(part), (const void *)(address + bytes));
		if (length <= 0)
			break;
		bytes += length - 1;
		if (length < (long)sizeof(part))
			break;
	}
	return bytes;
}

#endif
