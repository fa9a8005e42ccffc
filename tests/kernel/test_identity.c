/* SPDX-License-Identifier: GPL-2.0-only */
/* Which process it was: fields against /proc, threads that exec, vfork, spawn, parents, reused pids, programs of the
 * kernel. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "expect.h"
#include "files.h"
#include "harness.h"
#include "json.h"
#include "session.h"

static char *hold;

static struct session *start(void)
{
	hold = make_hold("hold");
	return session_start_default();
}

TEST(fields_match_proc)
{
	struct session *s = start();
	struct child c = child_hold(hold, LIST(hold, "-x", "two words", "end"), LIST("A=1", "LONG=something longer"));

	check_plain(session_wait_pid(s, c.pid), c.pid, hold);
	child_end(&c);
	session_stop(s);
}

/* The clocks and the processor, more closely than against /proc. */
TEST(time_and_cpu)
{
	struct session *s = start();
	int last_cpu = (int)sysconf(_SC_NPROCESSORS_ONLN) - 1;
	cpu_set_t old, one;

	sched_getaffinity(0, sizeof(old), &old);
	for (int cpu = 0; cpu <= last_cpu; cpu++) {
		uint64_t boot_before, boot_after;
		struct child c;
		json_t *e;

		if (!CPU_ISSET(cpu, &old))
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		sched_setaffinity(0, sizeof(one), &one);
		boot_before = now_ns(CLOCK_BOOTTIME);
		c = child_hold(hold, LIST(hold), NULL);
		boot_after = now_ns(CLOCK_BOOTTIME);
		e = session_wait_pid(s, c.pid);
		CHECK_NUMBER(e, "cpu", cpu);
		CHECK(json_number(e, "start_ns") >= boot_before, "started before it was forked");
		CHECK(json_number(e, "boot_ns") >= json_number(e, "start_ns") &&
			      json_number(e, "boot_ns") <= boot_after,
		      "boot_ns %llu", (unsigned long long)json_number(e, "boot_ns"));
		child_end(&c);
	}
	sched_setaffinity(0, sizeof(old), &old);
	session_stop(s);
}

/* Several processes tell the test what only they know. */
static struct {
	pid_t tid, other;
} * shared;

static void *thread_exec(void *arg)
{
	bool leader_ends = arg != NULL;

	shared->tid = (pid_t)syscall(SYS_gettid);
	/* State Z: the leader is gone, its process is not. */
	while (leader_ends && !strstr(read_proc(getpid(), "stat", NULL), ") Z "))
		sleep_ms(1);
	child_exec(hold, LIST(hold, "from a thread"), NULL);
	return NULL;
}

static void exec_from_thread(void *leader_ends)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, thread_exec, leader_ends) != 0)
		child_fail("pthread_create");
	if (leader_ends)
		syscall(SYS_exit, 0);
	for (;;)
		pause();
}

static void check_thread_exec(void *leader_ends)
{
	struct session *s = start();
	struct child c;
	json_t *e;

	shared = shared_page();
	c = child_start(exec_from_thread, leader_ends);
	child_wait(&c);
	e = session_wait_pid(s, c.pid);
	CHECK(shared->tid != c.pid, "the thread was the leader");
	check_exec(e, &(struct facts){.pid = c.pid, .old_pid = shared->tid, .filename = hold});
	CHECK_EQ(session_count_pid(s, c.pid), 1);
	child_end(&c);
	session_stop(s);
}

TEST(exec_by_a_thread)
{
	check_thread_exec(NULL);
}

TEST(exec_by_a_thread_without_leader)
{
	check_thread_exec("leader ends");
}

static void vfork_and_exec(void *arg)
{
	pid_t pid = vfork();

	(void)arg;
	if (pid == 0) {
		execl(hold, hold, "from vfork", (char *)NULL);
		_exit(1);
	}
	shared->other = pid;
	for (;;)
		pause();
}

TEST(exec_after_vfork)
{
	struct session *s = start();
	struct child c;

	shared = shared_page();
	c = child_start(vfork_and_exec, NULL);
	child_wait(&c);
	while (!*(volatile pid_t *)&shared->other)
		sleep_ms(1);
	check_plain(session_wait_pid(s, shared->other), shared->other, hold);
	CHECK_NUMBER(session_wait_pid(s, shared->other), "ppid", c.pid);
	child_end(&c);
	session_stop(s);
}

static void spawn(void *arg)
{
	pid_t pid;
	int rc = posix_spawn(&pid, hold, NULL, NULL, (char *[]){hold, "spawned", NULL}, environ);

	(void)arg;
	errno = rc;
	if (rc)
		child_fail("posix_spawn");
	shared->other = pid;
	for (;;)
		pause();
}

TEST(exec_by_posix_spawn)
{
	struct session *s = start();
	struct child c;

	shared = shared_page();
	c = child_start(spawn, NULL);
	child_wait(&c);
	while (!*(volatile pid_t *)&shared->other)
		sleep_ms(1);
	check_plain(session_wait_pid(s, shared->other), shared->other, hold);
	child_end(&c);
	session_stop(s);
}

/* An exec that failed is not printed: neither early (no such file) nor past the point where the old program is gone. */
static void exec_fails(void *path)
{
	execl(path, path, (char *)NULL);
	_exit(errno == ENOENT ? 3 : errno == EACCES ? 4 : errno == ENOEXEC ? 5 : 6);
}

TEST(failed_execs_are_not_printed)
{
	struct session *s = start();
	char *no_program = text("%s/text", test_dir()), *locked = text("%s/locked", test_dir());
	char *broken = text("%s/broken", test_dir());
	size_t length;
	const void *program = program_bytes(PROGRAM_HOLD, &length);
	unsigned char *bytes = memcpy(malloc(length), program, length);
	const char *paths[] = {text("%s/none", test_dir()), locked, no_program, broken};

	make_file(no_program, "no program\n", 11, 0755);
	make_file(locked, bytes, length, 0644);
	/* The address of the only segment is in the kernel's half: found out when the old program is gone already. */
	memset(bytes + 64 + 16, 0xff, 8);
	make_file(broken, bytes, length, 0755);
	for (size_t i = 0; i < 4; i++) {
		struct child c = child_start(exec_fails, (void *)paths[i]);
		int status = child_join(&c);

		CHECK(status != 0, "'%s' ran", paths[i]);
		CHECK(i == 3 || WEXITSTATUS(status) == (int)i + 3, "'%s' ended otherwise: %#x", paths[i], status);
		CHECK_EQ(session_count_pid(s, c.pid), 0);
	}
	session_stop(s);
	for (size_t i = 0; i < 4; i++)
		CHECK(!session_printed(s, text("\"%s\"", paths[i])), "'%s' is there", paths[i]);
}

/* Names of processes: of 15 bytes and more, with bytes that are no UTF-8, and what a process calls itself. */
static void rename_and_exec(void *program)
{
	prctl(PR_SET_NAME, "p\x1b[31m\xff parent");
	child_fork_and_go_on();
	shared->other = getpid();
	child_exec(program, LIST("argv0"), NULL);
}

TEST(names_of_processes)
{
	struct session *s = start();
	const char *names[] = {"a",
			       "fifteen_letters",
			       "sixteen__letters",
			       "\xc3\xa4\xc3\xb6\xff",
			       "line\nbreak",
			       "\xe2\x80\xae"
			       "bidi"};

	shared = shared_page();
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *program = make_hold(names[i]);
		struct child c = child_start(rename_and_exec, program);
		json_t *e;

		child_wait(&c);
		e = session_wait_pid(s, shared->other);
		check_plain(e, shared->other, program);
		CHECK_JSON_TEXT(e, "parent_comm", "p\x1b[31m\xff parent");
		child_end(&c);
	}
	session_stop(s);
}

/* A program that the kernel starts itself: the collector of core dumps. */
static char *old_core_pattern;

static void restore_core_pattern(void *arg)
{
	(void)arg;
	write_text("/proc/sys/kernel/core_pattern", old_core_pattern);
}

static void crash(void *arg)
{
	struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY};

	(void)arg;
	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 1);
	abort();
}

TEST(program_started_by_the_kernel)
{
	struct session *s = start();
	char *tag = new_tag(), *pattern = text("|%s %s", hold, tag);
	struct child c;
	json_t *e;
	pid_t pid;

	old_core_pattern = read_whole("/proc/sys/kernel/core_pattern", NULL);
	if (!old_core_pattern || strlen(pattern) > 127)
		test_skip("no place for a collector of core dumps");
	test_on_end(restore_core_pattern, NULL);
	if (write_text("/proc/sys/kernel/core_pattern", pattern) != 0)
		test_skip("the collector of core dumps cannot be set: %s", strerror(errno));
	c = child_start(crash, NULL);
	e = session_wait_tag(s, tag);
	pid = (pid_t)json_number(e, "pid");
	test_own_process(pid);
	check_plain(e, pid, hold);
	if (link_text("/proc/2/exe") == NULL && !strcmp(read_proc(2, "comm", NULL), "kthreadd\n"))
		CHECK_NUMBER(e, "ppid", 2);
	kill(pid, SIGKILL);
	test_disown_process(pid);
	child_end(&c);
	session_stop(s);
}
