/* SPDX-License-Identifier: GPL-2.0-only */
/* The program that `observer run` runs: its status, signals, user, descriptors and terminal. Needs no kernel side. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "commands/child.h"

static const struct child_user nobody_else;

/* Makes it and lets it go. */
static struct child start(const char *script)
{
	char *argv[] = {"sh", "-c", (char *)script, NULL};
	struct error err = {0};
	struct child c;

	CHECK_EQ(child_open(&c, argv, &nobody_else, &err), 0);
	CHECK_EQ(child_pass_signals(&c, &err), 0);
	CHECK_EQ(child_release(&c, &err), 0);
	return c;
}

static int run(const char *script)
{
	struct child c = start(script);
	int status;

	child_wait(&c);
	status = child_status(&c);
	child_close(&c);
	return status;
}

static int run_program(const char *name)
{
	char *argv[] = {(char *)name, NULL};
	struct child c;
	int status;

	CHECK_EQ(child_open(&c, argv, &nobody_else, NULL), 0);
	CHECK_EQ(child_release(&c, NULL), 0);
	child_wait(&c);
	status = c.exec_errno ? child_status(&c) : -1;
	child_close(&c);
	return status;
}

static void statuses_are_those_of_the_program(void)
{
	CHECK_EQ(run("exit 0"), 0);
	CHECK_EQ(run("exit 7"), 7);
	CHECK_EQ(run("kill -9 $$"), 128 + 9);
	CHECK_EQ(run("kill -SEGV $$"), 128 + 11);
	CHECK_EQ(run("exit 127"), 127);
}

static void what_cannot_be_executed_is_told(void)
{
	char name[] = "/tmp/observer-test-XXXXXX";
	int fd = mkstemp(name);

	CHECK_EQ(run_program("/nonexistent/program"), 127);
	CHECK_EQ(run_program("no-such-program-anywhere"), 127);
	CHECK_EQ(run_program("/"), 126);
	CHECK_EQ(run_program(name), 126);
	close(fd);
	unlink(name);
}

static void it_does_nothing_until_it_is_let_go(void)
{
	char name[] = "/tmp/observer-test-XXXXXX", *argv[] = {"rm", name, NULL};
	int fd = mkstemp(name);
	struct child c;

	CHECK_EQ(child_open(&c, argv, &nobody_else, NULL), 0);
	usleep(50000);
	CHECK(!child_has_ended(&c));
	CHECK_EQ(access(name, F_OK), 0);
	child_close(&c);
	CHECK(c.ended);
	CHECK_EQ(access(name, F_OK), 0);
	close(fd);
	unlink(name);
}

/* Reads until the end, or until `length` bytes are there. */
static size_t read_from(int fd, char *text, size_t length)
{
	size_t done = 0;
	ssize_t n;

	while (done < length && (n = read(fd, text + done, length - done)) > 0)
		done += n;
	return done;
}

static void signals_are_passed_on(void)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1};
	char script[128], ready;
	int pipes[2];

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct child c;

		CHECK_EQ(pipe(pipes), 0);
		snprintf(script, sizeof(script), "trap 'exit %d' %d; echo >&%d; while :; do sleep 0.01; done",
			 40 + numbers[i], numbers[i], pipes[1]);
		c = start(script);
		CHECK_EQ(read_from(pipes[0], &ready, 1), 1);
		kill(getpid(), numbers[i]);
		child_wait(&c);
		CHECK_EQ(child_status(&c), 40 + numbers[i]);
		child_close(&c);
		close(pipes[0]);
		close(pipes[1]);
	}
}

static volatile sig_atomic_t nr_caught;

static void catch (int number)
{
	(void)number;
	nr_caught++;
}

static void former_handlers_are_back_afterwards(void)
{
	signal(SIGTERM, catch);
	nr_caught = 0;
	CHECK_EQ(run("exit 0"), 0);
	kill(getpid(), SIGTERM);
	CHECK_EQ(nr_caught, 1);
	signal(SIGTERM, SIG_DFL);
}

/* Runs the script as `start` does, or plainly; returns what it wrote to its descriptor. */
static void ask(const char *script, bool plainly, char text[static 4096])
{
	char command[512];
	struct child c;
	int pipes[2];
	pid_t pid;

	CHECK_EQ(pipe(pipes), 0);
	CHECK_EQ(fcntl(pipes[0], F_SETFD, FD_CLOEXEC), 0);
	snprintf(command, sizeof(command), "exec >&%d %d>&-; %s", pipes[1], pipes[1], script);
	if (plainly) {
		pid = fork();
		if (pid == 0)
			_exit(execlp("sh", "sh", "-c", command, NULL));
		CHECK_EQ(waitpid(pid, NULL, 0), pid);
	} else {
		c = start(command);
		child_wait(&c);
		CHECK_EQ(child_status(&c), 0);
		child_close(&c);
	}
	close(pipes[1]);
	memset(text, 0, 4096);
	read_from(pipes[0], text, 4095);
	close(pipes[0]);
}

/* What observer itself was given, and nothing that it has made since: as if a shell had started it. */
static void it_inherits_what_observer_was_given(void)
{
	static const char script[] =
		"exec python3 -c 'import os, signal; print(signal.pthread_sigmask(signal.SIG_BLOCK, [])); "
		"print(os.listdir(\"/proc/self/fd\"), os.getcwd(), os.umask(0), os.getpgrp(), os.getsid(0)); "
		"print([l for l in open(\"/proc/self/status\") if l[:3] in (\"Sig\", \"Cap\", \"Sec\", \"NoN\") and "
		"l[:4] != \"SigQ\"])'";
	char own[4096], shells[4096];
	sigset_t set, former;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_SETMASK, &set, &former);
	signal(SIGALRM, SIG_IGN);
	ask(script, true, shells);
	ask(script, false, own);
	signal(SIGALRM, SIG_DFL);
	sigprocmask(SIG_SETMASK, &former, NULL);
	CHECK_TEXT(own, shells);
	CHECK(strstr(own, "SIGUSR2") != NULL);
	CHECK(strstr(own, "NoNewPrivs") != NULL);
}

static void sudo_tells_the_user(void)
{
	struct child_user user;

	if (geteuid())
		return;
	setenv("SUDO_UID", "65534", 1);
	setenv("SUDO_GID", "65534", 1);
	CHECK_EQ(child_find_user(NULL, &user, NULL), 0);
	CHECK(user.change);
	CHECK_EQ(user.uid, 65534);
	setenv("SUDO_UID", "0x1", 1);
	CHECK_EQ(child_find_user(NULL, &user, NULL), -EINVAL);
	unsetenv("SUDO_UID");
	CHECK_EQ(child_find_user(NULL, &user, NULL), 0);
	CHECK(!user.change);
	CHECK_EQ(child_find_user("no such user", &user, NULL), -EINVAL);
}

static void it_runs_as_the_user(void)
{
	char *argv[] = {"sh", "-c", "test $(id -u) = 65534 && test \"$USER\" = nobody && test -z \"$SUDO_USER\"", NULL};
	struct child_user user;
	struct child c;

	if (geteuid() || child_find_user("nobody", &user, NULL))
		return;
	setenv("SUDO_USER", "x", 1);
	CHECK_EQ(child_open(&c, argv, &user, NULL), 0);
	CHECK_EQ(child_release(&c, NULL), 0);
	child_wait(&c);
	CHECK_EQ(child_status(&c), 0);
	child_close(&c);
	unsetenv("SUDO_USER");
}

/* In a session of its own with a terminal: the terminal's interrupt reaches the program by itself, once. */
static int be_in_terminal(void)
{
	struct child c =
		start("n=0; trap 'n=$((n+1))' INT; echo ready; for i in 1 2 3 4 5 6 7 8 9; do sleep 0.05; done;"
		      "test -t 0 && exit $((20 + n))");

	child_wait(&c);
	return child_status(&c);
}

static void the_terminal_interrupts_once(void)
{
	char text[64] = "";
	int terminal, status;
	pid_t pid = forkpty(&terminal, NULL, NULL, NULL);

	if (pid == 0)
		_exit(be_in_terminal());
	CHECK(pid > 0);
	CHECK_EQ(read_from(terminal, text, 7), 7);
	CHECK_EQ(write(terminal, "\x03", 1), 1);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFEXITED(status));
	CHECK_EQ(WEXITSTATUS(status), 21);
	close(terminal);
}

static void the_end_wakes_who_waits(void)
{
	struct child c = start("exit 3");
	struct pollfd wait = {.fd = c.pid_fd, .events = POLLIN};

	if (c.pid_fd >= 0)
		CHECK_EQ(poll(&wait, 1, 5000), 1);
	child_wait(&c);
	CHECK(child_has_ended(&c));
	CHECK_EQ(child_status(&c), 3);
	child_close(&c);
}

int main(void)
{
	/* Whoever runs this in the background of a shell lets it begin with these ignored, and a shell's trap leaves
	 * that so. */
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	RUN(statuses_are_those_of_the_program);
	RUN(what_cannot_be_executed_is_told);
	RUN(it_does_nothing_until_it_is_let_go);
	RUN(signals_are_passed_on);
	RUN(former_handlers_are_back_afterwards);
	RUN(it_inherits_what_observer_was_given);
	RUN(sudo_tells_the_user);
	RUN(it_runs_as_the_user);
	RUN(the_terminal_interrupts_once);
	RUN(the_end_wakes_who_waits);
	return test_main();
}
