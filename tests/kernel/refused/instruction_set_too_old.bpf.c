/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: what an atomic operation found there needs a later instruction set. */
/* clang: -mcpu=v1 */
#include "common.bpf.h"

static __u32 count;

SEC("raw_tp/sched_process_exec")
int refused(void *ctx)
{
	return __sync_fetch_and_or(&count, 1); /* HERE */
}
