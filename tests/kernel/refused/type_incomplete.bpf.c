/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: the members of a type are not known. */
#include "common.bpf.h"

struct task_of_the_future;

SEC("tp_btf/sched_process_exec")
int BPF_PROG(refused, struct task_of_the_future *task)
{
	return task->pid; /* HERE */
}
