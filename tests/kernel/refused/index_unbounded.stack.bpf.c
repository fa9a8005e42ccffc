/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: an array on the stack is written at a place that may be anywhere. */
#include "common.bpf.h"

SEC("raw_tp/sched_process_exec")
int refused(__u64 *ctx)
{
	volatile char name[16] = {};

	name[(__u32)ctx[1]] = 1; /* HERE */
	return name[0];
}
