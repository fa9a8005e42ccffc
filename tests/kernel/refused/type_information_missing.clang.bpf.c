/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: a place that is found by name needs type information. */
/* clang: -g0 */
#include "common.bpf.h"

SEC("raw_tp/sched_process_exec")
int refused(__u64 *ctx)
{
	struct task_struct *task = (void *)ctx[0];

	return BPF_CORE_READ(task, pid); /* HERE */
}
