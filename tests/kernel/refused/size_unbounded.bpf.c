/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: a length that may be anything is given to a helper. */
#include "common.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, char[4096]);
} heap SEC(".maps");

SEC("raw_tp/sched_process_exec")
int refused(__u64 *ctx)
{
	__u32 key = 0;
	char *data = bpf_map_lookup_elem(&heap, &key);
	__u64 length = ctx[1];

	if (data)
		bpf_probe_read_user(data, length, (void *)ctx[0]); /* HERE */
	return 0;
}
