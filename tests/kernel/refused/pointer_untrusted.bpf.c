/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: a pointer that was walked to is given to a helper that takes none such. */
/* On older kernels: helper_unknown */
#include "common.bpf.h"

SEC("tp_btf/sched_process_exec")
int BPF_PROG(refused, struct task_struct *task)
{
	bpf_task_pt_regs(BPF_CORE_READ(task, real_parent)); /* HERE */
	return 0;
}
