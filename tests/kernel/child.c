/* SPDX-License-Identifier: GPL-2.0-only */
/* Processes that tests let exec, and their clean-up. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "files.h"
#include "harness.h"

#define READY_TIMEOUT_MS 30000

static void become_child(int ready)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGALRM, SIG_DFL);
	alarm(0);
	dup2(null, 0);
	dup2(ready, 1);
}

struct child child_start(void (*body)(void *arg), void *arg)
{
	struct child c;
	int ends[2];

	REQUIRE(pipe2(ends, O_CLOEXEC) == 0, "no pipe: %s", strerror(errno));
	fflush(NULL);
	c.pid = fork();
	REQUIRE(c.pid >= 0, "cannot fork: %s", strerror(errno));
	if (c.pid == 0) {
		become_child(ends[1]);
		body(arg);
		child_fail("the body returned");
	}
	setpgid(c.pid, c.pid);
	test_own_process(c.pid);
	close(ends[1]);
	c.ready = ends[0];
	return c;
}

void child_wait(struct child *c)
{
	struct pollfd wait_for = {.fd = c->ready, .events = POLLIN};
	char said[512] = {0};
	int rc;

	while ((rc = poll(&wait_for, 1, (int)test_patience() * READY_TIMEOUT_MS)) < 0 && errno == EINTR)
		;
	REQUIRE(rc > 0, "child %d did not exec in time", c->pid);
	REQUIRE(read(c->ready, said, sizeof(said) - 1) > 0, "child %d ended without a word", c->pid);
	if (said[0] == '?')
		test_skip("%s", said + 1);
	REQUIRE(said[0] == '.', "child %d: %s", c->pid, said + 1);
}

int child_join(struct child *c)
{
	int status = -1;

	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		;
	test_disown_process(c->pid);
	close(c->ready);
	return status;
}

void child_end(struct child *c)
{
	kill(-c->pid, SIGKILL);
	kill(c->pid, SIGKILL);
	child_join(c);
}

static void child_say(char mark, const char *what)
{
	dprintf(1, "%c%s: %s", mark, what, strerror(errno));
	_exit(126);
}

void child_fail(const char *what)
{
	child_say('!', what);
	abort();
}

void child_skip(const char *what)
{
	child_say('?', what);
	abort();
}

void child_exec(const char *path, const char *const *argv, const char *const *envp)
{
	execve(path, (char *const *)argv, envp ? (char *const *)envp : environ);
	child_fail(text("execve '%.100s'", path));
}

void child_fork_and_go_on(void)
{
	pid_t pid = fork();

	if (pid < 0)
		child_fail("fork");
	if (pid == 0)
		return;
	close(1);
	waitpid(pid, NULL, 0);
	for (;;)
		pause();
}

struct exec_call {
	const char *path;
	const char *const *argv, *const *envp;
};

static void plain_exec(void *arg)
{
	const struct exec_call *call = arg;

	child_exec(call->path, call->argv, call->envp);
}

struct child child_hold(const char *path, const char *const *argv, const char *const *envp)
{
	struct exec_call call = {path, argv, envp};
	struct child c = child_start(plain_exec, &call);

	child_wait(&c);
	return c;
}

char *tag_prefix(void)
{
	static char prefix[32];

	/* A child of the test keeps the prefix of the test. */
	if (!prefix[0])
		snprintf(prefix, sizeof(prefix), "tag-%d-", getpid());
	return prefix;
}

char *new_tag(void)
{
	static unsigned int nr_tags;

	return text("%s%u", tag_prefix(), ++nr_tags);
}

/* The kernel allows a quarter of the stack's limit. */
void allow_arguments(size_t bytes)
{
	struct rlimit limit;

	getrlimit(RLIMIT_STACK, &limit);
	if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < bytes * 8)
		test_skip("the stack's limit allows no %zu bytes of arguments", bytes);
	limit.rlim_cur = bytes * 8;
	setrlimit(RLIMIT_STACK, &limit);
}

const char **long_list(size_t nr, size_t length)
{
	const char **argv = calloc(nr + 1, sizeof(*argv));

	for (size_t i = 0; i < nr; i++) {
		char *item = calloc(1, length + 1);

		memset(item, 'a' + (int)(i % 26), length);
		memcpy(item, text("%zu,", i), strlen(text("%zu,", i)));
		argv[i] = item;
	}
	return argv;
}

void *shared_page(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	REQUIRE(page != MAP_FAILED, "no shared memory: %s", strerror(errno));
	return page;
}
