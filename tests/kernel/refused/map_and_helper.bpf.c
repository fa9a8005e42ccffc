/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: a helper is given a map of a type that it cannot use. */
#include "common.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u32);
} events SEC(".maps");

SEC("raw_tp/sched_process_exec")
int refused(void *ctx)
{
	return bpf_ringbuf_query(&events, 0); /* HERE */
}
