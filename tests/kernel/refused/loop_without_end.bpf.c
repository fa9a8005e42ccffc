/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: a loop whose end nothing shows. */
#include "common.bpf.h"

SEC("raw_tp/sched_process_exec")
int refused(void *ctx)
{
	volatile __u32 wanted = 1;

	while (wanted)
		;
	return 0;
}
