/* SPDX-License-Identifier: GPL-2.0-only */
/* Namespaces, control groups and the containers that they name, terminals. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "child.h"
#include "files.h"
#include "harness.h"
#include "json.h"
#include "session.h"
#include "tagged.h"

static void unshare_and_exec(void *flags)
{
	if (unshare((int)(intptr_t)flags) != 0)
		child_skip("unshare");
	/* A new pid namespace begins with the next process. */
	child_fork_and_go_on();
	tagged_exec();
}

static void exec_plainly(void *arg)
{
	(void)arg;
	tagged_exec();
}

TEST(namespaces_one_by_one)
{
	static const struct {
		int flag;
		const char *key;
	} rows[] = {{CLONE_NEWNS, "mntns"},	  {CLONE_NEWPID, "pidns"}, {CLONE_NEWNET, "netns"},
		    {CLONE_NEWUSER, "userns"},	  {CLONE_NEWUTS, "utsns"}, {CLONE_NEWIPC, "ipcns"},
		    {CLONE_NEWCGROUP, "cgroupns"}};
	struct session *s = tagged_start();
	struct child c = child_start(exec_plainly, NULL);
	json_t *plain, *e;

	child_wait(&c);
	plain = tagged_check(s);
	child_end(&c);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		tagged_next();
		c = child_start(unshare_and_exec, (void *)(intptr_t)rows[i].flag);
		child_wait(&c);
		e = tagged_check(s);
		for (size_t j = 0; j < sizeof(rows) / sizeof(rows[0]); j++)
			CHECK((json_number(e, rows[j].key) != json_number(plain, rows[j].key)) == (i == j),
			      "%s after unshare of %s", rows[j].key, rows[i].key);
		CHECK_NUMBER(e, "vpid", rows[i].flag == CLONE_NEWPID ? 1 : json_number(e, "pid"));
		child_end(&c);
	}
	session_stop(s);
}

/* Three levels of pid namespaces, the last with several processes. */
static void nest_pids(void *arg)
{
	(void)arg;
	for (int level = 0; level < 3; level++) {
		if (unshare(CLONE_NEWPID) != 0)
			child_skip("pid namespace");
		child_fork_and_go_on();
	}
	child_fork_and_go_on();
	child_fork_and_go_on();
	tagged_exec();
}

TEST(namespaces_pid_nested)
{
	struct session *s = tagged_start();
	struct child c = child_start(nest_pids, NULL);
	json_t *e;

	child_wait(&c);
	e = tagged_check(s);
	CHECK_NUMBER(e, "vpid", 3);
	child_end(&c);
	session_stop(s);
}

/* A process stays in its own pid namespace when only its children's was changed. */
static void unshare_for_children(void *arg)
{
	(void)arg;
	if (unshare(CLONE_NEWPID) != 0)
		child_skip("pid namespace");
	tagged_exec();
}

TEST(namespaces_pid_of_children_only)
{
	struct session *s = tagged_start();
	struct child c = child_start(unshare_for_children, NULL);
	json_t *e;

	child_wait(&c);
	e = tagged_check(s);
	CHECK_NUMBER(e, "vpid", c.pid);
	child_end(&c);
	session_stop(s);
}

static void map_ids(const char *outside)
{
	write_text("/proc/self/setgroups", "deny");
	if (write_text("/proc/self/uid_map", text("0 %s 1", outside)) != 0 ||
	    write_text("/proc/self/gid_map", text("0 %s 1", outside)) != 0)
		child_skip("id maps");
}

/* Root within a user namespace of a user that is nobody outside, and within one more below. */
static void nest_users(void *levels)
{
	/* The program lies in a folder that this user can reach. */
	if (setresgid(12345, 12345, 12345) != 0 || setresuid(12345, 12345, 12345) != 0)
		child_skip("changing ids");
	/* Else /proc/self belongs to root, and the maps cannot be written. */
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	for (intptr_t level = 0; level < (intptr_t)levels; level++) {
		if (unshare(CLONE_NEWUSER) != 0)
			child_skip("user namespace");
		map_ids(level == 0 ? "12345" : "0");
	}
	if (getuid() != 0)
		child_fail("no root within");
	tagged_exec();
}

TEST(namespaces_user_nested)
{
	for (intptr_t levels = 1; levels <= 3; levels++) {
		struct session *s = tagged_start();
		struct child c = child_start(nest_users, (void *)levels);
		json_t *e;

		child_wait(&c);
		e = tagged_check(s);
		/* As seen from outside, the way /proc tells it to us. */
		CHECK_NUMBER(e, "uid", 12345);
		CHECK(json_hex(e, "cap_effective") != 0, "root within has capabilities there");
		child_end(&c);
		session_stop(s);
	}
}

/* Everything at once, as a container has it. */
TEST(namespaces_all)
{
	struct session *s = tagged_start();
	struct child c = child_start(unshare_and_exec,
				     (void *)(intptr_t)(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUTS |
							CLONE_NEWIPC | CLONE_NEWCGROUP | CLONE_NEWUSER));

	child_wait(&c);
	tagged_check(s);
	child_end(&c);
	session_stop(s);
}

/* Terminals. */
static void exec_on_terminal(void *name)
{
	int fd;

	/* A leader of a process group cannot begin a session. */
	child_fork_and_go_on();
	if (setsid() < 0)
		child_fail("setsid");
	fd = open(name, O_RDWR | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, TIOCSCTTY, 0) != 0)
		child_fail("controlling terminal");
	tagged_exec();
}

TEST(terminal)
{
	struct session *s = tagged_start();
	int main_fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	char name[64];
	struct child c;
	json_t *e;

	if (main_fd < 0 || grantpt(main_fd) != 0 || unlockpt(main_fd) != 0 ||
	    ptsname_r(main_fd, name, sizeof(name)) != 0)
		test_skip("no pseudo terminal: %s", strerror(errno));
	c = child_start(exec_on_terminal, name);
	child_wait(&c);
	e = tagged_check(s);
	CHECK_JSON_TEXT(e, "tty", name + strlen("/dev/"));
	kill((pid_t)json_number(e, "pid"), SIGKILL);
	child_end(&c);
	close(main_fd);
	session_stop(s);
}

static void exec_without_terminal(void *arg)
{
	(void)arg;
	child_fork_and_go_on();
	if (setsid() < 0)
		child_fail("setsid");
	tagged_exec();
}

TEST(terminal_absent)
{
	struct session *s = tagged_start();
	struct child c = child_start(exec_without_terminal, NULL);
	json_t *e;

	child_wait(&c);
	e = tagged_check(s);
	CHECK_ABSENT(e, "tty");
	kill((pid_t)json_number(e, "pid"), SIGKILL);
	child_end(&c);
	session_stop(s);
}
