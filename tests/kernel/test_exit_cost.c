/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a life cost: the exit event against wait4(2) and /proc/PID/io of the zombie. The event is taken at the last
 * thread's end, before its memory and files are given back: what that costs is in wait4's numbers alone, hence the
 * tolerances.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "files.h"
#include "harness.h"
#include "json.h"
#include "lives.h"
#include "session.h"

#define FAULTS_APART   8	   /* faults of the way out */
#define SWITCHES_APART 3	   /* the same; the last switch is the zombie's */
#define IO_APART       (64 * 1024) /* files that are closed last */
#define MEMORY_BYTES   (64ULL << 20)

static struct session *start(void)
{
	return session_start("--events", "exec,exit");
}

static uint64_t apart(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

#define CHECK_APART(e, key, expected, most)                                                                            \
	CHECK(apart(json_number((e), (key)), (expected)) <= (most), "%s is %s, wait4 or /proc says %llu", (key),       \
	      json_shown((e), (key)), (unsigned long long)(expected))

static uint64_t event_cpu_ns(const json_t *e)
{
	return json_number(e, "utime_ns") + json_number(e, "stime_ns");
}

static uint64_t event_children_ns(const json_t *e)
{
	return json_number(e, "children_utime_ns") + json_number(e, "children_stime_ns");
}

static uint64_t timeval_ns(const struct timeval *t)
{
	return (uint64_t)t->tv_sec * 1000000000U + (uint64_t)t->tv_usec * 1000;
}

/* All keys of a process that waited for no children. */
static void check_bill(const json_t *e, const struct bill *bill)
{
	const struct rusage *r = &bill->usage;

	CHECK_APART(e, "minor_faults", (uint64_t)r->ru_minflt, FAULTS_APART);
	CHECK_APART(e, "major_faults", (uint64_t)r->ru_majflt, FAULTS_APART);
	CHECK_NUMBER(e, "max_rss_bytes", (uint64_t)r->ru_maxrss * 1024);
	CHECK_APART(e, "voluntary_switches", (uint64_t)r->ru_nvcsw, SWITCHES_APART);
	CHECK_APART(e, "involuntary_switches", (uint64_t)r->ru_nivcsw, SWITCHES_APART);
	CHECK_EQ(event_children_ns(e), 0);
	CHECK(cpu_close_at_exit(e, event_cpu_ns(e), bill_cpu_ns(bill), bill->ended_ns),
	      "CPU time is %llu ns, wait4 says %llu", (unsigned long long)event_cpu_ns(e),
	      (unsigned long long)bill_cpu_ns(bill));
	CHECK(cpu_close_at_exit(e, json_number(e, "utime_ns"), timeval_ns(&r->ru_utime), bill->ended_ns),
	      "utime_ns %s, wait4 says %llu", json_shown(e, "utime_ns"), (unsigned long long)timeval_ns(&r->ru_utime));
	CHECK(cpu_close_at_exit(e, json_number(e, "stime_ns"), timeval_ns(&r->ru_stime), bill->ended_ns),
	      "stime_ns %s, wait4 says %llu", json_shown(e, "stime_ns"), (unsigned long long)timeval_ns(&r->ru_stime));
	if (!bill->has_io)
		return;
	CHECK_APART(e, "read_bytes", bill->read_bytes, IO_APART);
	CHECK_APART(e, "write_bytes", bill->write_bytes, IO_APART);
}

/* Runs a body to its end, and compares. */
static json_t *spend(struct session *s, void (*body)(void *arg), void *arg, struct bill *ret_bill)
{
	struct child c = child_start(body, arg);
	unsigned int before = test_failures();
	json_t *e;

	*ret_bill = bill_take(&c);
	CHECK_EQ(ret_bill->status, 0);
	e = check_exit(s, ret_bill->pid, ret_bill->status);
	check_bill(e, ret_bill);
	if (test_failures() != before)
		fprintf(stderr, "the event was: %.2000s\n", json_dumps(e, JSON_COMPACT));
	return e;
}

static void touch_memory(void *arg)
{
	size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);
	volatile char *memory = mmap(NULL, MEMORY_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)arg;
	if (memory == MAP_FAILED)
		child_fail("mmap");
	madvise((void *)memory, MEMORY_BYTES, MADV_NOHUGEPAGE);
	for (size_t at = 0; at < MEMORY_BYTES; at += page_bytes)
		memory[at] = 1;
	munmap((void *)memory, MEMORY_BYTES);
	_exit(0);
}

TEST(cost_of_memory)
{
	struct session *s = start();
	struct bill bill;
	json_t *e = spend(s, touch_memory, NULL, &bill);

	CHECK(json_number(e, "minor_faults") >= MEMORY_BYTES / (uint64_t)sysconf(_SC_PAGESIZE), "minor_faults %s",
	      json_shown(e, "minor_faults"));
	CHECK(json_number(e, "max_rss_bytes") >= MEMORY_BYTES && json_number(e, "max_rss_bytes") < MEMORY_BYTES * 2,
	      "max_rss_bytes %s", json_shown(e, "max_rss_bytes"));
	session_stop(s);
}

/* Memory that is there at the end still. */
static void die_large(void *arg)
{
	volatile char *memory =
		mmap(NULL, MEMORY_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	(void)arg;
	_exit(memory == MAP_FAILED);
}

TEST(cost_of_memory_kept_to_the_end)
{
	struct session *s = start();
	struct child c = child_start(die_large, NULL);
	struct bill bill = bill_take(&c);
	json_t *e = check_exit(s, bill.pid, 0);

	CHECK_NUMBER(e, "max_rss_bytes", (uint64_t)bill.usage.ru_maxrss * 1024);
	CHECK(json_number(e, "max_rss_bytes") >= MEMORY_BYTES, "max_rss_bytes %s", json_shown(e, "max_rss_bytes"));
	/* Less than wait4 says, never more. */
	CHECK(event_cpu_ns(e) <= bill_cpu_ns(&bill) + 1000000, "CPU time is %llu ns, wait4 says %llu",
	      (unsigned long long)event_cpu_ns(e), (unsigned long long)bill_cpu_ns(&bill));
	session_stop(s);
}

static void sleep_often(void *arg)
{
	(void)arg;
	for (int i = 0; i < 60; i++)
		sleep_ms(1);
	_exit(0);
}

static void burn_beside_another(void *arg)
{
	cpu_set_t one;
	pid_t pid;

	(void)arg;
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof(one), &one);
	pid = fork();
	if (pid == 0) {
		burn_user(150);
		_exit(0);
	}
	burn_user(150);
	/* Not waited for: its times must not be in the sum. */
	_exit(0);
}

TEST(cost_of_switches)
{
	struct session *s = start();
	struct bill bill;
	json_t *e = spend(s, sleep_often, NULL, &bill);

	CHECK(json_number(e, "voluntary_switches") >= 60, "voluntary_switches %s", json_shown(e, "voluntary_switches"));
	e = spend(s, burn_beside_another, NULL, &bill);
	CHECK(json_number(e, "involuntary_switches") >= 5, "involuntary_switches %s",
	      json_shown(e, "involuntary_switches"));
	session_stop(s);
}

/* A folder on a disk: what goes to a file system in memory is no I/O. */
static const char *io_path;

static void write_and_read(void *arg)
{
	char *block = memset(malloc(1 << 20), 'x', 1 << 20);
	int fd = open(io_path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	(void)arg;
	for (int i = 0; i < 8; i++)
		if (write(fd, block, 1 << 20) != 1 << 20)
			child_skip("writing 8 MiB");
	fsync(fd);
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	for (int i = 0; i < 4; i++)
		if (pread(fd, block, 1 << 20, (off_t)i << 20) != 1 << 20)
			child_fail("pread");
	_exit(0);
}

TEST(cost_of_io)
{
	struct session *s = start();
	struct bill bill;
	json_t *e;

	io_path = text("%s/data", test_dir());
	e = spend(s, write_and_read, NULL, &bill);
	CHECK(bill.has_io, "no /proc/PID/io of a zombie");
	if (bill.has_io && bill.write_bytes == 0)
		test_skip("'%s' is on no disk", test_dir());
	CHECK(json_number(e, "write_bytes") >= 8 << 20, "write_bytes %s", json_shown(e, "write_bytes"));
	CHECK(json_number(e, "read_bytes") >= 4 << 20, "read_bytes %s", json_shown(e, "read_bytes"));
	session_stop(s);
}

/* A page of a file that is in no cache. */
static void fault_on_file(void *arg)
{
	static const size_t bytes = 4 << 20;
	int fd = open(io_path, O_RDONLY | O_CLOEXEC);
	volatile char *map, sink;

	(void)arg;
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	map = mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		child_fail("mmap");
	madvise((void *)map, bytes, MADV_RANDOM);
	for (size_t at = 0; at < bytes; at += 65536)
		sink = map[at];
	(void)sink;
	_exit(0);
}

TEST(cost_of_major_faults)
{
	struct session *s = start();
	struct bill bill;
	json_t *e;

	io_path = text("%s/data", test_dir());
	spend(s, write_and_read, NULL, &bill);
	e = spend(s, fault_on_file, NULL, &bill);
	if (bill.usage.ru_majflt == 0)
		test_skip("'%s' is on no disk", test_dir());
	CHECK(json_number(e, "major_faults") > 0, "major_faults %s", json_shown(e, "major_faults"));
	session_stop(s);
}

static void burn(void *arg)
{
	if (strchr(arg, 'u'))
		burn_user(300);
	if (strchr(arg, 's'))
		burn_system(300);
	_exit(0);
}

TEST(cost_of_a_burner)
{
	struct session *s = start();
	struct bill bill;
	char *kinds[] = {"u", "s", "us"};

	for (size_t i = 0; i < 3; i++) {
		json_t *e = spend(s, burn, kinds[i], &bill);
		uint64_t burnt = 300000000 * strlen(kinds[i]);

		CHECK(event_cpu_ns(e) >= burnt && event_cpu_ns(e) < burnt * 3 / 2, "%llu ns of CPU time in '%s'",
		      (unsigned long long)event_cpu_ns(e), kinds[i]);
		if (i < 2)
			CHECK(json_number(e, i ? "stime_ns" : "utime_ns") >= burnt * 3 / 4,
			      "kind %s: utime %s, stime %s", kinds[i], json_shown(e, "utime_ns"),
			      json_shown(e, "stime_ns"));
	}
	session_stop(s);
}

/* Too short for any tick: the scheduler's sum is exact all the same. */
static void burn_briefly(void *arg)
{
	(void)arg;
	burn_user(2);
	_exit(0);
}

/* Never more than wait4 says: but for what a hypervisor stole after the last tick, which hits one life in many. */
TEST(cost_of_short_lives)
{
	struct session *s = start();
	unsigned int nr_more = 0;

	for (int i = 0; i < 30; i++) {
		struct bill bill;
		json_t *e = spend(s, burn_briefly, NULL, &bill);

		CHECK(event_cpu_ns(e) >= 2000000, "%llu ns of at least 2 ms", (unsigned long long)event_cpu_ns(e));
		if (event_cpu_ns(e) <= bill_cpu_ns(&bill) + 2000)
			continue;
		nr_more++;
		fprintf(stderr, "%llu ns, wait4 says %llu\n", (unsigned long long)event_cpu_ns(e),
			(unsigned long long)bill_cpu_ns(&bill));
	}
	CHECK(nr_more <= 3, "%u of 30 lives were told longer than they were", nr_more);
	session_stop(s);
}

#define BURNERS 50

static struct burners {
	unsigned int nr, ms;
	bool alive; /* at the end of their process */
} many;
static pthread_barrier_t barrier;

static void *burner(void *arg)
{
	burn_user(many.ms);
	if (many.alive) {
		pthread_barrier_wait(&barrier);
		for (;;)
			pause();
	}
	return arg;
}

static void burn_by_threads(void *arg)
{
	pthread_t threads[BURNERS];

	(void)arg;
	pthread_barrier_init(&barrier, NULL, many.nr + 1);
	for (unsigned int i = 0; i < many.nr; i++)
		if (pthread_create(&threads[i], NULL, burner, NULL) != 0)
			child_fail("pthread_create");
	if (many.alive)
		pthread_barrier_wait(&barrier);
	for (unsigned int i = 0; !many.alive && i < many.nr; i++)
		pthread_join(threads[i], NULL);
	syscall(SYS_exit_group, 0);
}

static void check_threads(unsigned int nr, unsigned int ms, bool alive)
{
	struct session *s = start();
	struct child c;
	struct bill bill;
	json_t *e;

	many = (struct burners){nr, ms, alive};
	for (int i = 0; i < 5; i++) {
		c = child_start(burn_by_threads, NULL);
		bill = bill_take(&c);
		e = check_exit(s, bill.pid, 0);
		CHECK(cpu_close_at_exit(e, event_cpu_ns(e), bill_cpu_ns(&bill), bill.ended_ns),
		      "%u threads: CPU time is %llu ns, wait4 says %llu", nr, (unsigned long long)event_cpu_ns(e),
		      (unsigned long long)bill_cpu_ns(&bill));
		CHECK(event_cpu_ns(e) >= nr * ms * 1000000ULL, "%u threads: CPU time is %llu ns", nr,
		      (unsigned long long)event_cpu_ns(e));
		/* Each thread's way out costs a few more. */
		CHECK_APART(e, "minor_faults", (uint64_t)bill.usage.ru_minflt, FAULTS_APART + 2 * nr);
		CHECK_APART(e, "voluntary_switches", (uint64_t)bill.usage.ru_nvcsw, SWITCHES_APART + 2 * nr);
		CHECK_APART(e, "involuntary_switches", (uint64_t)bill.usage.ru_nivcsw, SWITCHES_APART + 2 * nr);
	}
	session_stop(s);
}

TEST(cost_of_threads_that_ended_before)
{
	check_threads(4, 80, false);
}

TEST(cost_of_50_threads_alive_at_the_end)
{
	check_threads(BURNERS, 6, true);
}

/* Times of children: of those that were waited for, theirs included; never of the others. */
static struct {
	struct rusage self, children;
} * shared;

static void burn_in_children(void *arg)
{
	(void)arg;
	if (fork() == 0) {
		if (fork() == 0) {
			burn_user(100);
			_exit(0);
		}
		wait(NULL);
		burn_system(100);
		_exit(0);
	}
	wait(NULL);
	burn_user(50);
	getrusage(RUSAGE_CHILDREN, &shared->children);
	getrusage(RUSAGE_SELF, &shared->self);
	_exit(0);
}

TEST(cost_of_children)
{
	struct session *s = start();
	struct child c;
	struct bill bill;
	uint64_t own_ns;
	json_t *e;

	shared = shared_page();
	c = child_start(burn_in_children, NULL);
	bill = bill_take(&c);
	e = check_exit(s, bill.pid, 0);
	CHECK_APART(e, "children_utime_ns", timeval_ns(&shared->children.ru_utime), 1000);
	CHECK_APART(e, "children_stime_ns", timeval_ns(&shared->children.ru_stime), 1000);
	CHECK(event_children_ns(e) >= 200000000, "%llu ns of children", (unsigned long long)event_children_ns(e));
	CHECK(event_cpu_ns(e) >= 50000000, "%llu ns of its own", (unsigned long long)event_cpu_ns(e));
	own_ns = timeval_ns(&shared->self.ru_utime) + timeval_ns(&shared->self.ru_stime);
	CHECK(cpu_close(event_cpu_ns(e), own_ns), "%llu ns of its own, getrusage says %llu",
	      (unsigned long long)event_cpu_ns(e), (unsigned long long)own_ns);
	CHECK(cpu_close_at_exit(e, event_cpu_ns(e) + event_children_ns(e), bill_cpu_ns(&bill), bill.ended_ns),
	      "%llu + %llu ns, wait4 says %llu", (unsigned long long)event_cpu_ns(e),
	      (unsigned long long)event_children_ns(e), (unsigned long long)bill_cpu_ns(&bill));
	session_stop(s);
}

/* The same process through an exec: its times go on. */
static void burn_and_exec(void *program)
{
	burn_user(100);
	child_exec(program, LIST(program), NULL);
}

TEST(cost_before_an_exec)
{
	char *program = text("%s/exit", test_dir());
	struct session *s = start();
	struct bill bill;
	json_t *e;

	make_program(program, PROGRAM_EXIT);
	e = spend(s, burn_and_exec, program, &bill);
	CHECK(event_cpu_ns(e) >= 100000000, "%llu ns", (unsigned long long)event_cpu_ns(e));
	session_stop(s);
}
