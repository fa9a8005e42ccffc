/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Filters: what is shown is what was asked for, whether the kernel side decides it or user space, and the sum counts
 * the rest. That events which the kernel side drops leave no gap in the numbers each session's stream checks.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "expect.h"
#include "files.h"
#include "harness.h"
#include "json.h"
#include "lives.h"
#include "load.h"
#include "session.h"

static void be_another_user(void)
{
	if (setgid(100) || setuid(12345))
		child_skip("setuid");
}

static void exec_as_user(void *program)
{
	be_another_user();
	child_exec(program, LIST(program, "--no", "force"), NULL);
}

/* Runs the program as two users; each must be shown or not as expected. */
static void check_both(const char *filter, const char *program, bool mine, bool others)
{
	/* Numbers of events that user space drops are missing, rightly: no seq is shown. */
	struct session *s = session_start("--fields", "pid,comm,uid,argv", "--where", filter);
	struct child a = child_hold(program, LIST(program, "--use-the-force"), NULL);
	struct child b = child_start(exec_as_user, (void *)program);
	struct child last;
	struct summary sum;

	child_wait(&b);
	/* What comes after them is shown by any of these filters. */
	last = child_hold(program, LIST(program, "the last"), NULL);
	session_wait_pid(s, last.pid);
	CHECK((session_count_pid(s, a.pid) == 1) == mine, "%s: of my own %zu", filter, session_count_pid(s, a.pid));
	CHECK((session_count_pid(s, b.pid) == 1) == others, "%s: of the other user's %zu", filter,
	      session_count_pid(s, b.pid));
	child_end(&a);
	child_end(&b);
	child_end(&last);
	sum = session_stop(s);
	CHECK_EQ(sum.seen, sum.printed + sum.filtered + sum.lost + sum.unread);
}

TEST(filter_by_fields)
{
	char *program = make_hold("filtered");

	chmod(test_dir(), 0755);
	check_both("uid == root && comm == \"filtered\"", program, true, false);
	check_both("argv == \"the last\" || uid == 12345", program, false, true);
	check_both("argv == \"the last\" || argv ~ \"*-force\" && !(gid == 100)", program, true, false);
	check_both(text("filename == \"%s\" && !(comm in (\"a\", \"b\"))", program), program, true, true);
	check_both("filename ~ \"/*\" && comm ~ \"filt*\" && uid < 1", program, true, false);
	check_both("argv =~ \"^the last$\" || argv =~ \"use-the\"", program, true, false);
	check_both(text("exe == \"%s\" && euid != 12345 && !privileged", program), program, true, false);
	check_both("argv == \"the last\" || cwd ~ \"/*\" && gid in (100, 101)", program, false, true);
	check_both("present(argv) && !present(interp) && argc >= 2 && argc < 4 && uid == 0", program, true, false);
	check_both("comm == \"filtered\" && argv != \"--no\" && uid != 12345", program, true, false);
}

static void exec_fast(void *program)
{
	char *path = program;

	execl(path, path, (char *)NULL);
	_exit(1);
}

/* An observer and another one that leaves all to user space see the same, and say how much they dropped. */
TEST(filter_in_both_places)
{
	char *even = text("%s/even", test_dir()), *odd = text("%s/odd", test_dir());
	const char *filter = text("filename ~ \"%s/e*\" && uid == 0 && comm != \"odd\"", test_dir());
	struct session *pushed, *kept;
	struct summary a, b;
	pid_t pids[60];

	make_program(even, PROGRAM_EXIT);
	make_program(odd, PROGRAM_EXIT);
	if (!CHECK(strlen(test_dir()) < 28, "%s is too long to be decided in the kernel", test_dir()))
		return;
	pushed = session_start("--where", filter);
	setenv("OBSERVER_NO_PUSH_DOWN", "1", 1);
	kept = session_start("--fields", "pid,filename", "--where", filter);
	unsetenv("OBSERVER_NO_PUSH_DOWN");
	for (int i = 0; i < 60; i++) {
		struct child c = child_start(exec_fast, i & 1 ? odd : even);

		pids[i] = c.pid;
		child_join(&c);
	}
	session_wait_pid(pushed, pids[58]);
	session_wait_pid(kept, pids[58]);
	for (int i = 0; i < 60; i++) {
		CHECK_EQ(session_count_pid(pushed, pids[i]), !(i & 1));
		CHECK_EQ(session_count_pid(kept, pids[i]), !(i & 1));
	}
	a = session_stop(pushed);
	b = session_stop(kept);
	CHECK(a.filtered >= 30 && b.filtered >= 30, "filtered %llu and %llu", (unsigned long long)a.filtered,
	      (unsigned long long)b.filtered);
}

TEST(filter_of_exits)
{
	struct session *s = session_start("--events", "exec,exit", "--fields", "pid,exit_code,signal,comm,cpu,seq",
					  "--where", "exit_code == 7 || signal == SIGKILL");
	struct exits {
		int code, signal;
		bool shown;
	} exits[] = {{7, 0, true}, {0, 0, false}, {8, 0, false}, {0, SIGKILL, true}, {0, SIGTERM, false}, {7, 0, true}};
	pid_t pids[6], last = 0;

	for (int i = 0; i < 6; i++) {
		pids[i] = fork();
		if (!pids[i]) {
			if (exits[i].signal)
				raise(exits[i].signal);
			_exit(exits[i].code);
		}
		waitpid(pids[i], NULL, 0);
		last = pids[i];
	}
	session_wait_event(s, TYPE_exit, last, 0);
	for (int i = 0; i < 6; i++)
		CHECK_EQ(session_count_events(s, TYPE_exit, pids[i]), exits[i].shown);
	session_stop(s);
}

TEST(filter_of_failed_execs)
{
	const char *missing = text("%s/no such", test_dir());
	struct session *s = session_start("--events", "exec,exec_fail", "--where",
					  text("errno == ENOENT && filename == \"%s\"", missing));
	struct child a = child_start(exec_fast, (void *)missing), b = child_start(exec_fast, text("%s", test_dir()));
	json_t *e;

	child_join(&b);
	e = session_wait_event(s, TYPE_exec_fail, a.pid, 0);
	child_join(&a);
	CHECK_JSON_TEXT(e, "errno_name", "ENOENT");
	CHECK_EQ(session_count_events(s, TYPE_exec_fail, b.pid), 0);
	session_stop(s);
}

/* A storm of which all passes against a ring that is too small: what is lost is lost after the filter, and counted so.
 */
TEST(filter_with_loss)
{
	struct load *l = load_new(20000, 10);
	struct session *s = load_session(l, LIST("--ring", "64K", "--where", "argc > 1 && comm ~ \"storm*\""));
	struct summary sum;

	session_pause(s);
	load_run(l, "vfork");
	kill(s->pid, SIGCONT);
	sum = session_stop(s);
	load_check_rest(l, sum.lost);
	CHECK(sum.seen >= l->count, "%llu seen of at least %llu", (unsigned long long)sum.seen,
	      (unsigned long long)l->count);
	CHECK(sum.lost > 0, "nothing was lost");
}

/* The same storm, all of it dropped in the kernel: nothing comes, nothing is lost, everything is counted. */
TEST(filter_that_drops_a_storm)
{
	struct load *l = load_new(20000, 10);
	struct session *s = load_session(l, LIST("--ring", "64K", "--where", "comm == \"nothing is called so\""));
	struct summary sum;

	session_pause(s);
	load_run(l, "vfork");
	kill(s->pid, SIGCONT);
	sum = session_stop(s);
	CHECK_EQ(l->nr_printed, 0);
	CHECK_EQ(sum.lost, 0);
	CHECK_EQ(sum.printed, 0);
	CHECK(sum.filtered >= l->count, "%llu filtered of at least %llu", (unsigned long long)sum.filtered,
	      (unsigned long long)l->count);
}

/* Names of any bytes are compared as they are. */
TEST(filter_with_hostile_values)
{
	char *program = make_hold(hostile), quoted[1000] = "", *at = quoted;
	struct session *s;
	struct child c;

	for (const char *from = program; *from; from++)
		at += sprintf(at, "\\x%02x", (unsigned char)*from);
	s = session_start("--fields", "pid,filename", "--where", text("filename == \"%s\"", quoted));
	c = child_hold(program, LIST(program), NULL);
	session_wait_pid(s, c.pid);
	child_end(&c);
	session_stop(s);
}

/* What others learn from the events must not depend on the filter: the parent is known though it is not shown. */
TEST(filter_does_not_starve_the_table)
{
	char *program = make_hold("child");
	struct session *s =
		session_start("--ancestors", "3", "--fields", "pid,comm,ancestors", "--where", "comm == \"child\"");
	struct child c = child_hold(program, LIST(program), NULL);
	json_t *e = session_wait_pid(s, c.pid), *parent = json_array_get(json_object_get(e, "ancestors"), 0);

	CHECK_NUMBER(parent, "pid", getpid());
	CHECK(json_has(parent, "exe"), "the parent's exe is not known: %s", json_shown(e, "ancestors"));
	child_end(&c);
	session_stop(s);
}

/* kill(2) says 0 as code, sigqueue(3) -1. */
MODE(signal_itself)
{
	(void)argc, (void)argv;
	signal(SIGUSR1, SIG_IGN);
	signal(SIGUSR2, SIG_IGN);
	kill(getpid(), SIGUSR1);
	kill(getpid(), SIGUSR2);
	sigqueue(getpid(), SIGUSR2, (union sigval){0});
	return 0;
}

static size_t count_lines(const char *text, const char *with)
{
	size_t nr = 0;

	for (const char *at = text; (at = strstr(at, with)); at++)
		nr++;
	return nr;
}

static void check_signals(const char *filter, size_t nr_usr1, size_t nr_usr2)
{
	char *self = link_text("/proc/self/exe");
	struct outcome o = run_observer_with("trace", "signal:signal_generate", "-o", "json", "--fields", "args", "-w",
					     filter, "--", self, "@signal_itself");

	if (strstr(o.err, "cannot"))
		test_skip("%s", o.err);
	CHECK(count_lines(o.out, "\"sig\":10,") == nr_usr1 && count_lines(o.out, "\"sig\":12,") == nr_usr2, "%s: %s%s",
	      filter, o.out, o.err);
	CHECK(strstr(o.err, text(" = printed %zu + filtered ", nr_usr1 + nr_usr2)), "%s: the sum is %s", filter, o.err);
}

/* Fields of the tracepoint's own, signed ones and texts too. */
TEST(filter_of_tracepoints)
{
	check_signals("sig == 10 || sig == 12", 1, 2);
	check_signals("args.sig == 12 && pid > 1", 0, 2);
	check_signals("code < 0 && args.comm ~ \"kernel_tests*\"", 0, 1);
	check_signals("code == -1 || sig in (10, 11)", 1, 1);
	check_signals("code >= 0 && sig & 0x8 && sig != 17", 1, 1);
	check_signals("sig == 12 && args.comm =~ \"^kernel\" && code != 0", 0, 1);
}

static void check_explained(const char *const *args, const char *expected)
{
	struct outcome o = run_observer(&(struct session_options){.args = args, .raw = true});

	CHECK_EQ(o.status, 0);
	CHECK_TEXT(o.out, expected);
	CHECK_TEXT(o.err, "");
}

TEST(filter_explained)
{
	check_explained(LIST("--explain", "-w", "uid == 0 && argv ~ \"*--force*\""),
			"exec\n  in the kernel  uid == 0\n  in user space  argv ~ \"*--force*\"\n");
	check_explained(LIST("--explain", "--user", "root,1", "--comm", "a*", "--events", "exec,fork"),
			"exec\n  in the kernel  uid == \"root\" || uid == 1\n  in the kernel  comm ~ \"a*\"\n"
			"fork\n  in the kernel  uid == \"root\" || uid == 1\n  in the kernel  comm ~ \"a*\"\n");
	check_explained(LIST("--explain", "--ancestors", "2", "--pid", "1"), "exec\n  in user space  pid == 1\n");
}

static void check_refused(const char *filter, const char *error)
{
	struct outcome o = run_observer_with("-w", filter);

	CHECK_EQ(o.status, 2);
	CHECK_TEXT(o.out, "");
	CHECK(strstr(o.err, error), "%s: %s", filter, o.err);
	CHECK(!strchr(o.err, '\x1b'), "raw escape in: %s", shown(o.err, strlen(o.err)));
}

TEST(filter_errors)
{
	struct outcome o;

	check_refused("uid == 0 && fileame == \"x\"",
		      "observer: option '--where', column 13: exec has no field 'fileame'\n"
		      "  uid == 0 && fileame == \"x\"\n              ^\nhint: did you mean 'filename'?\n");
	check_refused("comm == \"\x1b[31m\" && comm = 1", "\\x1b[31m");
	check_refused("", "the filter is empty");
	check_refused("uid == nobody_of_this_name", "there is no user 'nobody_of_this_name'");
	check_refused("comm =~ \"(\"", "this is no regular expression");
	o = run_observer_with("run", "-w", "uid == 0", "--", "/bin/true");
	CHECK_EQ(o.status, 125);
	CHECK(strstr(o.err, "is about the events that --output writes"), "%s", o.err);
}
