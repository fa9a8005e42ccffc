/* SPDX-License-Identifier: GPL-2.0-only */
/* bpf/parts/filter.bpf.h by itself: the subject and the table are put into the maps by test_filter_table.c. */
#include "bpf/kernel_types.h"
#include <bpf/bpf_helpers.h>

#include "tests/kernel/filter_slot.h"

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct slot);
} data_heap SEC(".maps");

/* Nothing is numbered here. */
static __always_inline bool ring_number(struct record *header, struct counter *c, __u64 *count)
{
	return true;
}

#include "bpf/parts/filter.bpf.h"

/* 1 where the table lets the subject pass. */
SEC("raw_tp/sched_process_exec")
int look_at_table(void *context)
{
	__u32 zero = 0;
	struct slot *s = bpf_map_lookup_elem(&data_heap, &zero);

	return s && filter_look(s, zero);
}
