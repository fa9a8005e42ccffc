/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A load of execs with serial numbers, for tests of the loss sum and for measurements. Prints one JSON object on
 * standard output at the end. Each exec's argv is: TARGET SERIAL LAST TAG [PADDING]; SERIAL has 10 digits and is unique
 * in the run.
 *
 *   vfork: each thread starts one short process after the other (vfork, exec, exit, wait)
 *   chain: one process per thread that execs itself over and over: no fork in the figure
 */
#include <errno.h>
#include <getopt.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SERIAL_DIGITS	 10
#define THREADS_MAX	 256
#define PADDING_ARGUMENT 100000 /* an argument may have 128 KiB at most */

static struct {
	bool chain;
	unsigned int threads;
	uint64_t first, count; /* serial numbers: first .. first + count - 1 */
	double seconds;	       /* vfork only: stop after this time; 0: none */
	size_t argv_bytes;     /* about this long an argv, where longer than needed */
	unsigned int pause_us; /* vfork only: rest of each thread between two execs */
	bool pin;
	const char *target, *tag;
	atomic_uint_fast64_t next, failed, done;
	uint64_t start_ns;
} storm = {.threads = 1, .count = 1000, .tag = "storm"};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

static void stop(const char *what)
{
	fprintf(stderr, "storm: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void set_serial(char *digits, uint64_t serial)
{
	digits[SERIAL_DIGITS] = '\0';
	for (int i = SERIAL_DIGITS - 1; i >= 0; i--, serial /= 10)
		digits[i] = (char)('0' + serial % 10);
}

/* argv of one thread; the serial numbers are put into `current` and `last` before each exec. */
static char **make_argv(char *current, char *last)
{
	size_t used = strlen(storm.target) + 2 * (SERIAL_DIGITS + 1) + strlen(storm.tag) + 2, nr = 4;
	char **argv = calloc(storm.argv_bytes / PADDING_ARGUMENT + 6, sizeof(*argv));

	argv[0] = (char *)storm.target;
	argv[1] = current;
	argv[2] = last;
	argv[3] = (char *)storm.tag;
	while (used + 1 < storm.argv_bytes) {
		size_t length = storm.argv_bytes - used - 1;

		if (length > PADDING_ARGUMENT)
			length = PADDING_ARGUMENT;
		argv[nr++] = memset(calloc(1, length + 1), 'p', length);
		used += length + 1;
	}
	return argv;
}

static bool run_one(char **argv)
{
	static char *const empty[] = {NULL};
	pid_t pid = vfork();
	int status;

	if (pid == 0) {
		execve(storm.target, argv, empty);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) {
		storm.failed++;
		return false;
	}
	storm.done++;
	return true;
}

static void run_vforks(char **argv)
{
	for (;;) {
		uint64_t serial = storm.next++;

		if (serial >= storm.count ||
		    (storm.seconds > 0 && (double)(now_ns() - storm.start_ns) > storm.seconds * 1e9))
			return;
		set_serial(argv[1], storm.first + serial);
		set_serial(argv[2], storm.first + serial);
		run_one(argv);
		if (storm.pause_us)
			usleep(storm.pause_us);
	}
}

/* The target counts down from the last number of this thread's share to the first. */
static void run_chain(char **argv, unsigned int thread)
{
	uint64_t begin = storm.count * thread / storm.threads, end = storm.count * (thread + 1) / storm.threads;

	if (begin == end)
		return;
	set_serial(argv[1], storm.first + end - 1);
	set_serial(argv[2], storm.first + begin);
	if (run_one(argv))
		storm.done += end - begin - 1;
}

static void *run_thread(void *arg)
{
	unsigned int thread = (unsigned int)(uintptr_t)arg;
	char current[SERIAL_DIGITS + 1], last[SERIAL_DIGITS + 1];
	char **argv = make_argv(current, last);
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(thread % (unsigned int)sysconf(_SC_NPROCESSORS_ONLN), &one);
	if (storm.pin && sched_setaffinity(0, sizeof(one), &one) != 0)
		stop("cannot pin a thread");
	if (storm.chain)
		run_chain(argv, thread);
	else
		run_vforks(argv);
	return NULL;
}

/* storm_target in the folder of this program. */
static const char *default_target(void)
{
	static char path[4096];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 16);
	char *slash;

	if (length < 0)
		stop("cannot find storm_target: /proc/self/exe");
	path[length] = '\0';
	slash = strrchr(path, '/');
	strcpy(slash + 1, "storm_target");
	return path;
}

static const struct option options[] = {
	{"mode", required_argument, NULL, 'm'},
	{"threads", required_argument, NULL, 't'},
	{"count", required_argument, NULL, 'n'},
	{"first", required_argument, NULL, 'f'},
	{"seconds", required_argument, NULL, 's'},
	{"argv-bytes", required_argument, NULL, 'a'},
	{"pause-us", required_argument, NULL, 'u'},
	{"pin", no_argument, NULL, 'p'},
	{"target", required_argument, NULL, 'x'},
	{"tag", required_argument, NULL, 'g'},
	{NULL, 0, NULL, 0},
};

static void usage(void)
{
	fprintf(stderr, "usage: storm [--mode vfork|chain] [--threads N] [--count N] [--first N] [--seconds S] "
			"[--argv-bytes N]\n"
			"             [--pause-us N] [--pin] [--target PATH] [--tag TEXT]\n");
	exit(2);
}

static void read_option(int option)
{
	switch (option) {
	case 'm':
		storm.chain = !strcmp(optarg, "chain");
		if (!storm.chain && strcmp(optarg, "vfork") != 0)
			usage();
		break;
	case 't':
		storm.threads = (unsigned int)strtoul(optarg, NULL, 10);
		break;
	case 'n':
		storm.count = strtoull(optarg, NULL, 10);
		break;
	case 'f':
		storm.first = strtoull(optarg, NULL, 10);
		break;
	case 's':
		storm.seconds = strtod(optarg, NULL);
		break;
	case 'a':
		storm.argv_bytes = strtoull(optarg, NULL, 10);
		break;
	case 'u':
		storm.pause_us = (unsigned int)strtoul(optarg, NULL, 10);
		break;
	case 'p':
		storm.pin = true;
		break;
	case 'x':
		storm.target = optarg;
		break;
	case 'g':
		storm.tag = optarg;
		break;
	default:
		usage();
	}
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS_MAX];
	double seconds;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		read_option(option);
	if (optind != argc || storm.threads < 1 || storm.threads > THREADS_MAX)
		usage();
	if (!storm.target)
		storm.target = default_target();
	storm.start_ns = now_ns();
	for (unsigned int i = 0; i < storm.threads; i++)
		if ((errno = pthread_create(&threads[i], NULL, run_thread, (void *)(uintptr_t)i)) != 0)
			stop("cannot start a thread");
	for (unsigned int i = 0; i < storm.threads; i++)
		pthread_join(threads[i], NULL);
	seconds = (double)(now_ns() - storm.start_ns) / 1e9;
	printf("{\"mode\":\"%s\",\"threads\":%u,\"first\":%llu,\"execs\":%llu,\"failed\":%llu,\"seconds\":%.6f,"
	       "\"rate\":%.1f}\n",
	       storm.chain ? "chain" : "vfork", storm.threads, (unsigned long long)storm.first,
	       (unsigned long long)storm.done, (unsigned long long)storm.failed, seconds, (double)storm.done / seconds);
	return storm.failed != 0;
}
