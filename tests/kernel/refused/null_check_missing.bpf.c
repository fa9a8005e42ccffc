/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: what a map lookup gives is used without asking whether it is NULL. */
#include "common.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

SEC("raw_tp/sched_process_exec")
int refused(void *ctx)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	__u64 *count = bpf_map_lookup_elem(&counts, &pid);

	*count += 1; /* HERE */
	return 0;
}
