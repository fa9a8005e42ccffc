/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long a tool is blind after its start: starts it, execs a numbered program every 0.2 ms from then on, and
 * prints when the first one that it shows was called, when its line was read, and when its stderr held TEXT
 * (0: never), in ns after the start.
 *
 *	firstcatch [-t] [-r TEXT] TARGET TOOL [ARGUMENT...]		-t: stdout is a terminal
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "watch.h"

#define MARK	  "fc-"
#define DIGITS	  10
#define EVERY_NS  200000ULL
#define LIMIT_NS  20000000000ULL
#define EXECS_MAX (LIMIT_NS / EVERY_NS + 1)

struct firstcatch {
	struct watch tool;
	char *target;
	const char *ready;
	unsigned long long start_ns, ready_ns, shown_ns;
	unsigned long long called_ns[EXECS_MAX];
	unsigned int nr_execs;
	unsigned int first; /* number of the first exec that was shown */
};

static bool first_find(struct firstcatch *f)
{
	char *mark = memmem(f->tool.buffer, f->tool.filled, MARK, strlen(MARK));

	if (!mark || mark + strlen(MARK) + DIGITS > f->tool.buffer + f->tool.filled)
		return false;
	f->first = (unsigned int)strtoul(mark + strlen(MARK), NULL, 10);
	f->shown_ns = clock_now_ns();
	return true;
}

static bool firstcatch_run(struct firstcatch *f)
{
	while (f->nr_execs < EXECS_MAX) {
		char mark[32];
		unsigned long long next;

		snprintf(mark, sizeof(mark), MARK "%0*u", DIGITS, f->nr_execs);
		f->called_ns[f->nr_execs] = target_exec(f->target, mark);
		next = f->called_ns[f->nr_execs++] + EVERY_NS;
		do {
			unsigned long long now = clock_now_ns();

			if (!f->ready_ns && f->ready && watch_said(&f->tool, f->ready))
				f->ready_ns = now;
			if (!f->shown_ns && watch_read(&f->tool, now < next ? next - now : 0, strlen(MARK) + DIGITS))
				first_find(f);
			if (f->shown_ns && (f->ready_ns || !f->ready))
				return true;
		} while (clock_now_ns() < next);
	}
	return false;
}

int main(int argc, char **argv)
{
	static struct firstcatch f;
	bool terminal = false, caught;
	int option;

	while ((option = getopt(argc, argv, "+tr:")) != -1) {
		if (option == 't')
			terminal = true;
		else if (option == 'r')
			f.ready = optarg;
		else
			return 2;
	}
	if (argc - optind < 2) {
		fprintf(stderr, "usage: firstcatch [-t] [-r TEXT] TARGET TOOL [ARGUMENT...]\n");
		return 2;
	}
	f.target = argv[optind];
	f.start_ns = clock_now_ns();
	if (watch_start(&f.tool, argv + optind + 1, terminal) < 0)
		return 1;
	caught = firstcatch_run(&f);
	watch_end(&f.tool);
	if (!caught || f.first >= f.nr_execs)
		return 1;
	printf("first=%u called=%llu shown=%llu ready=%llu\n", f.first, f.called_ns[f.first] - f.start_ns,
	       f.shown_ns - f.start_ns, f.ready_ns ? f.ready_ns - f.start_ns : 0);
	return 0;
}
