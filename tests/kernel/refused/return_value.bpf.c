/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: an iterator returns what it may not return. */
#include "common.bpf.h"

SEC("iter/task")
int refused(void *ctx)
{
	return 7; /* HERE */
}
