/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Execs a marked program, waits until the tool has shown it, execs the next: a wakeup that is lost leaves the
 * line unseen for ever. Prints how many were shown and the times from just before execve to the line read, in ns.
 *
 *	pingpong [OPTION...] TARGET COUNT TOOL [ARGUMENT...]
 *	  -t        the tool's stdout is a terminal, not a pipe
 *	  -r TEXT   begin when the tool's stderr holds TEXT; else -s MS after its start (default 2000)
 *	  -g US     idle from half of US to one and a half of it between two execs (default: none)
 *	  -j US     spin up to US before each exec, to try each moment of the tool's falling asleep
 *	  -n TEXT   the shown line holds TEXT, for tools that show no arguments (default: the mark of the exec)
 *	  -w MS     a line that is not seen after MS is late (default 1000): another exec follows, which tells
 *	            whether its wakeup or the event itself was lost
 *	  -f        exec and read with real-time priority: in a flood only the tool is to wait for a CPU
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "watch.h"

struct pingpong {
	struct watch tool;
	char *target;
	unsigned int count;
	const char *ready;
	const char *needle;
	unsigned long long settle_ns, gap_ns, jitter_ns, wait_ns;
	bool terminal, real_time;
	unsigned long long random;
	unsigned int *latencies_ns; /* of the lines that were shown in time */
	unsigned int nr_shown, nr_late, nr_missing;
};

static unsigned long long random_next(struct pingpong *p)
{
	p->random ^= p->random << 13;
	p->random ^= p->random >> 7;
	p->random ^= p->random << 17;
	return p->random;
}

/* Reads until the needle was seen, and returns that time; 0 where until_ns passed before. */
static unsigned long long needle_wait(struct pingpong *p, const char *needle, unsigned long long until_ns)
{
	size_t length = strlen(needle);

	for (unsigned long long now = clock_now_ns(); now < until_ns; now = clock_now_ns())
		if (watch_read(&p->tool, until_ns - now, length - 1) &&
		    memmem(p->tool.buffer, p->tool.filled, needle, length))
			return clock_now_ns();
	return 0;
}

static void idle(struct pingpong *p, unsigned long long ns)
{
	unsigned long long until = clock_now_ns() + ns;

	for (unsigned long long now = clock_now_ns(); now < until; now = clock_now_ns())
		watch_read(&p->tool, until - now, 0);
}

static void spin(unsigned long long ns)
{
	unsigned long long until = clock_now_ns() + ns;

	while (clock_now_ns() < until)
		;
}

static bool pingpong_begin(struct pingpong *p)
{
	unsigned long long until = clock_now_ns() + 30000000000ULL;

	if (!p->ready)
		idle(p, p->settle_ns);
	while (p->ready && !watch_said(&p->tool, p->ready)) {
		if (clock_now_ns() > until)
			return false;
		usleep(1000);
	}
	/* Nothing of the tool's own start-up may be taken for the first line. */
	idle(p, 50000000);
	return true;
}

static void pingpong_step(struct pingpong *p, unsigned int number)
{
	unsigned long long start, seen;
	char mark[32];
	const char *needle = p->needle ? p->needle : mark;

	if (p->gap_ns)
		idle(p, p->gap_ns / 2 + random_next(p) % p->gap_ns);
	if (p->jitter_ns)
		spin(random_next(p) % p->jitter_ns);
	snprintf(mark, sizeof(mark), "pp-%010u", number);
	p->tool.filled = 0;
	start = target_exec(p->target, mark);
	seen = needle_wait(p, needle, start + p->wait_ns);
	if (seen) {
		p->latencies_ns[p->nr_shown++] = (unsigned int)(seen - start);
		return;
	}
	target_exec(p->target, "nudge");
	if (needle_wait(p, needle, clock_now_ns() + p->wait_ns))
		p->nr_late++;
	else
		p->nr_missing++;
}

static int compare(const void *a, const void *b)
{
	unsigned int x = *(const unsigned int *)a, y = *(const unsigned int *)b;

	return (x > y) - (x < y);
}

static void pingpong_print(struct pingpong *p)
{
	static const struct {
		const char *name;
		unsigned int permille;
	} quantiles[] = {{"min", 0},   {"p25", 250},  {"p50", 500}, {"p75", 750},
			 {"p99", 990}, {"p999", 999}, {"max", 1000}};

	printf("shown=%u late=%u missing=%u", p->nr_shown, p->nr_late, p->nr_missing);
	qsort(p->latencies_ns, p->nr_shown, sizeof(*p->latencies_ns), compare);
	for (size_t i = 0; p->nr_shown && i < sizeof(quantiles) / sizeof(*quantiles); i++) {
		unsigned long long index = (unsigned long long)(p->nr_shown - 1) * quantiles[i].permille / 1000;

		printf(" %s=%u", quantiles[i].name, p->latencies_ns[index]);
	}
	putchar('\n');
}

static int options_parse(struct pingpong *p, int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "+tfr:s:g:j:n:w:")) != -1) {
		unsigned long long number = optarg ? strtoull(optarg, NULL, 10) : 0;

		switch (option) {
		case 't':
			p->terminal = true;
			break;
		case 'f':
			p->real_time = true;
			break;
		case 'r':
			p->ready = optarg;
			break;
		case 'n':
			p->needle = optarg;
			break;
		case 's':
			p->settle_ns = number * 1000000;
			break;
		case 'g':
			p->gap_ns = number * 1000;
			break;
		case 'j':
			p->jitter_ns = number * 1000;
			break;
		case 'w':
			p->wait_ns = number * 1000000;
			break;
		default:
			return -1;
		}
	}
	if (argc - optind < 3)
		return -1;
	p->target = argv[optind];
	p->count = (unsigned int)strtoul(argv[optind + 1], NULL, 10);
	return optind + 2;
}

int main(int argc, char **argv)
{
	static struct pingpong p = {.settle_ns = 2000000000, .wait_ns = 1000000000, .random = 88172645463325252ULL};
	struct sched_param first = {.sched_priority = 1};
	int tool = options_parse(&p, argc, argv);

	if (tool < 0 || !(p.latencies_ns = calloc(p.count + 1, sizeof(*p.latencies_ns)))) {
		fprintf(stderr,
			"usage: pingpong [-tf] [-r TEXT] [-s MS] [-g US] [-j US] [-n TEXT] [-w MS] TARGET COUNT "
			"TOOL...\n");
		return 2;
	}
	if (watch_start(&p.tool, argv + tool, p.terminal) < 0)
		return 1;
	if (!pingpong_begin(&p)) {
		fprintf(stderr, "pingpong: the tool was not ready within 30 s\n");
		watch_end(&p.tool);
		return 1;
	}
	if (p.real_time && sched_setscheduler(0, SCHED_FIFO, &first))
		perror("pingpong: real-time priority");
	for (unsigned int i = 0; i < p.count; i++)
		pingpong_step(&p, i);
	pingpong_print(&p);
	fflush(stdout);
	watch_end(&p.tool);
	return 0;
}
