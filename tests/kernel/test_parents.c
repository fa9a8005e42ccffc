/* SPDX-License-Identifier: GPL-2.0-only */
/* Entities: parents and children, reused process ids, processes that are gone. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
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

/* One process that becomes several programs is one entity; its children name it as their parent. */
MODE(exec_again)
{
	const char *const *rest = (const char *const *)argv + 2;

	(void)argc;
	child_exec(rest[0], rest, NULL);
}

TEST(entity_of_two_execs)
{
	struct session *s = start();
	char *self = link_text("/proc/self/exe");
	struct child c = child_hold(self, LIST(self, "@exec_again", hold, "second"), NULL);
	json_t *first = session_wait_pid_nth(s, c.pid, 0), *second = session_wait_pid_nth(s, c.pid, 1);

	CHECK_JSON_TEXT(first, "exe", self);
	check_plain(second, c.pid, hold);
	CHECK_JSON_TEXT(second, "entity_id", json_text(first, "entity_id"));
	CHECK_JSON_TEXT(second, "parent_entity_id", json_text(first, "parent_entity_id"));
	CHECK_NUMBER(second, "start_ns", json_number(first, "start_ns"));
	child_end(&c);
	session_stop(s);
}

MODE(fork_and_exec)
{
	const char *const *rest = (const char *const *)argv + 2;

	(void)argc;
	child_fork_and_go_on();
	child_exec(rest[0], rest, NULL);
}

TEST(entity_of_the_parent)
{
	struct session *s = start();
	char *self = link_text("/proc/self/exe"), *tag = new_tag();
	struct child c = child_hold(self, LIST(self, "@fork_and_exec", hold, "child", tag), NULL);
	json_t *parent = session_wait_pid(s, c.pid), *child = NULL;

	/* Both have the tag; the child's is the one that is not the parent. */
	for (int i = 0; !child && i < 5000; i++, sleep_ms(2)) {
		session_read(s);
		for (size_t j = 0; j < s->nr_objects; j++)
			if (json_number(s->objects[j], "pid") != (uint64_t)c.pid &&
			    json_array_has(s->objects[j], "argv", tag))
				child = s->objects[j];
	}
	REQUIRE(child, "no event of the child");
	check_plain(child, (pid_t)json_number(child, "pid"), hold);
	CHECK_NUMBER(child, "ppid", c.pid);
	CHECK_JSON_TEXT(child, "parent_entity_id", json_text(parent, "entity_id"));
	CHECK(strcmp(json_text(child, "entity_id"), json_text(parent, "entity_id")) != 0, "parent and child are one");
	child_end(&c);
	session_stop(s);
}

/* Asks the kernel to give out the same pid again; other processes may take it, so it tries a few times. */
static struct child child_with_pid(pid_t wanted)
{
	for (int i = 0; i < 200; i++) {
		struct child c;

		if (write_text("/proc/sys/kernel/ns_last_pid", text("%d", wanted - 1)) != 0)
			test_skip("the next pid cannot be set: %s", strerror(errno));
		c = child_hold(hold, LIST(hold, "again"), NULL);
		if (c.pid == wanted)
			return c;
		child_end(&c);
	}
	test_skip("the pid %d was not given out again", wanted);
}

TEST(entity_of_a_reused_pid)
{
	struct session *s = start();
	struct child first = child_hold(hold, LIST(hold), NULL), second;
	json_t *e, *again;

	e = session_wait_pid_nth(s, first.pid, 0);
	child_end(&first);
	second = child_with_pid(first.pid);
	again = session_wait_pid_nth(s, second.pid, 1);
	check_plain(again, second.pid, hold);
	CHECK(strcmp(json_text(e, "entity_id"), json_text(again, "entity_id")) != 0, "two processes are one entity: %s",
	      json_text(e, "entity_id"));
	CHECK_JSON_TEXT(again, "parent_entity_id", json_text(e, "parent_entity_id"));
	child_end(&second);
	session_stop(s);
}

/* The parent is gone before the exec: the reaper is the parent. What only one of the processes knows is told here. */
static struct {
	pid_t parent, pid;
} * shared;

static void orphan(void *arg)
{
	pid_t pid = fork();

	(void)arg;
	if (pid < 0)
		child_fail("fork");
	if (pid > 0)
		_exit(0);
	while (getppid() == shared->parent)
		sleep_ms(1);
	shared->pid = getpid();
	child_exec(hold, LIST(hold), NULL);
}

TEST(exec_of_an_orphan)
{
	struct session *s = start();
	struct child c;

	shared = shared_page();
	shared->parent = getpid();
	c = child_start(orphan, NULL);
	shared->parent = c.pid;
	child_wait(&c);
	test_own_process(shared->pid);
	check_plain(session_wait_pid(s, shared->pid), shared->pid, hold);
	kill(shared->pid, SIGKILL);
	child_end(&c);
	session_stop(s);
}

static void exec_exit(void *program)
{
	child_exec(program, LIST(program, "short", "life"), LIST("E=12"));
}

/* All of it though nothing of the process is left when the event is looked at. */
TEST(process_already_gone)
{
	struct session *s = start();
	char *program = text("%s/exit", test_dir()), *cwd = link_text("/proc/self/cwd");
	struct child c;
	json_t *e;

	make_program(program, PROGRAM_EXIT);
	session_pause(s);
	c = child_start(exec_exit, program);
	CHECK_EQ(child_join(&c), 0);
	kill(s->pid, SIGCONT);
	e = session_wait_pid(s, c.pid);
	CHECK_JSON_TEXT(e, "exe", program);
	CHECK_JSON_TEXT(e, "filename", program);
	CHECK_JSON_TEXT(e, "cwd", cwd);
	CHECK_JSON_TEXT(e, "comm", "exit");
	CHECK_NUMBER(e, "ppid", getpid());
	CHECK_NUMBER(e, "uid", getuid());
	CHECK_NUMBER(e, "env_bytes", strlen("E=12") + 1);
	CHECK_STRINGS(e, "argv", ((struct strings){(const char **)LIST(program, "short", "life"), 3}));
	CHECK_ABSENT(e, "unreadable");
	session_stop(s);
}

static void exec_traced(void *arg)
{
	(void)arg;
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	child_exec(hold, LIST(hold, "never runs"), NULL);
}

TEST(killed_before_its_first_instruction)
{
	struct session *s = start();
	struct child c = child_start(exec_traced, NULL);
	int status;
	char none;

	REQUIRE(waitpid(c.pid, &status, 0) == c.pid && WIFSTOPPED(status), "no stop at the exec: %#x", status);
	check_plain(session_wait_pid(s, c.pid), c.pid, hold);
	kill(c.pid, SIGKILL);
	waitpid(c.pid, &status, 0);
	CHECK(WIFSIGNALED(status), "it was not killed: %#x", status);
	CHECK(read(c.ready, &none, 1) == 0, "it ran");
	CHECK_EQ(session_count_pid(s, c.pid), 1);
	test_disown_process(c.pid);
	close(c.ready);
	session_stop(s);
}
