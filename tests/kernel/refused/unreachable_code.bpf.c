/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: an instruction that nothing reaches. */
#include "common.bpf.h"

SEC("raw_tp/sched_process_exec")
__attribute__((naked)) int refused(void *ctx)
{
	asm volatile("r0 = 0;"
		     "exit;"
		     "r0 = 1;"
		     "exit");
}
