/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A tool under test and the execs that it is to show; see watch.h. Must not add work between an exec and the
 * reading of its line.
 */
#define _GNU_SOURCE
#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

unsigned long long clock_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (unsigned long long)t.tv_sec * 1000000000ULL + (unsigned long long)t.tv_nsec;
}

static int channel_open(int ends[2], bool terminal)
{
	struct winsize size = {.ws_row = 50, .ws_col = 250};
	struct termios raw;

	if (!terminal)
		return pipe2(ends, O_CLOEXEC) ? -errno : 0;
	if (openpty(&ends[0], &ends[1], NULL, NULL, &size))
		return -errno;
	tcgetattr(ends[1], &raw);
	raw.c_oflag &= ~(tcflag_t)OPOST;
	tcsetattr(ends[1], TCSANOW, &raw);
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	return 0;
}

int watch_start(struct watch *w, char *const argv[], bool terminal)
{
	int ends[2], r;

	*w = (struct watch){.pid = -1};
	signal(SIGCHLD, SIG_IGN);
	r = channel_open(ends, terminal);
	if (r < 0)
		return r;
	w->err = memfd_create("stderr", MFD_CLOEXEC);
	w->out = ends[0];
	fcntl(w->out, F_SETFL, O_NONBLOCK);
	w->pid = fork();
	if (w->pid == 0) {
		signal(SIGCHLD, SIG_DFL);
		dup2(open("/dev/null", O_RDONLY), 0);
		dup2(ends[1], 1);
		dup2(w->err, 2);
		execvp(argv[0], argv);
		fprintf(stderr, "cannot run %s: %s\n", argv[0], strerror(errno));
		_exit(127);
	}
	close(ends[1]);
	return w->pid < 0 ? -errno : 0;
}

bool watch_said(const struct watch *w, const char *text)
{
	char said[8192];
	ssize_t n = pread(w->err, said, sizeof(said) - 1, 0);

	said[n > 0 ? n : 0] = 0;
	return strstr(said, text);
}

bool watch_read(struct watch *w, unsigned long long timeout_ns, size_t keep)
{
	struct timespec timeout = {.tv_sec = (time_t)(timeout_ns / 1000000000ULL),
				   .tv_nsec = (long)(timeout_ns % 1000000000ULL)};
	struct pollfd p = {.fd = w->out, .events = POLLIN};
	size_t kept = w->filled < keep ? w->filled : keep;
	ssize_t n;

	if (ppoll(&p, 1, &timeout, NULL) <= 0)
		return false;
	memmove(w->buffer, w->buffer + w->filled - kept, kept);
	n = read(w->out, w->buffer + kept, sizeof(w->buffer) - kept);
	w->kept = kept;
	w->filled = kept + (n > 0 ? (size_t)n : 0);
	return n > 0;
}

void watch_end(struct watch *w)
{
	char said[8192];
	ssize_t n;

	kill(w->pid, SIGINT);
	/* SIGCHLD is ignored: no status is left, only the fact that the child is gone. */
	while (waitpid(w->pid, NULL, WNOHANG) == 0)
		watch_read(w, 1000000, 0);
	n = pread(w->err, said, sizeof(said), 0);
	if (n > 0)
		fwrite(said, 1, (size_t)n, stderr);
	close(w->out);
	close(w->err);
}

unsigned long long target_exec(char *target, char *mark)
{
	char *argv[] = {target, mark, NULL};
	volatile unsigned long long start_ns = 0;

	/* The child has our memory until it execs, so that the time is the child's own. */
	if (vfork() == 0) {
		start_ns = clock_now_ns();
		execve(target, argv, environ);
		_exit(127);
	}
	return start_ns;
}
