/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: a length that may be zero is given to a helper that takes none. */
#include "common.bpf.h"

SEC("raw_tp/sched_process_exec")
int refused(__u64 *ctx)
{
	char name[64];
	__u32 length = ctx[1] & 63;

	return bpf_get_current_comm(name, length); /* HERE */
}
