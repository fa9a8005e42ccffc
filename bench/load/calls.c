/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The cheapest system call, over and over: what a hook at the end of every system call costs.
 *
 *	calls COUNT	COUNT calls of getppid(2); prints `execs=COUNT start=NS end=NS`
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static unsigned long long clock_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (unsigned long long)t.tv_sec * 1000000000ULL + (unsigned long long)t.tv_nsec;
}

int main(int argc, char **argv)
{
	unsigned long long count = argc == 2 ? strtoull(argv[1], NULL, 10) : 0, start_ns;

	if (!count) {
		fprintf(stderr, "usage: calls COUNT\n");
		return 2;
	}
	start_ns = clock_now_ns();
	for (unsigned long long i = 0; i < count; i++)
		syscall(SYS_getppid);
	printf("execs=%llu start=%llu end=%llu\n", count, start_ns, clock_now_ns());
	return 0;
}
