/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: one frame takes more than 512 bytes: clang says so already. */
#include "common.bpf.h"

SEC("raw_tp/sched_process_exec")
int refused(void *ctx)
{
	char name[600] = {}; /* HERE */

	bpf_get_current_comm(name, sizeof(name));
	return name[1];
}
