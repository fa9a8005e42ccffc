/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: an index that is not bounded is added to an address in a map value. */
#include "common.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64[16]);
} counts SEC(".maps");

SEC("raw_tp/sched_process_exec")
int refused(__u64 *ctx)
{
	__u32 key = 0;
	__u64 *row = bpf_map_lookup_elem(&counts, &key);

	if (row)
		row[(__u32)ctx[1]] = 1; /* HERE */
	return 0;
}
