/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: a map is larger than there is memory. */
#include "common.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1 << 20);
	__type(key, __u32);
	__type(value, char[1 << 20]);
} counts SEC(".maps");

SEC("raw_tp/sched_process_exec")
int refused(void *ctx)
{
	__u32 key = 0;

	return bpf_map_delete_elem(&counts, &key);
}
