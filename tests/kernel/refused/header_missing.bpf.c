/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: a header is included that is nowhere. */
#include "common.bpf.h"

#include "vmlinux_of_the_future.h" /* HERE */

SEC("raw_tp/sched_process_exec")
int refused(void *ctx)
{
	return 0;
}
