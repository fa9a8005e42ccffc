/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: a constant's name that no header has. */
#include "common.bpf.h"

SEC("raw_tp/sched_process_exec")
int refused(void *ctx)
{
	return BPF_OF_THE_FUTURE; /* HERE */
}
