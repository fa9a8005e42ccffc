/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: a helper is called that this type of program may not call. */
#include "common.bpf.h"

SEC("raw_tp/sched_process_exec")
int refused(void *ctx)
{
	return bpf_redirect(1, 0); /* HERE */
}
