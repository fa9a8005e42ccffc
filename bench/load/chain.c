/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A process that execs itself: calm load, no fork in the figure. Counts up in argv[1], in place, so that each
 * event bears a serial number; everything else travels in the environment, to keep argv short. Further arguments
 * are carried along.
 *
 *	LIMIT=0000020000 UNTIL=00000000000000000000 START=00000000000000000000 chain 0000000000 [PADDING...]
 *
 * Ends after LIMIT execs, or where UNTIL is not 0 at that time (CLOCK_MONOTONIC, ns), and prints
 * `execs=N start=NS end=NS`. The digits' width is fixed: they are rewritten where they stand.
 */
#include "bare.h"

enum { ENV_LIMIT, ENV_UNTIL, ENV_START, ENV_MAX };

static unsigned long long number_read(const char *digits)
{
	unsigned long long value = 0;

	while (*digits >= '0' && *digits <= '9')
		value = value * 10 + (unsigned long long)(*digits++ - '0');
	return value;
}

static void number_write(char *digits, unsigned long long value)
{
	char *end = digits;

	while (*end >= '0' && *end <= '9')
		end++;
	while (end > digits) {
		*--end = (char)('0' + value % 10);
		value /= 10;
	}
}

static unsigned long long clock_now_ns(void)
{
	struct __kernel_timespec t;

	bare_call(__NR_clock_gettime, 1 /* CLOCK_MONOTONIC */, (long)&t, 0);
	return (unsigned long long)t.tv_sec * 1000000000ULL + (unsigned long long)t.tv_nsec;
}

static long chain_end(unsigned long long execs, unsigned long long start_ns)
{
	char text[] = "execs=0000000000 start=00000000000000000000 end=00000000000000000000\n";

	number_write(text + 6, execs);
	number_write(text + 23, start_ns);
	number_write(text + 48, clock_now_ns());
	return bare_call(__NR_write, 1, (long)text, sizeof(text) - 1) < 0;
}

/* The values stand behind `LIMIT=`, `UNTIL=` and `START=`, six bytes each. */
static char *env_value(char **envp, int which)
{
	return envp[which] + 6;
}

long bare_main(long argc, char **argv, char **envp)
{
	unsigned long long execs, until_ns;

	if (argc < 2)
		return 2;
	for (int i = 0; i < ENV_MAX; i++)
		if (!envp[i])
			return 2;
	execs = number_read(argv[1]);
	until_ns = number_read(env_value(envp, ENV_UNTIL));
	if (execs == 0)
		number_write(env_value(envp, ENV_START), clock_now_ns());
	if (execs >= number_read(env_value(envp, ENV_LIMIT)) || (until_ns && clock_now_ns() >= until_ns))
		return chain_end(execs, number_read(env_value(envp, ENV_START)));
	number_write(argv[1], execs + 1);
	bare_call(__NR_execve, (long)argv[0], (long)argv, (long)envp);
	return 1;
}
