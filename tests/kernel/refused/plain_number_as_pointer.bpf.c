/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: a number is used as an address. */
#include "common.bpf.h"

SEC("raw_tp/sched_process_exec")
int refused(__u64 *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	return task->pid; /* HERE */
}
