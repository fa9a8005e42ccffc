/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: more than a million instructions would have to be checked. */
#include "common.bpf.h"

SEC("raw_tp/sched_process_exec")
int refused(__u64 *ctx)
{
	volatile __u64 sum = 0;

	for (__u32 i = 0; i < 4000000; i++)
		sum += i;
	return sum;
}
