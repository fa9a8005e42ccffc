/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: a place behind the end of a map value is read. */
#include "common.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

SEC("raw_tp/sched_process_exec")
int refused(void *ctx)
{
	__u32 key = 0;
	volatile __u64 *count = bpf_map_lookup_elem(&counts, &key);

	return count ? count[1] : 0; /* HERE */
}
