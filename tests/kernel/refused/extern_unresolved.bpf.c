/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: a kernel function is called that this kernel does not have. */
#include "common.bpf.h"

extern int of_the_future(void) __ksym;

SEC("tp_btf/sched_process_exec")
int refused(void *ctx)
{
	of_the_future();
	return 0;
}
