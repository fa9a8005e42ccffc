/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: the frames of two functions together take more than 512 bytes of stack. */
#include "common.bpf.h"

static __noinline int first_letter(void)
{
	char name[300] = {};

	bpf_get_current_comm(name, sizeof(name));
	return name[0];
}

SEC("iter/task")
int refused(void *ctx)
{
	char name[400] = {};

	bpf_get_current_comm(name, sizeof(name));
	return first_letter() && name[1];
}
