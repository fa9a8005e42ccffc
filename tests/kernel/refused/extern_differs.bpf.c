/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: a kernel function is declared with a type that has no body. */
/* On older kernels: extern_unresolved */
#include "common.bpf.h"

struct sock_common;
extern int bpf_sock_destroy(struct sock_common *sock) __ksym;

SEC("raw_tp/sched_process_exec")
int refused(void *ctx)
{
	return bpf_sock_destroy(0);
}
