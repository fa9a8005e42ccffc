/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused: a function gives back more than fits into a register. */
#include "common.bpf.h"

struct pair {
	long a, b, c;
};

static __noinline struct pair pair_of(long a) /* HERE */
{
	struct pair pair = {a, a + 1, a * 2};

	return pair;
}

SEC("raw_tp/sched_process_exec")
int refused(long *ctx)
{
	return pair_of(ctx[0]).c;
}
