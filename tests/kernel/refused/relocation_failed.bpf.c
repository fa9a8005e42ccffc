/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: a member is read that the type of the running kernel does not have. */
#include "common.bpf.h"

struct task_struct___other {
	int of_the_future;
} __attribute__((preserve_access_index));

SEC("tp_btf/sched_process_exec")
int BPF_PROG(refused, struct task_struct *task)
{
	return BPF_CORE_READ((struct task_struct___other *)task, of_the_future) ? 0 : 0;
}
