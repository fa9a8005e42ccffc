/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: a copy of this size would be a call of memcpy, which there is not. */
#include "common.bpf.h"

struct block {
	char bytes[1 << 20];
};
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct block);
} blocks SEC(".maps");

SEC("raw_tp/sched_process_exec")
int refused(void *ctx)
{
	__u32 from = 0, to = 1;
	struct block *a = bpf_map_lookup_elem(&blocks, &from), *b = bpf_map_lookup_elem(&blocks, &to);

	if (a && b)
		*b = *a; /* HERE */
	return 0;
}
