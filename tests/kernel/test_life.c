/* SPDX-License-Identifier: GPL-2.0-only */
/* observer life: exec and exit joined, one line per process that ended; observer tree: those that live. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "files.h"
#include "harness.h"
#include "json.h"
#include "lives.h"
#include "load.h"
#include "session.h"

static json_t *wait_life(struct session *s, pid_t pid)
{
	json_t *e = session_wait_event(s, TYPE_exit, pid, 0);

	CHECK_JSON_TEXT(e, "event", "life");
	CHECK_EQ(session_count_events(s, TYPE_exit, pid), 1);
	return e;
}

static void check_cost(const json_t *e, const struct bill *bill)
{
	CHECK(cpu_close_at_exit(e, json_number(e, "utime_ns") + json_number(e, "stime_ns"), bill_cpu_ns(bill),
				bill->ended_ns),
	      "CPU times %s and %s, wait4 says %llu", json_shown(e, "utime_ns"), json_shown(e, "stime_ns"),
	      (unsigned long long)bill_cpu_ns(bill));
	CHECK_NUMBER(e, "max_rss_bytes", (uint64_t)bill->usage.ru_maxrss * 1024);
	CHECK_NUMBER(e, "duration_ns", json_number(e, "boot_ns") - json_number(e, "start_ns"));
}

MODE(burn_and_exec)
{
	(void)argc;
	burn_user(60);
	execl(argv[2], argv[2], "the", "last one", (char *)NULL);
	return 1;
}

static void exec_twice(void *program)
{
	char *self = link_text("/proc/self/exe");

	child_exec(self, LIST(self, "@burn_and_exec", program), NULL);
}

TEST(life_of_two_programs)
{
	char *program = text("%s/exit", test_dir());
	struct session *s = session_start("life");
	struct child c;
	struct bill bill;
	json_t *e;

	make_program(program, PROGRAM_EXIT);
	c = child_start(exec_twice, program);
	bill = bill_take(&c);
	e = wait_life(s, bill.pid);
	CHECK_NUMBER(e, "execs", 2);
	CHECK_NUMBER(e, "exit_code", 0);
	CHECK_NUMBER(e, "ppid", getpid());
	CHECK_JSON_TEXT(e, "filename", program);
	CHECK_JSON_TEXT(e, "exe", program);
	CHECK_JSON_TEXT(e, "comm", "exit");
	CHECK_JSON_TEXT(e, "cwd", link_text("/proc/self/cwd"));
	CHECK_STRINGS(e, "argv", ((struct strings){(const char **)LIST(program, "the", "last one"), 3}));
	CHECK_ABSENT(e, "signal");
	check_cost(e, &bill);
	CHECK(json_number(e, "utime_ns") >= 40000000, "utime_ns %s", json_shown(e, "utime_ns"));
	session_stop(s);
}

static void just_end(void *arg)
{
	(void)arg;
	_exit(9);
}

TEST(life_without_an_exec)
{
	struct session *s = session_start("life");
	struct child c = child_start(just_end, NULL);
	struct bill bill = bill_take(&c);
	json_t *e = wait_life(s, bill.pid);

	CHECK_NUMBER(e, "execs", 0);
	CHECK_NUMBER(e, "exit_code", 9);
	CHECK_JSON_TEXT(e, "exe", link_text("/proc/self/exe"));
	check_cost(e, &bill);
	session_stop(s);
}

TEST(life_that_began_before)
{
	char *hold = make_hold("hold");
	struct child c = child_hold(hold, LIST(hold, "earlier"), NULL);
	struct session *s = session_start("life");
	struct bill bill;
	json_t *e;

	kill(c.pid, SIGSEGV);
	bill = bill_take(&c);
	e = wait_life(s, bill.pid);
	CHECK_NUMBER(e, "signal", SIGSEGV);
	CHECK_JSON_TEXT(e, "signal_name", "SEGV");
	CHECK_ABSENT(e, "exit_code");
	CHECK_JSON_TEXT(e, "exe", hold);
	CHECK_JSON_TEXT(e, "comm", "hold");
	check_cost(e, &bill);
	session_stop(s);
}

/* One life each, in a storm, or a loss that is told. */
TEST(life_of_each_in_a_storm)
{
	struct load *l = load_new(5000, 6);
	struct session *s = load_session(l, LIST("life"));

	load_run(l, "vfork");
	session_stop(s);
	load_check_rest(l, session_summary_of(s, TYPE_exit).lost + session_summary_of(s, TYPE_exec).lost);
	CHECK(session_summary_of(s, TYPE_exit).seen >= l->count, "fewer ends than lives");
}

/* --- choices, and the table --- */

struct doing {
	unsigned int sleep_ms, burn_ms;
	int status;
};

static void do_it(void *arg)
{
	struct doing *d = arg;

	sleep_ms(d->sleep_ms);
	burn_user(d->burn_ms);
	if (d->status < 0)
		kill(getpid(), -d->status);
	_exit(d->status);
}

/* The pids of these that are among the lines of a table. */
static void check_chosen(const char *option, const char *value, const struct doing *doings, const bool *expected)
{
	struct session *s =
		session_open(&(struct session_options){.args = LIST("life", "--full", option, value), .raw = true});
	pid_t pids[4];
	struct outcome o;
	char *output;

	for (int i = 0; i < 4; i++) {
		struct child c = child_start(do_it, (void *)&doings[i]);

		pids[i] = c.pid;
		child_join(&c);
	}
	kill(s->pid, SIGINT);
	session_join(s);
	CHECK(WIFEXITED(s->status) && WEXITSTATUS(s->status) == 0, "wait status %#x", s->status);
	output = read_whole(s->out_path, NULL);
	o.err = session_errors(s);
	for (int i = 0; i < 4; i++) {
		char *line = line_with(output, text(" %d ", pids[i]));

		CHECK((line != NULL) == expected[i], "%s %s: number %d: %s (%s)", option, value ? value : "", i,
		      line ? line : "not there", o.err);
	}
	session_close(s);
}

TEST(life_choices)
{
	const struct doing doings[4] = {{0, 0, 0}, {1000, 0, 3}, {0, 120, 0}, {0, 0, -SIGKILL}};

	check_chosen("--min-wall", "800ms", doings, (const bool[]){false, true, false, false});
	check_chosen("--min-cpu", "80ms", doings, (const bool[]){false, false, true, false});
	check_chosen("--failed-only", NULL, doings, (const bool[]){false, true, false, true});
}

TEST(life_table)
{
	struct session *s = session_start_raw(LIST("life", "--utc"));
	const struct doing doings[2] = {{0, 30, 7}, {0, 0, -SIGKILL}};
	char *output = NULL, *line;

	for (int i = 0; i < 2; i++) {
		struct child c = child_start(do_it, (void *)&doings[i]);
		pid_t pid = c.pid;

		child_join(&c);
		output = session_wait_output(s, text(" %d ", pid));
		line = line_with(output, text(" %d ", pid));
		CHECK(strstr(line, text(" %d ", getpid())) && strstr(line, "kernel_tests"), "%s", line);
		CHECK(strstr(line, i ? " KILL " : " 7 "), "no end: %s", line);
	}
	line = line_with(output, "START");
	REQUIRE(line, "no heading: %s", output);
	for (const char *word = "START\0PID\0PPID\0USER\0WALL\0SYS\0MAXRSS\0READ/WRITE\0EXIT\0COMMAND\0"; *word;
	     word += strlen(word) + 1)
		CHECK(strstr(line, word), "no '%s' in %s", word, line);
	kill(s->pid, SIGINT);
	session_finish(s, 0);
}

TEST(tree_of_the_living)
{
	char *hold = make_hold(new_tag());
	struct child c = child_hold(hold, LIST(hold, "in the tree"), NULL);
	struct outcome o;
	char *line, *parent;

	need_bpf();
	o = run_observer_with("tree", "--full");
	CHECK(o.status == 0, "status %d: %s", o.status, o.err);
	line = line_with(o.out, text("%d ", c.pid));
	parent = line_with(o.out, text("%d ", getpid()));
	REQUIRE(line && parent, "the child or its parent is not there: %s", o.out);
	CHECK(strstr(line, strrchr(hold, '/') + 1), "another name: %s", line);
	CHECK(strstr(parent, "kernel_tests"), "another name: %s", parent);
	CHECK(strstr(o.out, parent) < strstr(o.out, line), "the child comes before its parent");
	CHECK(strstr(line, strrchr(hold, '/') + 1) - line > strstr(parent, "kernel_tests") - parent,
	      "the child is not below its parent:\n%s\n%s", parent, line);
	child_end(&c);
}
