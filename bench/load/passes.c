/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Passes tracepoints: passes switch|openat NUMBER. switch: two processes on one CPU hand a byte to and fro, a context
 * switch each time; openat: as many calls of openat(2). Prints execs=NUMBER start=NS end=NS (CLOCK_MONOTONIC).
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static unsigned long long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static void hand_over(int from, int to, long number)
{
	char byte = 0;

	while (number-- > 0)
		if (read(from, &byte, 1) != 1 || write(to, &byte, 1) != 1)
			_exit(1);
}

static void make_switches(long number)
{
	int there[2], back[2];

	if (pipe(there) || pipe(back))
		exit(1);
	if (!fork()) {
		hand_over(there[0], back[1], number / 2);
		_exit(0);
	}
	if (write(back[1], "", 1) != 1)
		exit(1);
	hand_over(back[0], there[1], number / 2);
}

static void make_calls(long number)
{
	while (number-- > 0) {
		int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

		if (fd >= 0)
			close(fd);
	}
}

int main(int argc, char **argv)
{
	unsigned long long start;
	cpu_set_t cpus, one;
	long number;

	if (argc != 3)
		return 2;
	number = atol(argv[2]);
	/* The last one: the others are free for the tool. */
	sched_getaffinity(0, sizeof(cpus), &cpus);
	CPU_ZERO(&one);
	for (int cpu = CPU_SETSIZE - 1; cpu >= 0 && !CPU_COUNT(&one); cpu--)
		if (CPU_ISSET(cpu, &cpus))
			CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof(one), &one);
	start = now_ns();
	if (!strcmp(argv[1], "switch"))
		make_switches(number);
	else
		make_calls(number);
	printf("execs=%ld start=%llu end=%llu\n", number, start, now_ns());
	return 0;
}
