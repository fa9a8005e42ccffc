/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: a place outside of the program's context is read. */
#include "common.bpf.h"

SEC("tracepoint/sched/sched_process_exec")
int refused(char *ctx)
{
	return *(volatile __u64 *)(ctx + 16384); /* HERE */
}
