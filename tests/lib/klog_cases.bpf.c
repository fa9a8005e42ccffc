/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One program per case of test_klog.c, run by BPF_PROG_TEST_RUN. */
#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <bpf/bpf_helpers.h>

#define KLOG_STRING_BYTES 32
#include "lib/klog/klog.bpf.h"

char LICENSE[] SEC("license") = "GPL";

#define CASE(name) SEC("raw_tp/sched_process_exec") int name(__u64 *context)

char long_text[4096] = "0123456789abcdefghijklmnopqrstuvwxyz";
char full_text[4] = "wxyz"; /* without a NUL */
char fits[KLOG_STRING_BYTES] = "0123456789abcdefghijklmnopqrstu";
__u64 user_address; /* of "from user space" in the test */

CASE(levels)
{
	klog_error("an error");
	klog_warn("a warning");
	klog_info("some news");
	klog_debug("a detail");
	klog_trace("a step");
	return 0;
}

CASE(signed_numbers)
{
	__s8 a = -8;
	__s16 b = -16;
	__s32 c = -32;
	__s64 d = -64;

	klog_info("%hhd %hd %d %lld %i|%5d|%-5d|%+d|%05d", a, b, c, d, 7, 42, 42, 42, 42);
	return 0;
}

CASE(unsigned_numbers)
{
	__u8 a = 200;
	__u16 b = 60000;
	__u32 c = 4000000000;
	__u64 d = 18000000000000000000ULL;

	klog_info("%hhu %hu %u %llu %c %o %lu %zu", a, b, c, d, 'x', 8, 9UL, sizeof(d));
	return 0;
}

CASE(hex_numbers)
{
	klog_info("%x %X %#x %08x %llx %hhx %p", 0xbeef, 0xbeef, 0xbeef, 0xbeef, ~0ULL, (__u8)-1,
		  (void *)0xffff888000001234);
	return 0;
}

CASE(texts)
{
	char comm[16] = "a name";
	const char *kernel = long_text + 30;

	klog_info("array=%s kernel=%s pks=%pks literal=%s user=%pus", comm, kernel, kernel, "it",
		  (const void *)user_address);
	return 0;
}

CASE(cut_texts)
{
	const char *at = long_text, *whole = fits, *nothing = NULL, *nowhere = (const char *)8;

	klog_info("%s|%s|%s|%s", long_text, at, whole, full_text);
	klog_info("%s|%s|%.*s", nothing, nowhere, 4, nowhere);
	return 0;
}

CASE(counted)
{
	int length = context ? 5 : 0;

	klog_info("%.*s|%.*s|%.*s|%.3s|%8s|%-8s|", length, long_text, 0, long_text, -3, long_text, long_text, full_text,
		  full_text);
	klog_info("%*ph|%*phC|%*phN|%.*s", 3, long_text, 3, long_text, 3, long_text, 100, long_text);
	return 0;
}

CASE(hostile)
{
	char name[16] = "a\nb\033[2J\x9b\\";

	klog_info("100%% of %s", name);
	return 0;
}

/* Each argument is seen once. */
__u64 nr_calls;
static __noinline int count_call(void)
{
	return ++nr_calls;
}

CASE(evaluated_once)
{
	klog_info("%d %d", count_call(), count_call());
	return 0;
}

#define COUNT_UP_5(n)  n, n + 1, n + 2, n + 3, n + 4
#define COUNT_UP_10(n) COUNT_UP_5(n), COUNT_UP_5(n + 5)
CASE(many_arguments)
{
	klog_info("none");
	klog_info("%d", 0);
	klog_info("%d %d", 0, 1);
	klog_info("%d %d %d", 0, 1, 2);
	klog_info("%d %d %d %d", 0, 1, 2, 3);
	klog_info("%d %d %d %d %d", COUNT_UP_5(0));
	klog_info("%d %d %d %d %d %d", COUNT_UP_5(0), 5);
	klog_info("%d %d %d %d %d %d %d", COUNT_UP_5(0), 5, 6);
	klog_info("%d %d %d %d %d %d %d %d", COUNT_UP_5(0), 5, 6, 7);
	klog_info("%d %d %d %d %d %d %d %d %d", COUNT_UP_5(0), 5, 6, 7, 8);
	klog_info("%d %d %d %d %d %d %d %d %d %d", COUNT_UP_10(0));
	klog_info("%d %d %d %d %d %d %d %d %d %d %d", COUNT_UP_10(0), 10);
	klog_info("%d %d %d %d %d %d %d %d %d %d %d %d", COUNT_UP_10(0), 10, 11);
	klog_info("%d %d %d %d %d %d %d %d %d %d %d %d %d", COUNT_UP_10(0), 10, 11, 12);
	klog_info("%d %d %d %d %d %d %d %d %d %d %d %d %d %d", COUNT_UP_10(0), 10, 11, 12, 13);
	klog_info("%d %d %d %d %d %d %d %d %d %d %d %d %d %d %d", COUNT_UP_10(0), COUNT_UP_5(10));
	klog_info("%d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d", COUNT_UP_10(0), COUNT_UP_5(10), 15);
	klog_info("%d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d", COUNT_UP_10(0), COUNT_UP_5(10), 15, 16);
	klog_info("%d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d", COUNT_UP_10(0), COUNT_UP_5(10), 15, 16, 17);
	klog_info("%d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d", COUNT_UP_10(0), COUNT_UP_5(10), 15, 16,
		  17, 18);
	klog_info("%d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d", COUNT_UP_10(0), COUNT_UP_10(10));
	return 0;
}

static __always_inline void shared_helper(int n)
{
	klog_debug("helped %d", n);
}

CASE(first_of_two)
{
	shared_helper(1);
	return 0;
}

CASE(second_of_two)
{
	shared_helper(2);
	return 0;
}

static __noinline int subprogram(int n)
{
	klog_debug("below %d", n);
	return n;
}

CASE(by_subprogram)
{
	return subprogram(context ? 1 : 2);
}

/* The same without log lines, to compare sizes. */
CASE(nothing)
{
	return 0;
}

CASE(one_line)
{
	klog_warn("a line with %d and %s", 1, long_text);
	return 0;
}
