/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: a reservation in a ring buffer is neither submitted nor discarded. */
#include "common.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

SEC("raw_tp/sched_process_exec")
int refused(void *ctx)
{
	__u64 *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (event)
		*event = bpf_ktime_get_ns();
	return 0; /* HERE */
}
