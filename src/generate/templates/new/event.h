/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the kernel program hands to user space: compiled by both. */
#ifndef EVENT_H
#define EVENT_H

#include "tracepoint.h"

/* One event. Its last member ends with bytes of changing length. */
struct message {
	__u64 boot_ns; /* bpf_ktime_get_boot_ns */
	__u32 cpu;
	__u32 pid; /* process (tgid) in whose context it happened */
	__u32 tid; /* thread */
	__u32 ppid;
	char comm[16];
	struct TEMPLATE_PREFIX__event event;
};

/* What one CPU did: the value of the per-CPU map `counters`. seen = sent + filtered + lost. */
struct counters {
	__u64 seen;
	__u64 filtered; /* of this program itself: to print one would make the next */
	__u64 lost;	/* no room in the ring, or all slots of the heap in use */
};

#endif
