/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: a helper is called that this kernel does not have. */
#include "common.bpf.h"

static long (*of_the_future)(void) = (void *)9999;

SEC("raw_tp/sched_process_exec")
int refused(void *ctx)
{
	return of_the_future(); /* HERE */
}
