/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: the tracepoint does not exist. */
#include "common.bpf.h"

SEC("tp_btf/of_the_future")
int refused(void *ctx)
{
	return 0;
}
