/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: a byte that is no instruction. */
#include "common.bpf.h"

SEC("raw_tp/sched_process_exec")
int refused(void *ctx)
{
	asm volatile(".quad 0x00000000000000f7");
	return 0;
}
