/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: a lock is taken and never given back. */
#include "common.bpf.h"

struct bpf_spin_lock {
	__u32 val;
};

struct count {
	struct bpf_spin_lock lock;
	__u32 nr;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, struct count);
} counts SEC(".maps");

SEC("tc")
int refused(void *ctx)
{
	__u32 key = 0;
	struct count *count = bpf_map_lookup_elem(&counts, &key);

	if (count)
		bpf_spin_lock(&count->lock);
	return 0; /* HERE */
}
