/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: an array on the stack whose size is not known. */
#include "common.bpf.h"

SEC("raw_tp/sched_process_exec")
int refused(__u64 *ctx)
{
	char name[ctx[0] & 31];

	return bpf_get_current_comm(name, 4);
}
