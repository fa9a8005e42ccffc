/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Each program logs LINES times in a loop and says how long that took; bench/log/klog.c runs them. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "lib/klog/klog.bpf.h"

#define LINES 1000

char LICENSE[] SEC("license") = "GPL";

__u64 elapsed_ns;
__u64 seed = 7; /* not known to the compiler */

#define FOUR	a, a + 1, a + 2, a + 3
#define TWELVE	FOUR, a + 4, a + 5, a + 6, a + 7, a + 8, a + 9, a + 10, a + 11
#define FORMAT4 "%llu %llu %llu %llu"

#define CASE(name, line)                                                                                               \
	static long name##_step(__u64 turn, void *context)                                                             \
	{                                                                                                              \
		__u64 a = *(volatile __u64 *)&seed + turn;                                                             \
                                                                                                                       \
		(void)a;                                                                                               \
		line;                                                                                                  \
		return 0;                                                                                              \
	}                                                                                                              \
	SEC("raw_tp/sched_process_exec") int name(void *context)                                                       \
	{                                                                                                              \
		__u64 begin = bpf_ktime_get_ns();                                                                      \
                                                                                                                       \
		bpf_loop(LINES, name##_step, 0, 0);                                                                    \
		elapsed_ns = bpf_ktime_get_ns() - begin;                                                               \
		return 0;                                                                                              \
	}

CASE(nothing, (void)0)
CASE(off, klog_trace(FORMAT4, FOUR))
CASE(klog_0, klog_info("a line"))
CASE(klog_4, klog_info(FORMAT4, FOUR))
CASE(klog_12, klog_info(FORMAT4 FORMAT4 FORMAT4, TWELVE))
CASE(printk_0, bpf_printk("a line"))
CASE(printk_4, bpf_printk(FORMAT4, FOUR))
CASE(printk_12, bpf_printk(FORMAT4 FORMAT4 FORMAT4, TWELVE))
