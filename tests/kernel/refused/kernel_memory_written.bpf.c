/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: memory of the kernel is written through a typed pointer. */
#include "common.bpf.h"

SEC("tp_btf/sched_process_exec")
int BPF_PROG(refused, struct task_struct *task)
{
	task->pid = 0; /* HERE */
	return 0;
}
