/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* User space: loads the kernel program, prints each event and each log line, and says at the end whether all came. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "event.h"
#include "lib/klog_read.h"
#include "program.skel.h"

/* How long the reader sleeps before it looks whether there are events. */
#define LOOK_AGAIN_US 20000

struct settings {
	const char *level;     /* of the log lines shown */
	unsigned long seconds; /* 0: until Ctrl-C */
};

struct session {
	struct program_bpf *bpf;
	struct klog_table *sites;
	struct ring_buffer *rings;
	unsigned long long printed, broken;
};

static volatile sig_atomic_t stopped;

static void stop(int signal_number)
{
	(void)signal_number;
	stopped = 1;
}

static int print_event(void *context, void *data, size_t bytes)
{
	const size_t before = sizeof(struct message) - sizeof(struct TEMPLATE_PREFIX__event);
	const struct message *m = data;
	struct session *s = context;

	if (bytes < sizeof(*m)) {
		s->broken++;
		return 0;
	}
	printf("%llu.%09llu cpu=%u pid=%u ppid=%u comm=", m->boot_ns / 1000000000ULL, m->boot_ns % 1000000000ULL,
	       m->cpu, m->pid, m->ppid);
	tp_print_text(stdout, m->comm, sizeof(m->comm));
	fputs(" TEMPLATE_NAME: ", stdout);
	TEMPLATE_PREFIX__event_print(stdout, &m->event, bytes - before);
	putchar('\n');
	s->printed++;
	return 0;
}

static int print_log(void *context, void *data, size_t bytes)
{
	struct session *s = context;
	char line[4096];

	if (klog_line(s->sites, data, bytes, line, sizeof(line)) >= 0)
		printf("%s\n", line);
	return 0;
}

/* Which lines of the kernel program log: a line that is off costs the load of a byte. */
static int choose_log(struct session *s, const char *name)
{
	const struct klog_switches on = {(unsigned char *)s->bpf->rodata->klog_on, sizeof(s->bpf->rodata->klog_on)};
	size_t bytes;
	const void *object = program_bpf__elf_bytes(&bytes);
	enum klog_level level = KLOG_OFF;

	while (level < KLOG_LEVEL_MAX && strcmp(klog_level_name(level), name))
		level++;
	if (level == KLOG_LEVEL_MAX || klog_table_open(object, bytes, &s->sites) < 0)
		return -EINVAL;
	klog_choose(s->sites, level, &on);
	return 0;
}

static int fail(const char *what, int code, const char *hint)
{
	fprintf(stderr, "program: cannot %s: %s\nhint: %s\n", what, strerror(code < 0 ? -code : errno), hint);
	return -1;
}

static int open_session(struct session *s, const struct settings *settings)
{
	int r;

	s->bpf = program_bpf__open();
	if (!s->bpf)
		return fail("open the kernel program", 0, "make clean all");
	s->bpf->rodata->own_pid = getpid();
	if (choose_log(s, settings->level) < 0)
		return fail("log at this level", -EINVAL, "off, error, warn, info, debug or trace");
	r = program_bpf__load(s->bpf);
	if (r < 0)
		return fail("load the kernel program", r,
			    r == -EPERM ? "run it as root: make run"
					: "the lines above are libbpf's and the verifier's");
	r = program_bpf__attach(s->bpf);
	if (r < 0)
		return fail("attach to TEMPLATE_TRACEPOINT", r,
			    r == -ENOENT ? "mount -t tracefs tracefs /sys/kernel/tracing"
					 : "the lines above are libbpf's: what it tried, and how that failed");
	s->rings = ring_buffer__new(bpf_map__fd(s->bpf->maps.events), print_event, s, NULL);
	if (!s->rings || ring_buffer__add(s->rings, bpf_map__fd(s->bpf->maps.klog_ring), print_log, s))
		return fail("read the rings", 0, "ulimit -l unlimited");
	return 0;
}

static void close_session(struct session *s)
{
	ring_buffer__free(s->rings);
	klog_table_close(s->sites);
	program_bpf__destroy(s->bpf);
}

/* The counters of all CPUs together. */
static void sum_counters(const struct session *s, struct counters *sum)
{
	int nr_cpus = libbpf_num_possible_cpus();
	struct counters *each = calloc(nr_cpus > 0 ? nr_cpus : 1, sizeof(*each));
	__u32 zero = 0;

	if (each && nr_cpus > 0 && !bpf_map_lookup_elem(bpf_map__fd(s->bpf->maps.counters), &zero, each))
		for (int i = 0; i < nr_cpus; i++) {
			sum->seen += each[i].seen;
			sum->filtered += each[i].filtered;
			sum->lost += each[i].lost;
		}
	free(each);
}

/* Reads what has been sent; a program run that had begun may still be on its way. */
static struct counters read_rest(struct session *s)
{
	struct counters c;

	for (int i = 0; i < 20; i++) {
		c = (struct counters){0};
		ring_buffer__consume(s->rings);
		sum_counters(s, &c);
		if (c.seen == s->printed + c.filtered + c.lost)
			break;
		usleep(50000);
	}
	return c;
}

/* seen = printed + filtered + lost, or something is wrong. */
static int tell_sum(const struct session *s, const struct counters *c)
{
	fprintf(stderr, "seen %llu = printed %llu + filtered %llu + lost %llu\n", c->seen, s->printed, c->filtered,
		c->lost);
	return c->seen == s->printed + c->filtered + c->lost && !s->broken ? 0 : 1;
}

static int watch(struct session *s, unsigned long seconds)
{
	time_t end = time(NULL) + (time_t)seconds;
	struct counters c;

	fprintf(stderr, "program: ready\n");
	while (!stopped && (!seconds || time(NULL) < end)) {
		int r = ring_buffer__consume(s->rings);

		if (r < 0 && r != -EINTR)
			return fail("read the rings", r, "this should not happen");
		fflush(stdout);
		usleep(LOOK_AGAIN_US);
	}
	program_bpf__detach(s->bpf);
	c = read_rest(s);
	fflush(stdout);
	return tell_sum(s, &c);
}

static void usage(void)
{
	fprintf(stderr, "usage: program [--klog off|error|warn|info|debug|trace] [--seconds NUMBER]\n");
	exit(2);
}

static void read_options(int argc, char **argv, struct settings *settings)
{
	static const struct option options[] = {
		{"klog", required_argument, NULL, 'k'},
		{"seconds", required_argument, NULL, 's'},
		{0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'k')
			settings->level = optarg;
		else if (c == 's')
			settings->seconds = strtoul(optarg, NULL, 10);
		else
			usage();
	}
	if (optind < argc)
		usage();
}

int main(int argc, char **argv)
{
	struct settings settings = {.level = "info"};
	struct session s = {0};
	int r;

	read_options(argc, argv, &settings);
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	if (TEMPLATE_PREFIX__event_check(stderr) > 0)
		fprintf(stderr,
			"hint: observer gen tracepoint --hook TEMPLATE_HOOK TEMPLATE_TRACEPOINT -o tracepoint.h\n");
	r = open_session(&s, &settings);
	if (r == 0)
		r = watch(&s, settings.seconds);
	close_session(&s);
	return r ? 1 : 0;
}
