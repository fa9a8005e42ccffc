/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: a kernel function is called that programs of this type may not call. */
/* On older kernels: extern_unresolved, extern_differs */
#include "common.bpf.h"

struct sock_common {
	int of_mine;
};
extern int bpf_sock_destroy(struct sock_common *sock) __ksym;

SEC("raw_tp/sched_process_exec")
int refused(void *ctx)
{
	return bpf_sock_destroy(0); /* HERE */
}
