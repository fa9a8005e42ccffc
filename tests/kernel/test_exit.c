/* SPDX-License-Identifier: GPL-2.0-only */
/* Ends of processes: codes, signals, threads that outlive their leader, order and identity. What a life cost: see
 * test_exit_cost.c. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
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

#define THREADS 50

static struct session *start(void)
{
	return session_start("--events", "exec,exit,fork");
}

/* Lets a child run to its end and checks its exit event against wait(2). */
static json_t *check_end_of(struct session *s, void (*body)(void *arg), void *arg, int *ret_status)
{
	struct child c = child_start(body, arg);
	int status = child_join(&c);
	json_t *e = check_exit(s, c.pid, status);

	CHECK_NUMBER(e, "ppid", getpid());
	CHECK_NUMBER(e, "vpid", c.pid);
	CHECK_NUMBER(e, "uid", getuid());
	CHECK_NUMBER(e, "gid", getgid());
	check_same_entity(e, session_wait_event(s, TYPE_fork, c.pid, 0));
	if (ret_status)
		*ret_status = status;
	return e;
}

static void exit_with(void *code)
{
	_exit(*(int *)code);
}

TEST(exit_codes)
{
	struct session *s = start();
	int codes[] = {0, 1, 3, 77, 127, 128, 137, 255, 256 + 9}, status;

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		json_t *e = check_end_of(s, exit_with, &codes[i], &status);

		CHECK_EQ(WEXITSTATUS(status), codes[i] & 0xff);
		CHECK_JSON_TEXT(e, "exe", link_text("/proc/self/exe"));
		CHECK_JSON_TEXT(e, "comm", "kernel_tests");
	}
	session_stop(s);
}

struct killing {
	int signal;
	bool core;
};

static void write_to_no_memory(void)
{
	volatile int *nowhere = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	*nowhere = 1;
}

static void kill_self(void *arg)
{
	struct killing *k = arg;
	struct rlimit limit = {k->core ? RLIM_INFINITY : 0, RLIM_INFINITY};

	setrlimit(RLIMIT_CORE, &limit);
	/* A sanitized test has handlers of its own. */
	signal(k->signal, SIG_DFL);
	if (chdir(test_dir()) != 0)
		child_fail("chdir");
	if (k->signal == SIGABRT)
		abort();
	if (k->signal == SIGSEGV)
		write_to_no_memory();
	kill(getpid(), k->signal);
	for (;;)
		pause();
}

TEST(exit_by_signals)
{
	struct session *s = start();
	int signals[] = {SIGSEGV, SIGKILL, SIGABRT, SIGTERM, SIGHUP, SIGSYS, SIGUSR2, SIGRTMIN + 1, SIGRTMAX}, status;

	test_dir();
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct killing k = {.signal = signals[i]};

		check_end_of(s, kill_self, &k, &status);
		CHECK(WIFSIGNALED(status) && WTERMSIG(status) == signals[i], "ended by %#x", status);
	}
	session_stop(s);
}

static char *old_core_pattern;

static void restore_core_pattern(void *arg)
{
	(void)arg;
	write_text("/proc/sys/kernel/core_pattern", old_core_pattern);
}

TEST(exit_with_a_core_dump)
{
	struct session *s = start();
	int signals[] = {SIGSEGV, SIGABRT, SIGQUIT}, status;
	char *folder = text("%s/cores", test_dir());

	old_core_pattern = read_whole("/proc/sys/kernel/core_pattern", NULL);
	make_dir(folder);
	if (!old_core_pattern)
		test_skip("no core_pattern");
	test_on_end(restore_core_pattern, NULL);
	if (write_text("/proc/sys/kernel/core_pattern", text("%s/core.%%p", folder)) != 0)
		test_skip("core_pattern cannot be set: %s", strerror(errno));
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct killing k = {signals[i], true};
		json_t *e = check_end_of(s, kill_self, &k, &status);

		CHECK(WCOREDUMP(status), "signal %d left no core: %#x", signals[i], status);
		CHECK_FLAG(e, "core", true);
	}
	session_stop(s);
}

static void exec_traced(void *hold)
{
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	child_exec(hold, LIST(hold, "never runs"), NULL);
}

TEST(exit_before_the_first_instruction)
{
	char *hold = make_hold("hold");
	struct session *s = start();
	struct child c = child_start(exec_traced, hold);
	json_t *e;
	int status;

	REQUIRE(waitpid(c.pid, &status, 0) == c.pid && WIFSTOPPED(status), "no stop at the exec: %#x", status);
	kill(c.pid, SIGKILL);
	status = child_join(&c);
	e = check_exit(s, c.pid, status);
	CHECK_NUMBER(e, "signal", SIGKILL);
	CHECK_JSON_TEXT(e, "exe", hold);
	CHECK_JSON_TEXT(e, "comm", "hold");
	check_same_entity(e, session_wait_pid(s, c.pid));
	session_stop(s);
}

/* How a process ends whose leader has ended first. */
static enum last_words { LAST_THREAD_ENDS, LAST_THREAD_EXITS_GROUP, KILLED } last_words;

static void *end_last(void *arg)
{
	(void)arg;
	/* State Z: the leader is gone, its process is not. */
	while (!strstr(read_proc(getpid(), "stat", NULL), ") Z "))
		sleep_ms(1);
	sleep_ms(150);
	if (last_words == LAST_THREAD_ENDS)
		syscall(SYS_exit, 5);
	if (last_words == LAST_THREAD_EXITS_GROUP)
		syscall(SYS_exit_group, 9);
	kill(getpid(), SIGKILL);
	return NULL;
}

static void end_leader_first(void *arg)
{
	pthread_t thread;

	(void)arg;
	if (pthread_create(&thread, NULL, end_last, NULL) != 0)
		child_fail("pthread_create");
	syscall(SYS_exit, 7);
}

TEST(exit_after_the_leader)
{
	struct session *s = start();
	int expected[] = {5 << 8, 9 << 8, SIGKILL}, status;

	for (last_words = LAST_THREAD_ENDS; last_words <= KILLED; last_words++) {
		json_t *e = check_end_of(s, end_leader_first, NULL, &status);

		/* Where no thread asked for the end of all it is the last one's code; before Linux 5.17 the leader's.
		 */
		CHECK(status == expected[last_words] || (last_words == LAST_THREAD_ENDS && status == 7 << 8),
		      "way %d: wait status %#x", last_words, status);
		CHECK(json_number(e, "duration_ns") >= 150000000, "it ended with its leader, after %llu ns",
		      (unsigned long long)json_number(e, "duration_ns"));
	}
	session_stop(s);
}

static void *exec_when_alone(void *program)
{
	while (!strstr(read_proc(getpid(), "stat", NULL), ") Z "))
		sleep_ms(1);
	child_exec(program, LIST(program, "from a thread"), NULL);
	return NULL;
}

static void exec_by_last_thread(void *program)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, exec_when_alone, program) != 0)
		child_fail("pthread_create");
	syscall(SYS_exit, 7);
}

TEST(exit_after_an_exec_by_a_thread_without_leader)
{
	char *program = text("%s/exit", test_dir());
	struct session *s = start();
	int status;
	json_t *e;

	make_program(program, PROGRAM_EXIT);
	e = check_end_of(s, exec_by_last_thread, program, &status);
	CHECK_EQ(status, 0);
	CHECK_JSON_TEXT(e, "exe", program);
	CHECK_JSON_TEXT(e, "comm", "exit");
	check_same_entity(e, session_wait_pid(s, (pid_t)json_number(e, "pid")));
	session_stop(s);
}

/* An exec by a thread ends the leader and all others: that is no end of the process. */
static void *exec_now(void *program)
{
	child_exec(program, LIST(program, "from a thread"), NULL);
	return NULL;
}

static void exec_beside_leader(void *program)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, exec_now, program) != 0)
		child_fail("pthread_create");
	for (;;)
		pause();
}

TEST(exit_after_an_exec_by_a_thread)
{
	char *program = text("%s/exit", test_dir());
	struct session *s = start();

	make_program(program, PROGRAM_EXIT);
	for (int i = 0; i < 20; i++) {
		json_t *e = check_end_of(s, exec_beside_leader, program, NULL);
		pid_t pid = (pid_t)json_number(e, "pid");

		CHECK_NUMBER(e, "exit_code", 0);
		CHECK_JSON_TEXT(e, "exe", program);
		CHECK(session_place(s, TYPE_exec, pid, 0) < session_place(s, TYPE_exit, pid, 0), "it ended first");
	}
	session_stop(s);
}

/* Each process has one exit event, however its threads race to their ends. */
static pthread_barrier_t barrier;
static bool end_singly, spin;
static atomic_uint nr_ready;

/* Woken one after the other, threads end one after the other; spinning, they end in the same instant. */
static void meet(void)
{
	pthread_barrier_wait(&barrier);
	atomic_fetch_add(&nr_ready, 1);
	while (spin && atomic_load(&nr_ready) < 2)
		;
}

static void *meet_and_end(void *arg)
{
	meet();
	if (end_singly)
		syscall(SYS_exit, 3);
	for (;;)
		pause();
	return arg;
}

static void end_with_threads(void *nr_threads)
{
	unsigned int nr = *(unsigned int *)nr_threads;
	pthread_t thread;

	pthread_barrier_init(&barrier, NULL, nr + 1);
	for (unsigned int i = 0; i < nr; i++)
		if (pthread_create(&thread, NULL, meet_and_end, NULL) != 0)
			child_fail("pthread_create");
	meet();
	syscall(end_singly ? SYS_exit : SYS_exit_group, 11);
}

static void check_one_exit_each(unsigned int nr_threads, unsigned int times)
{
	struct session *s = start();
	pid_t *pids = calloc(times, sizeof(*pids));
	int *statuses = calloc(times, sizeof(*statuses));

	for (unsigned int i = 0; i < times; i++) {
		struct child c = child_start(end_with_threads, &nr_threads);

		pids[i] = c.pid;
		statuses[i] = child_join(&c);
	}
	session_wait_event(s, TYPE_exit, pids[times - 1], 0);
	for (unsigned int i = 0; i < times; i++)
		check_exit(s, pids[i], statuses[i]);
	session_stop(s);
}

TEST(exit_once_with_50_threads_alive)
{
	check_one_exit_each(THREADS, 40);
}

TEST(exit_once_when_all_threads_end_at_once)
{
	end_singly = true;
	check_one_exit_each(4, 200);
	check_one_exit_each(THREADS, 20);
}

TEST(exit_once_when_two_threads_end_in_one_instant)
{
	end_singly = spin = true;
	check_one_exit_each(1, 1500);
	end_singly = false;
	check_one_exit_each(1, 500);
}

/* fork before exec before exit, of each process, also of a vfork child; the parent's fork before the child's. */
static struct {
	pid_t child;
} * shared;

static void vfork_exec_wait(void *program)
{
	pid_t pid = vfork();

	if (pid == 0) {
		execl(program, program, "from vfork", (char *)NULL);
		_exit(1);
	}
	shared->child = pid;
	waitpid(pid, NULL, 0);
	_exit(0);
}

TEST(exit_of_a_vfork_child_in_order)
{
	char *program = text("%s/exit", test_dir());
	struct session *s = start();

	shared = shared_page();
	make_program(program, PROGRAM_EXIT);
	for (int i = 0; i < 50; i++) {
		json_t *e = check_end_of(s, vfork_exec_wait, program, NULL), *child;
		pid_t parent = (pid_t)json_number(e, "pid");
		size_t fork_place, exec_place, exit_place;

		child = check_exit(s, shared->child, 0);
		CHECK_NUMBER(child, "ppid", parent);
		CHECK_JSON_TEXT(child, "parent_entity_id", json_text(e, "entity_id"));
		check_same_entity(child, session_wait_event(s, TYPE_fork, shared->child, 0));
		fork_place = session_place(s, TYPE_fork, shared->child, 0);
		exec_place = session_place(s, TYPE_exec, shared->child, 0);
		exit_place = session_place(s, TYPE_exit, shared->child, 0);
		CHECK(session_place(s, TYPE_fork, parent, 0) < fork_place, "the child was there before its parent");
		CHECK(fork_place < exec_place && exec_place < exit_place, "fork %zu, exec %zu, exit %zu", fork_place,
		      exec_place, exit_place);
		CHECK(exit_place < session_place(s, TYPE_exit, parent, 0), "the parent waited, but ended first");
	}
	session_stop(s);
}

/* The same pid again: another entity, and each exit belongs to its own fork. */
TEST(exit_of_a_reused_pid)
{
	struct session *s = start();
	json_t *first, *second;
	struct child c;
	int code = 1, again = 2, tries = 0;
	pid_t pid;

	c = child_start(exit_with, &code);
	pid = c.pid;
	first = check_exit(s, pid, child_join(&c));
	do {
		if (++tries > 200 || write_text("/proc/sys/kernel/ns_last_pid", text("%d", pid - 1)) != 0)
			test_skip("the pid %d was not given out again", pid);
		c = child_start(exit_with, &again);
		CHECK(child_join(&c) == 2 << 8, "it ended otherwise");
	} while (c.pid != pid);
	second = session_wait_event(s, TYPE_exit, pid, 1);
	check_exit_status(second, 2 << 8);
	CHECK(strcmp(json_text(first, "entity_id"), json_text(second, "entity_id")) != 0, "two processes are one");
	check_same_entity(first, session_wait_event(s, TYPE_fork, pid, 0));
	check_same_entity(second, session_wait_event(s, TYPE_fork, pid, 1));
	session_stop(s);
}

/* A namespace in which all processes but its init have the same pid, one after the other. */
#define INNER_LIVES 20

static void init_of_namespace(void)
{
	for (int i = 0; i < INNER_LIVES; i++) {
		int status;
		pid_t pid;

		if (write_text("/proc/sys/kernel/ns_last_pid", "4") != 0)
			_exit(77);
		pid = fork();
		if (pid == 0)
			_exit(40 + i);
		if (pid != 5 || waitpid(pid, &status, 0) != pid || status != (40 + i) << 8)
			_exit(1);
	}
	_exit(0);
}

static void make_namespace(void *arg)
{
	int status = -1;
	pid_t pid;

	(void)arg;
	if (unshare(CLONE_NEWPID) != 0)
		_exit(77);
	pid = fork();
	if (pid == 0)
		init_of_namespace();
	shared->child = pid;
	waitpid(pid, &status, 0);
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

TEST(exit_of_equal_pids_in_a_namespace)
{
	struct session *s =
		session_open(&(struct session_options){.args = LIST("--events", "exec,exit,fork"), .keep_all = true});
	json_t *seen = json_object(), *init;
	struct child c;
	int status, nr = 0;

	shared = shared_page();
	c = child_start(make_namespace, NULL);
	status = child_join(&c);
	if (status == 77 << 8)
		test_skip("no pid namespace, or no ns_last_pid");
	CHECK_EQ(status, 0);
	init = check_exit(s, shared->child, 0);
	CHECK_NUMBER(init, "vpid", 1);
	for (size_t i = 0; i < s->nr_objects; i++) {
		json_t *e = s->objects[i];
		bool fork_event = !strcmp(json_text(e, "event"), "fork");

		if (!json_has(e, "ppid") || json_number(e, "ppid") != (uint64_t)shared->child)
			continue;
		CHECK_NUMBER(e, "vpid", 5);
		CHECK_NUMBER(e, "pidns", json_number(init, "pidns"));
		CHECK_JSON_TEXT(e, "parent_entity_id", json_text(init, "entity_id"));
		if (fork_event)
			CHECK(!json_object_get(seen, json_text(e, "entity_id")), "an entity again: %s",
			      json_text(e, "entity_id"));
		else if (CHECK(json_object_get(seen, json_text(e, "entity_id")), "an exit without its fork"))
			CHECK_NUMBER(e, "exit_code", 40 + nr++);
		json_object_set_new(seen, json_text(e, "entity_id"), json_true());
	}
	CHECK_EQ(nr, INNER_LIVES);
	session_stop(s);
}

/* The parent of a traced process stays its parent. */
static void trace_and_end(void *traced)
{
	pid_t pid = *(pid_t *)traced;
	int status;

	if (ptrace(PTRACE_SEIZE, pid, NULL, PTRACE_O_TRACEEXIT) != 0)
		child_skip("ptrace");
	(void)!write(1, ".", 1);
	while (waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status))
		ptrace(PTRACE_CONT, pid, NULL, status >> 16 ? 0 : WSTOPSIG(status));
	_exit(0);
}

TEST(exit_of_a_traced_process)
{
	char *hold = make_hold("hold");
	struct session *s = start();
	struct child c = child_hold(hold, LIST(hold), NULL), tracer = child_start(trace_and_end, &c.pid);
	json_t *e;
	int status;

	child_wait(&tracer);
	kill(c.pid, SIGTERM);
	status = child_join(&c);
	CHECK_EQ(WTERMSIG(status), SIGTERM);
	e = check_exit(s, c.pid, status);
	CHECK_NUMBER(e, "ppid", getpid());
	CHECK_JSON_TEXT(e, "parent_entity_id", json_text(session_wait_pid(s, c.pid), "parent_entity_id"));
	CHECK_EQ(child_join(&tracer), 0);
	session_stop(s);
}

static void nap(void *ms)
{
	sleep_ms(*(unsigned int *)ms);
	_exit(0);
}

TEST(exit_duration)
{
	struct session *s = start();
	unsigned int ms = 200;
	uint64_t before = now_ns(CLOCK_BOOTTIME), after;
	struct child c = child_start(nap, &ms);
	struct bill bill = bill_take(&c);
	json_t *e = check_exit(s, c.pid, bill.status);

	after = bill.ended_ns;
	CHECK(json_number(e, "start_ns") >= before && json_number(e, "boot_ns") <= after, "start %llu, end %llu",
	      (unsigned long long)json_number(e, "start_ns"), (unsigned long long)json_number(e, "boot_ns"));
	CHECK(json_number(e, "duration_ns") >= 200000000 && json_number(e, "duration_ns") <= after - before,
	      "duration_ns %llu of at most %llu", (unsigned long long)json_number(e, "duration_ns"),
	      (unsigned long long)(after - before));
	session_stop(s);
}

/* The last name and program of a process that changed both; the parent at the end is who takes orphans. */
static void change_name(void *arg)
{
	(void)arg;
	prctl(PR_SET_NAME, "another\xff name!!");
	_exit(0);
}

TEST(exit_with_the_last_name)
{
	struct session *s = start();
	json_t *e = check_end_of(s, change_name, NULL, NULL);
	struct bytes comm = json_bytes(e, "comm");

	CHECK(comm.length == 15 && !memcmp(comm.data, "another\xff name!!", 15), "comm is %s", json_shown(e, "comm"));
	session_stop(s);
}

static void leave_an_orphan(void *arg)
{
	pid_t parent = getpid(), pid = fork();

	(void)arg;
	if (pid == 0) {
		while (getppid() == parent)
			sleep_ms(1);
		_exit(getppid() == 1 ? 21 : 22);
	}
	shared->child = pid;
	_exit(0);
}

TEST(exit_of_an_orphan)
{
	struct session *s = start();
	json_t *parent, *e;

	shared = shared_page();
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	parent = check_end_of(s, leave_an_orphan, NULL, NULL);
	e = session_wait_event(s, TYPE_exit, shared->child, 0);
	CHECK_NUMBER(e, "ppid", getpid());
	CHECK_JSON_TEXT(e, "parent_entity_id", json_text(parent, "parent_entity_id"));
	CHECK_NUMBER(session_wait_event(s, TYPE_fork, shared->child, 0), "ppid", json_number(parent, "pid"));
	CHECK_JSON_TEXT(session_wait_event(s, TYPE_fork, shared->child, 0), "parent_entity_id",
			json_text(parent, "entity_id"));
	session_stop(s);
}
