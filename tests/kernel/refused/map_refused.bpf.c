/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: an array's key has to have four bytes. */
#include "common.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 16);
	__type(key, __u64);
	__type(value, __u64);
} counts SEC(".maps");

SEC("raw_tp/sched_process_exec")
int refused(void *ctx)
{
	__u64 key = 0;

	return bpf_map_delete_elem(&counts, &key);
}
