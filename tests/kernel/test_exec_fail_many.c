/* SPDX-License-Identifier: GPL-2.0-only */
/* Failed execs in numbers: floods beside successful ones, order among them, calls that the kernel restarts. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "files.h"
#include "harness.h"
#include "json.h"
#include "lives.h"
#include "load.h"
#include "session.h"
#include "stream.h"
#include "trial.h"

#define FLOOD 200000

static struct {
	atomic_uint nr_failed; /* with the expected error */
	atomic_uint nr_other;
} * shared;

static void fail_often(void *count)
{
	for (unsigned int i = 0; i < *(unsigned int *)count; i++) {
		syscall(SYS_execve, "/no/such/program/anywhere", LIST("flood", "of failing execs"), environ);
		atomic_fetch_add(errno == ENOENT ? &shared->nr_failed : &shared->nr_other, 1);
	}
	_exit(0);
}

/* Failures have a ring of their own: whatever comes of them, the others are all there. */
static void check_flood(const char *const *args, bool stop_reader)
{
	unsigned int count = FLOOD;
	struct load *l = load_new(400, 4);
	struct session *s = load_session(l, args);
	struct child c;
	struct summary sum, failed;

	shared = shared_page();
	c = child_start(fail_often, &count);
	if (stop_reader) {
		session_pause(s);
		sleep_ms(500);
		kill(s->pid, SIGCONT);
	}
	l->one_thread = true;
	load_run(l, "vfork");
	CHECK_EQ(child_join(&c), 0);
	sum = session_stop(s);
	failed = session_summary_of(s, TYPE_exec_fail);
	CHECK_EQ(shared->nr_failed, FLOOD);
	CHECK(failed.seen >= FLOOD, "%llu failures seen", (unsigned long long)failed.seen);
	CHECK(sum.lost == 0, "%llu successful ones lost", (unsigned long long)sum.lost);
	CHECK(failed.printed > 0, "no failure was printed");
	load_check_all(l);
}

TEST(flood_of_failed_execs)
{
	check_flood(LIST("--events", "exec,exec_fail"), false);
}

TEST(flood_of_failed_execs_at_fexit)
{
	need_hook(TRIAL_EXECVEAT);
	check_flood(LIST("--events", "exec,exec_fail", "--fail-hook", "fexit"), false);
}

TEST(flood_of_failed_execs_and_a_stopped_reader)
{
	check_flood(LIST("--events", "exec,exec_fail"), true);
}

/* A ring that is named as the remedy is one: with it the same burst of failures is held. */
static uint64_t lose_failures(const char *ring, char **ret_hint)
{
	unsigned int count = 20000;
	struct session *s = session_start("--events", "exec,exec_fail", "--ring", ring);
	struct child c;
	char *hint;

	session_pause(s);
	c = child_start(fail_often, &count);
	CHECK_EQ(child_join(&c), 0);
	kill(s->pid, SIGCONT);
	session_stop(s);
	hint = strstr(session_errors(s), "--ring");
	hint = hint ? hint + strlen("--ring ") : NULL;
	*ret_hint = hint ? text("%.*s", (int)strspn(hint, "0123456789KMG"), hint) : NULL;
	return session_summary_of(s, TYPE_exec_fail).lost;
}

TEST(flood_hint_is_true)
{
	char *hint, *again;

	shared = shared_page();
	CHECK(lose_failures("4M", &hint) > 0, "nothing was lost");
	if (hint)
		CHECK(lose_failures(hint, &again) == 0, "--ring %s does not hold it either", hint);
}

/* Two rings make one stream in the order of time, but for the moment between a time stamp and the ring. */
#define NS_APART_MAX 5000000

TEST(flood_merged_by_time)
{
	unsigned int count = 20000;
	struct load *l = load_new(1000, 4);
	struct session *s = session_open(&(struct session_options){
		.args = LIST("--events", "exec,exec_fail,exit,fork", "--ring", "16M"), .keep_all = true});
	uint64_t latest = 0, most = 0;
	struct child c;
	size_t nr = 0;

	shared = shared_page();
	c = child_start(fail_often, &count);
	load_run(l, "vfork");
	CHECK_EQ(child_join(&c), 0);
	session_stop(s);
	for (size_t i = 0; i < s->nr_objects; i++) {
		uint64_t now;

		if (!strcmp(json_text(s->objects[i], "event"), "lost"))
			continue;
		now = json_number(s->objects[i], "boot_ns");
		nr += now < latest;
		if (now < latest && latest - now > most)
			most = latest - now;
		latest = now > latest ? now : latest;
	}
	CHECK(most < NS_APART_MAX && nr < s->nr_objects / 20, "%zu of %zu events are late, by up to %llu ns", nr,
	      s->nr_objects, (unsigned long long)most);
}

/* Without any loss each is there once. */
static void check_its_number(const char *hook)
{
	unsigned int count = 300;
	struct session *s = session_start("--failed", "--fail-hook", hook);
	struct child c;

	shared = shared_page();
	for (int i = 0; i < 20; i++) {
		c = child_start(fail_often, &count);
		CHECK_EQ(child_join(&c), 0);
		session_wait_event(s, TYPE_exec_fail, c.pid, count - 1);
		CHECK_EQ(session_count_events(s, TYPE_exec_fail, c.pid), count);
	}
	session_stop(s);
	CHECK_EQ(session_summary_of(s, TYPE_exec_fail).lost, 0);
}

TEST(flood_at_its_number)
{
	check_its_number("sys_exit");
}

TEST(flood_at_its_number_at_fexit)
{
	need_hook(TRIAL_EXECVEAT);
	check_its_number("fexit");
}

/* A process that fails and succeeds in turn: its events come from two rings, in the order in which they happened. */
#define TURNS 300

MODE(fail_and_go_on)
{
	int left = atoi(argv[2]);

	(void)argc;
	syscall(SYS_execve, "/no/such/program", LIST("turn", argv[2]), environ);
	if (left > 0)
		execl("/proc/self/exe", "kernel_tests", "@fail_and_go_on", text("%d", left - 1), argv[3], (char *)NULL);
	return left;
}

static void start_turns(void *self)
{
	child_exec(self, LIST(self, "@fail_and_go_on", text("%d", TURNS), new_tag()), NULL);
}

static void check_order(const char *hook)
{
	struct session *s = session_start("--events", "exec,exec_fail,exit", "--fail-hook", hook);
	struct child c = child_start(start_turns, link_text("/proc/self/exe"));
	size_t last = 0, nr_late = 0;

	CHECK_EQ(child_join(&c), 0);
	session_wait_event(s, TYPE_exit, c.pid, 0);
	session_stop(s);
	CHECK_EQ(session_count_pid(s, c.pid), TURNS + 1);
	CHECK_EQ(session_count_events(s, TYPE_exec_fail, c.pid), TURNS + 1);
	for (size_t i = 0; i <= 2 * TURNS + 1; i++) {
		enum type type = i % 2 ? TYPE_exec_fail : TYPE_exec;
		size_t place = session_place(s, type, c.pid, i / 2);

		nr_late += i > 0 && place < last;
		last = place;
	}
	CHECK(nr_late == 0, "%zu of %d events of one process come before what happened first", nr_late, 2 * TURNS);
	CHECK(session_place(s, TYPE_exit, c.pid, 0) > last, "the exit is not the last event");
}

TEST(failed_and_successful_in_order)
{
	check_order("sys_exit");
}

TEST(failed_and_successful_in_order_at_fexit)
{
	need_hook(TRIAL_EXECVEAT);
	check_order("fexit");
}

/* Signals and stops make the kernel restart calls by codes of its own: never an event, never such a number. */
static char *locked;

/* All threads are made before the first exec: while one goes on the kernel makes none (EAGAIN). */
static pthread_barrier_t begin;

static void *fail_in_thread(void *arg)
{
	pthread_barrier_wait(&begin);
	for (int i = 0; i < 3000; i++) {
		syscall(SYS_execve, locked, LIST("thread"), environ);
		atomic_fetch_add(errno == EACCES || errno == ENOEXEC ? &shared->nr_failed : &shared->nr_other, 1);
	}
	return arg;
}

static void on_signal(int number)
{
	(void)number;
}

static void fail_by_threads(void *arg)
{
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
	pthread_t threads[4];

	(void)arg;
	sigaction(SIGUSR1, &action, NULL);
	pthread_barrier_init(&begin, NULL, 4);
	(void)!write(1, ".", 1);
	for (int i = 0; i < 4; i++)
		if (pthread_create(&threads[i], NULL, fail_in_thread, NULL) != 0)
			child_fail("pthread_create");
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	_exit(0);
}

static void check_signals(const char *hook)
{
	struct session *s = session_start("--events", "exec,exec_fail,exit", "--ring", "16M", "--fail-hook", hook);
	struct summary failed;
	struct child c;
	size_t nr = 0;
	int status = -1;

	shared = shared_page();
	locked = text("%s/text", test_dir());
	make_file(locked, "no program\n", 11, 0755);
	c = child_start(fail_by_threads, NULL);
	child_wait(&c);
	for (int i = 0; kill(c.pid, SIGUSR1) == 0 && i < 100000; i++) {
		if (i % 50 == 0)
			kill(c.pid, SIGSTOP);
		if (i % 50 == 1)
			kill(c.pid, SIGCONT);
		if (waitpid(c.pid, &status, WNOHANG) == c.pid)
			break;
		usleep(100);
	}
	test_disown_process(c.pid);
	close(c.ready);
	CHECK_EQ(status, 0);
	session_wait_event(s, TYPE_exit, c.pid, 0);
	session_stop(s);
	failed = session_summary_of(s, TYPE_exec_fail);
	CHECK_EQ(shared->nr_failed, 4 * 3000);
	CHECK_EQ(shared->nr_other, 0);
	for (size_t i = 0; i < s->nr_lines; i++)
		nr += s->lines[i].type == TYPE_exec_fail && s->lines[i].pid == c.pid;
	CHECK(nr <= 4 * 3000 && nr + failed.lost >= 4 * 3000, "%zu events of %d failures, %llu lost", nr, 4 * 3000,
	      (unsigned long long)failed.lost);
	for (int code = 512; code <= 530; code++)
		CHECK(!session_printed(s, text("\"errno\":%d,", code)), "the code %d is there", code);
}

TEST(failed_execs_under_signals)
{
	check_signals("sys_exit");
}

TEST(failed_execs_under_signals_at_fexit)
{
	need_hook(TRIAL_EXECVEAT);
	check_signals("fexit");
}

/* All types at once, a ring that is too small, a reader that stops: each sum is exact, which the session checks. */
static void check_all_types(const char *mode, bool stop_reader)
{
	struct load *l = load_new(10000, 6);
	struct session *s =
		load_session(l, LIST("--events", "exec,exec_fail,exit,fork,snapshot", "--threads", "--ring", "64K"));
	/* A slow machine has fewer of both. */
	unsigned int count = 2 * (unsigned int)l->count;
	struct child c;
	struct summary sum;

	shared = shared_page();
	c = child_start(fail_often, &count);
	load_start(l, mode);
	for (int i = 0; stop_reader && i < 10; i++) {
		session_pause(s);
		sleep_ms(100);
		kill(s->pid, SIGCONT);
		sleep_ms(20);
	}
	/* Where the machine is slow these stops were too short to fill the ring. */
	if (stop_reader)
		session_pause(s);
	load_join(l);
	CHECK_EQ(child_join(&c), 0);
	kill(s->pid, SIGCONT);
	sum = session_stop(s);
	load_check_rest(l, sum.lost);
	for (enum type type = 0; type < TYPES; type++)
		CHECK(session_summary_of(s, type).found, "no sum of %s in: %s", type_names[type], session_errors(s));
	if (stop_reader)
		CHECK(session_summary_of(s, TYPE_exit).lost + session_summary_of(s, TYPE_fork).lost + sum.lost > 0,
		      "nothing was lost");
	if (!strcmp(mode, "vfork"))
		CHECK(session_summary_of(s, TYPE_exit).seen >= l->count, "fewer ends than lives");
}

TEST(storm_of_all_types)
{
	check_all_types("vfork", false);
	check_all_types("chain", false);
}

TEST(storm_of_all_types_with_stops)
{
	check_all_types("vfork", true);
}
