/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: a helper is given another kind of thing than it takes. */
#include "common.bpf.h"

SEC("raw_tp/sched_process_exec")
int refused(__u64 *ctx)
{
	__u64 key = 0;

	bpf_map_delete_elem(ctx, &key); /* HERE */
	return 0;
}
