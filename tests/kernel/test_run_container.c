/* SPDX-License-Identifier: GPL-2.0-only */
/* Observer in a pid namespace, as in a container: itself and CMD have other numbers there than the events have. */
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "files.h"
#include "harness.h"
#include "json.h"
#include "run_events.h"
#include "session.h"

static void enter_pid_namespace(void *arg)
{
	int status = 0;
	pid_t pid;

	(void)arg;
	if (unshare(CLONE_NEWPID) != 0)
		child_skip("pid namespace");
	pid = fork();
	if (pid == 0)
		return;
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		child_fail("no process in a pid namespace");
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 99);
}

TEST(run_in_a_pid_namespace)
{
	struct outcome o = run_words(LIST("--", "/bin/sh", "-c", "/bin/true; exit 3"), enter_pid_namespace);

	CHECK_EQ(o.status, 3);
	CHECK(strstr(o.err, " 2 execs") && strstr(o.err, "Critical path"), "the report: %s", o.err);
}

/* A name that no other observer of this machine has. */
static char *make_own_name(void)
{
	char *path = text("%s/own%d", test_dir(), getpid());

	REQUIRE(symlink(realpath(observer_path(), NULL), path) == 0, "no link %s", path);
	setenv("OBSERVER", path, 1);
	return strrchr(path, '/') + 1;
}

TEST(trace_in_a_pid_namespace)
{
	char *name = make_own_name(), *path = text("%s/events.json", test_dir()), *all;
	const struct session_options options = {
		.args = LIST("trace", "--duration", "300ms", "-o", text("json:%s", path), "syscalls:sys_enter_write"),
		.raw = true,
		.prepare = enter_pid_namespace,
	};
	struct outcome o;
	size_t length;

	need_bpf();
	o = run_observer(&options);
	if (o.status && strstr(o.err, "tracefs"))
		test_skip("no tracefs");
	CHECK_EQ(o.status, 0);
	all = read_whole(path, &length);
	REQUIRE(all, "no events: %s", o.err);
	/* Each write of events would be an event to be written. */
	CHECK(!strstr(all, text("\"comm\":\"%s\"", name)), "it sees itself");
}
