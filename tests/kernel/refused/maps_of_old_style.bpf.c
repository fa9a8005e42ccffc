/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: a map is defined as libbpf before 1.0 had it. */
#include "common.bpf.h"

struct bpf_map_def {
	__u32 type, key_size, value_size, max_entries, map_flags;
} counts SEC("maps") = {BPF_MAP_TYPE_ARRAY, 4, 8, 1, 0};

SEC("raw_tp/sched_process_exec")
int refused(void *ctx)
{
	__u32 key = 0;

	return bpf_map_delete_elem(&counts, &key);
}
