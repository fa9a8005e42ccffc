/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: the context is read at a place that is not known beforehand. */
#include "common.bpf.h"

SEC("raw_tp/sched_process_exec")
int refused(__u64 *ctx)
{
	__u32 at = bpf_get_prandom_u32() & 1;

	return ctx[at]; /* HERE */
}
