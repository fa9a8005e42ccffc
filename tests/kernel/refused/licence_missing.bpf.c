/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: a helper for GPL-compatible programs is called by one without a licence. */
#define NO_LICENCE
#include "common.bpf.h"

SEC("raw_tp/sched_process_exec")
int refused(void *ctx)
{
	__u64 word = 0;

	return bpf_probe_read_kernel(&word, sizeof(word), ctx); /* HERE */
}
