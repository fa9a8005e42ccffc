/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: an address is multiplied. */
#include "common.bpf.h"

SEC("raw_tp/sched_process_exec")
int refused(__u64 *ctx)
{
	return *(__u64 *)((__u64)ctx * 2); /* HERE */
}
