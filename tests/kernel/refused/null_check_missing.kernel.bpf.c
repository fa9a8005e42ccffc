/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: a kernel pointer that may be NULL is given to a helper. */
/* On older kernels: helper_unknown */
#include "common.bpf.h"

SEC("iter/task")
int refused(struct bpf_iter__task *ctx)
{
	return bpf_task_pt_regs(ctx->task) ? 0 : 0; /* HERE */
}
