/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: the section names no type of program. */
#include "common.bpf.h"

SEC("tracepont/sched/sched_process_exec")
int refused(void *ctx)
{
	return 0;
}
