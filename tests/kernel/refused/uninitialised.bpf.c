/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: a register is read that nothing has set. */
#include "common.bpf.h"

SEC("raw_tp/sched_process_exec")
int refused(void *ctx)
{
	long found;

	asm volatile("%0 = r5" : "=r"(found)); /* HERE */
	return found;
}
