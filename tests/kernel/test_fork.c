/* SPDX-License-Identifier: GPL-2.0-only */
/* Births: who made whom, with which flags, threads only where they are asked for. */
#include <errno.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
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

static struct {
	pid_t pid, tid;
} * shared;

static struct session *start(void)
{
	shared = shared_page();
	return session_start("--events", "exec,exit,fork");
}

static json_t *check_birth(struct session *s, pid_t pid, pid_t ppid, uint64_t flags)
{
	json_t *e = session_wait_event(s, TYPE_fork, pid, 0);
	uint64_t given = json_hex(e, "clone_flags");

	CHECK_NUMBER(e, "tid", pid);
	CHECK_NUMBER(e, "vpid", pid);
	CHECK_NUMBER(e, "ppid", ppid);
	CHECK_NUMBER(e, "uid", getuid());
	CHECK_NUMBER(e, "gid", getgid());
	CHECK_FLAG(e, "thread", false);
	CHECK((given & flags) == flags, "clone_flags %s lack some of %#llx", json_shown(e, "clone_flags"),
	      (unsigned long long)flags);
	CHECK(json_number(e, "start_ns") <= json_number(e, "boot_ns"), "born after its birth");
	CHECK_EQ(session_count_events(s, TYPE_fork, pid), 1);
	return e;
}

static void end_at_once(void *arg)
{
	(void)arg;
	_exit(0);
}

TEST(fork_plain)
{
	struct session *s = start();
	uint64_t before = now_ns(CLOCK_BOOTTIME);
	struct child c = child_start(end_at_once, NULL);
	json_t *e, *end;

	end = check_exit(s, c.pid, child_join(&c));
	e = check_birth(s, c.pid, getpid(), 0);
	CHECK_JSON_TEXT(e, "comm", "kernel_tests");
	CHECK((json_hex(e, "clone_flags") & (CLONE_VM | CLONE_VFORK | CLONE_THREAD | CLONE_PARENT)) == 0,
	      "clone_flags %s", json_shown(e, "clone_flags"));
	CHECK(json_number(e, "boot_ns") >= before, "boot_ns is before the call");
	check_same_entity(e, end);
	CHECK_JSON_TEXT(e, "parent_entity_id", json_text(end, "parent_entity_id"));
	session_stop(s);
}

/* The parent at birth, though it is gone when the child ends. */
static void leave_a_child(void *arg)
{
	pid_t parent = getpid(), pid = fork();

	(void)arg;
	if (pid == 0) {
		while (getppid() == parent)
			sleep_ms(1);
		_exit(0);
	}
	shared->pid = pid;
	_exit(0);
}

TEST(fork_parent_at_birth)
{
	struct session *s = start();
	struct child c;
	json_t *parent, *e;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	c = child_start(leave_a_child, NULL);
	child_join(&c);
	parent = session_wait_event(s, TYPE_fork, c.pid, 0);
	e = check_birth(s, shared->pid, c.pid, 0);
	CHECK_JSON_TEXT(e, "parent_entity_id", json_text(parent, "entity_id"));
	CHECK_NUMBER(session_wait_event(s, TYPE_exit, shared->pid, 0), "ppid", getpid());
	session_stop(s);
}

/* By the raw call, but for a child that shares the memory: only vfork lets it leave the stack alone. */
static pid_t raw_clone(uint64_t flags)
{
	pid_t pid;

	if (flags & CLONE_VM)
		pid = vfork();
	else
		pid = (pid_t)syscall(SYS_clone, flags, NULL, NULL, NULL, NULL);
	if (pid == 0)
		_exit(0);
	return pid;
}

static void clone_and_wait(void *flags)
{
	shared->pid = raw_clone(*(uint64_t *)flags);
	if (shared->pid < 0)
		_exit(77);
	while (waitpid(-1, NULL, __WALL) > 0)
		;
	_exit(0);
}

TEST(fork_flags)
{
	static const uint64_t flags[] = {
		SIGCHLD,
		0,
		CLONE_FILES | SIGCHLD,
		CLONE_FS | CLONE_FILES | SIGCHLD,
		CLONE_VM | CLONE_VFORK | SIGCHLD,
		CLONE_VFORK | SIGCHLD,
		CLONE_NEWUTS | CLONE_NEWIPC | SIGCHLD,
		CLONE_UNTRACED | SIGCHLD,
		CLONE_IO | CLONE_SYSVSEM | SIGCHLD,
	};
	struct session *s = start();

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		uint64_t own = flags[i];
		struct child c = child_start(clone_and_wait, &own);
		json_t *e;

		if (child_join(&c) != 0) {
			CHECK(own & CLONE_NEWUTS, "no clone with the flags %#llx", (unsigned long long)own);
			continue;
		}
		e = check_birth(s, shared->pid, c.pid, own & ~0xffULL);
		CHECK((json_hex(e, "clone_flags") & ~0xffULL) == (own & ~0xffULL), "clone_flags %s of %#llx",
		      json_shown(e, "clone_flags"), (unsigned long long)own);
		check_same_entity(e, session_wait_event(s, TYPE_exit, shared->pid, 0));
	}
	session_stop(s);
}

/* Flags above 32 bits are clone3's alone. */
static void clone3_and_wait(void *arg)
{
	struct clone_args args = {.flags = CLONE_CLEAR_SIGHAND, .exit_signal = SIGCHLD};
	pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));

	(void)arg;
	if (pid == 0)
		_exit(0);
	shared->pid = pid;
	if (pid < 0)
		_exit(77);
	waitpid(pid, NULL, 0);
	_exit(0);
}

TEST(fork_flags_of_clone3)
{
	struct session *s = start();
	struct child c = child_start(clone3_and_wait, NULL);

	if (child_join(&c) != 0)
		test_skip("no clone3");
	check_birth(s, shared->pid, c.pid, CLONE_CLEAR_SIGHAND);
	session_stop(s);
}

static void clone_sibling(void *arg)
{
	(void)arg;
	shared->pid = raw_clone(CLONE_PARENT | SIGCHLD);
	_exit(0);
}

TEST(fork_with_the_parents_parent)
{
	struct session *s = start();
	struct child c = child_start(clone_sibling, NULL);
	json_t *e, *caller;

	child_join(&c);
	CHECK_EQ(waitpid(shared->pid, NULL, 0), shared->pid);
	e = check_birth(s, shared->pid, getpid(), CLONE_PARENT);
	caller = session_wait_event(s, TYPE_fork, c.pid, 0);
	CHECK_JSON_TEXT(e, "parent_entity_id", json_text(caller, "parent_entity_id"));
	check_same_entity(e, check_exit(s, shared->pid, 0));
	session_stop(s);
}

/* A thread's children are its process's. */
static void *fork_in_thread(void *arg)
{
	shared->tid = (pid_t)syscall(SYS_gettid);
	shared->pid = raw_clone(SIGCHLD);
	waitpid(shared->pid, NULL, 0);
	return arg;
}

static void fork_by_thread(void *arg)
{
	pthread_t thread;

	(void)arg;
	sleep_ms(30); /* the start of the thread is not the start of its process */
	if (pthread_create(&thread, NULL, fork_in_thread, NULL) != 0)
		child_fail("pthread_create");
	pthread_join(thread, NULL);
	_exit(0);
}

TEST(fork_by_a_thread)
{
	struct session *s = start();
	struct child c = child_start(fork_by_thread, NULL);
	json_t *e;

	child_join(&c);
	e = check_birth(s, shared->pid, c.pid, 0);
	CHECK_JSON_TEXT(e, "parent_entity_id", json_text(session_wait_event(s, TYPE_fork, c.pid, 0), "entity_id"));
	CHECK_JSON_TEXT(session_wait_event(s, TYPE_exit, shared->pid, 0), "parent_entity_id",
			json_text(e, "parent_entity_id"));
	/* Threads are not shown. */
	CHECK_EQ(session_count_events(s, TYPE_fork, c.pid), 1);
	session_stop(s);
}

TEST(fork_threads_when_asked)
{
	struct session *s;
	struct child c;
	json_t *process, *thread;

	shared = shared_page();
	s = session_start("--events", "exec,exit,fork", "--threads");
	c = child_start(fork_by_thread, NULL);
	child_join(&c);
	session_wait_event(s, TYPE_exit, c.pid, 0);
	CHECK_EQ(session_count_events(s, TYPE_fork, c.pid), 2);
	process = session_wait_event(s, TYPE_fork, c.pid, 0);
	thread = session_wait_event(s, TYPE_fork, c.pid, 1);
	CHECK_FLAG(process, "thread", false);
	CHECK_FLAG(thread, "thread", true);
	CHECK_NUMBER(thread, "tid", shared->tid);
	CHECK((json_hex(thread, "clone_flags") & CLONE_THREAD) != 0, "clone_flags %s",
	      json_shown(thread, "clone_flags"));
	CHECK(json_number(thread, "start_ns") > json_number(process, "start_ns") + 25000000,
	      "the thread started with its process");
	CHECK_EQ(session_count_events(s, TYPE_exit, c.pid), 1);
	session_stop(s);
}

/* Inside a pid namespace: both ids. */
static void make_namespace(void *arg)
{
	(void)arg;
	if (unshare(CLONE_NEWPID) != 0)
		_exit(77);
	shared->pid = raw_clone(SIGCHLD);
	waitpid(shared->pid, NULL, 0);
	_exit(0);
}

TEST(fork_into_a_pid_namespace)
{
	struct session *s = start();
	struct child c = child_start(make_namespace, NULL);
	json_t *e;

	if (child_join(&c) != 0)
		test_skip("no pid namespace");
	e = session_wait_event(s, TYPE_fork, shared->pid, 0);
	CHECK_NUMBER(e, "vpid", 1);
	CHECK_NUMBER(e, "ppid", c.pid);
	CHECK(json_number(e, "pidns") != strtoull(strchr(link_text("/proc/self/ns/pid"), '[') + 1, NULL, 10),
	      "pidns is the test's own");
	CHECK_NUMBER(session_wait_event(s, TYPE_exit, shared->pid, 0), "pidns", json_number(e, "pidns"));
	CHECK_NUMBER(session_wait_event(s, TYPE_exit, shared->pid, 0), "vpid", 1);
	session_stop(s);
}

/* A fork that fails is none. */
static void fork_too_often(void *arg)
{
	struct rlimit none = {1, 1};

	(void)arg;
	if (setresuid(54321, 54321, 54321) != 0)
		child_skip("changing ids");
	setrlimit(RLIMIT_NPROC, &none);
	for (int i = 0; i < 100; i++)
		if (fork() >= 0)
			_exit(1);
	_exit(0);
}

TEST(fork_that_fails)
{
	struct session *s =
		session_open(&(struct session_options){.args = LIST("--events", "exec,exit,fork"), .keep_all = true});
	struct child c = child_start(fork_too_often, NULL);

	if (child_join(&c) != 0)
		test_skip("processes are not limited here");
	session_wait_event(s, TYPE_exit, c.pid, 0);
	for (size_t i = 0; i < s->nr_objects; i++)
		CHECK(!json_has(s->objects[i], "ppid") || json_number(s->objects[i], "ppid") != (uint64_t)c.pid,
		      "a child: %s", json_dumps(s->objects[i], JSON_COMPACT));
	session_stop(s);
}

/* A helper that the kernel starts has a whole life. */
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

TEST(fork_of_a_program_started_by_the_kernel)
{
	char *program = text("%s/exit", test_dir()), *tag = new_tag(), *pattern = text("|%s %s", program, tag);
	struct session *s = start();
	struct child c;
	json_t *e, *end;
	pid_t pid;

	make_program(program, PROGRAM_EXIT);
	old_core_pattern = read_whole("/proc/sys/kernel/core_pattern", NULL);
	if (!old_core_pattern || strlen(pattern) > 127)
		test_skip("no place for a collector of core dumps");
	test_on_end(restore_core_pattern, NULL);
	if (write_text("/proc/sys/kernel/core_pattern", pattern) != 0)
		test_skip("the collector of core dumps cannot be set: %s", strerror(errno));
	c = child_start(crash, NULL);
	e = session_wait_tag(s, tag);
	pid = (pid_t)json_number(e, "pid");
	check_same_entity(session_wait_event(s, TYPE_fork, pid, 0), e);
	end = check_exit(s, pid, 0);
	check_same_entity(end, e);
	CHECK_JSON_TEXT(end, "exe", program);
	check_exit(s, c.pid, child_join(&c));
	session_stop(s);
}

/* Threads of the kernel have no program and no arguments. */
TEST(snapshot_of_kernel_threads)
{
	struct session *s = session_open(
		&(struct session_options){.args = LIST("--events", "exec,exit,fork,snapshot"), .keep_all = true});
	size_t nr = 0;

	session_read(s);
	for (size_t i = 0; i < s->nr_objects; i++) {
		json_t *e = s->objects[i];

		if (!json_has(e, "pid") || json_number(e, "ppid") != 2 ||
		    strcmp(json_text(e, "event"), "snapshot") != 0)
			continue;
		nr++;
		CHECK_ABSENT(e, "exe");
		CHECK_ABSENT(e, "argv");
		CHECK_ABSENT(e, "ino");
		CHECK(json_text(e, "comm") && *json_text(e, "comm"), "no name: %s", json_dumps(e, JSON_COMPACT));
	}
	session_stop(s);
	if (!read_proc(2, "comm", NULL) || strcmp(read_proc(2, "comm", NULL), "kthreadd\n") != 0)
		test_skip("this process sees no threads of the kernel");
	CHECK(nr > 5, "only %zu threads of the kernel", nr);
}

/* Each process of a tree on all processors: born, run, ended, in this order, each once, under its parent. */
TEST(fork_exec_exit_of_a_tree_in_order)
{
	char *tag = new_tag(), *self = link_text("/proc/self/exe");
	struct session *s =
		session_open(&(struct session_options){.args = LIST("--events", "exec,exit,fork"), .keep_all = true});
	size_t nr = 0;

	for (int i = 0; i < 5; i++) {
		struct child c = child_hold(self, LIST(self, "@tree_root", "6", tag), NULL);

		child_join(&c);
		session_wait_event(s, TYPE_exit, c.pid, 0);
	}
	session_stop(s);
	for (size_t i = 0; i < s->nr_lines; i++) {
		pid_t pid = s->lines[i].pid;

		if (s->lines[i].type != TYPE_exec || !json_array_has(s->objects[i], "argv", tag))
			continue;
		nr++;
		CHECK_EQ(session_count_events(s, TYPE_fork, pid), 1);
		CHECK_EQ(session_count_events(s, TYPE_exit, pid), 1);
		CHECK(session_place(s, TYPE_fork, pid, 0) < i && i < session_place(s, TYPE_exit, pid, 0),
		      "process %d: fork %zu, exec %zu, exit %zu", pid, session_place(s, TYPE_fork, pid, 0), i,
		      session_place(s, TYPE_exit, pid, 0));
		check_same_entity(s->objects[i], s->objects[session_place(s, TYPE_fork, pid, 0)]);
		check_same_entity(s->objects[i], s->objects[session_place(s, TYPE_exit, pid, 0)]);
	}
	CHECK(nr >= 5 * 64, "only %zu processes", nr);
}
