/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: constant data is written. */
#include "common.bpf.h"

const volatile int limit = 3;

SEC("raw_tp/sched_process_exec")
int refused(void *ctx)
{
	int *at = (int *)&limit;

	asm volatile("" : "+r"(at));
	*at = 4; /* HERE */
	return 0;
}
