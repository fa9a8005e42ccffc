/* SPDX-License-Identifier: GPL-2.0-only */
/* observer run on a terminal: keys that make signals reach CMD once, as without observer. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "files.h"
#include "harness.h"
#include "session.h"

static char terminal_name[64];

/* The program under test leads a session on the terminal, in the foreground. */
static void take_terminal(void *arg)
{
	int fd;

	(void)arg;
	setsid();
	fd = open(terminal_name, O_RDWR);
	if (fd < 0 || ioctl(fd, TIOCSCTTY, 0) != 0 || dup2(fd, 0) != 0)
		child_skip("a controlling terminal");
	close(fd);
}

static int terminal_open(void)
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd < 0 || grantpt(fd) != 0 || unlockpt(fd) != 0 || ptsname_r(fd, terminal_name, sizeof(terminal_name)) != 0)
		test_skip("no pseudo terminal: %s", strerror(errno));
	return fd;
}

static volatile sig_atomic_t nr_received;

static void count_signal(int number)
{
	(void)number;
	nr_received++;
}

/* Ends with how many of the signals came until half a second after the first. */
MODE(count_signals)
{
	(void)argc;
	(void)argv;
	signal(SIGINT, count_signal);
	signal(SIGQUIT, count_signal);
	signal(SIGHUP, count_signal);
	alarm(30); /* never left behind */
	dprintf(1, "foreground %d, ready\n", tcgetpgrp(0) == getpgrp());
	while (!nr_received)
		pause();
	for (int i = 0; i < 50; i++)
		usleep(10000);
	return 40 + nr_received;
}

static void check_key(char key)
{
	int terminal = terminal_open();
	struct session *s;

	need_bpf();
	s = session_open(&(struct session_options){
		.args = LIST("run", "--no-report", "--", link_text("/proc/self/exe"), "@count_signals"),
		.raw = true,
		.no_wait = true,
		.prepare = take_terminal});
	CHECK(strstr(session_wait_output(s, "ready"), "foreground 1"), "CMD is in the background");
	CHECK(write(terminal, &key, 1) == 1, "no key: %s", strerror(errno));
	session_join(s);
	CHECK(WIFEXITED(s->status) && WEXITSTATUS(s->status) == 41, "key %#x: wait status %#x: %s", key, s->status,
	      session_errors(s));
	session_close(s);
	close(terminal);
}

TEST(run_on_a_terminal_interrupted)
{
	check_key(3);
}

TEST(run_on_a_terminal_quit)
{
	check_key(28);
}

/* The terminal goes away: a hangup for the leader of the session, which observer is, and for the foreground. */
TEST(run_on_a_terminal_hung_up)
{
	int terminal = terminal_open();
	struct session *s;

	need_bpf();
	s = session_open(&(struct session_options){
		.args = LIST("run", "--no-report", "--", link_text("/proc/self/exe"), "@count_signals"),
		.raw = true,
		.no_wait = true,
		.prepare = take_terminal});
	session_wait_output(s, "ready");
	close(terminal);
	/* CMD ends by itself after 30 s without a signal: with another status. */
	session_join(s);
	CHECK(WIFEXITED(s->status) && WEXITSTATUS(s->status) == 41, "wait status %#x: %s", s->status,
	      session_errors(s));
	session_close(s);
}
