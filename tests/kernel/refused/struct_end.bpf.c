/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: memory behind the end of a kernel object is read. */
#include "common.bpf.h"

SEC("tp_btf/sched_process_exec")
int BPF_PROG(refused, struct task_struct *task)
{
	return *(volatile int *)((char *)task + (1 << 20)) ? 0 : 0; /* HERE */
}
