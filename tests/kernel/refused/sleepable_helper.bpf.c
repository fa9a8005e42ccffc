/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: a helper that may sleep is called where sleeping is not possible. */
/* On older kernels: helper_not_allowed */
#include "common.bpf.h"

SEC("tp_btf/sched_process_exec")
int refused(__u64 *ctx)
{
	char byte;

	bpf_copy_from_user(&byte, 1, (void *)ctx[1]); /* HERE */
	return 0;
}
