/* SPDX-License-Identifier: GPL-2.0-only */
/* Both sides of the opener: a request is an index and a number, the answer the number, an errno and, where that is 0, a
 * descriptor. */
#include "base/opener.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/capabilities.h"
#include "base/cleanup.h"
#include "base/seccomp_filter.h"

#define PATIENCE_S 5

union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int))];
};

struct request {
	uint32_t number; /* counts: an answer that nobody waited for is not that of the next request */
	uint32_t index;
};

struct answer {
	uint32_t number;
	int32_t error; /* errno */
};

static void send_answer(int socket, int opened, struct answer answer)
{
	union control control = {.header = {
					 .cmsg_len = CMSG_LEN(sizeof(int)),
					 .cmsg_level = SOL_SOCKET,
					 .cmsg_type = SCM_RIGHTS,
				 }};
	struct iovec data = {&answer, sizeof(answer)};
	struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};

	if (opened >= 0) {
		memcpy(CMSG_DATA(&control.header), &opened, sizeof(opened));
		message.msg_control = control.bytes;
		message.msg_controllen = sizeof(control.bytes);
	}
	sendmsg(socket, &message, MSG_NOSIGNAL);
}

/* The process itself. Signals that end its client reach it too; it ends when the other end of the socket is closed. */
static void serve(int socket, const char *const *paths, size_t nr_paths)
{
	static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGALRM};
	struct request request;

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		signal(ignored[i], SIG_IGN);
	prctl(PR_SET_NAME, "observer-opener");
	/* All but the socket and standard error; the socket is given the lowest number first. */
	if (dup2(socket, 0) < 0 || syscall(SYS_close_range, 3, ~0U, 0))
		_exit(1);
	close(1);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	if (capabilities_keep(0) || seccomp_filter_load_opener())
		_exit(1);
	while (recv(0, &request, sizeof(request), 0) == sizeof(request)) {
		int opened = request.index < nr_paths ? open(paths[request.index], OPENER_FLAGS, OPENER_MODE) : -1;

		send_answer(0, opened, (struct answer){request.number, opened < 0 ? errno : 0});
		if (opened >= 0)
			close(opened);
	}
	_exit(0);
}

int opener_start(const char *const *paths, size_t nr_paths, struct error *err)
{
	const struct timeval patience = {.tv_sec = PATIENCE_S};
	int sockets[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets))
		return fail(err, -errno, "cannot make a pair of sockets: %m");
	pid = fork();
	if (pid == 0)
		serve(sockets[1], paths, nr_paths);
	close(sockets[1]);
	if (pid < 0) {
		int code = -errno;

		close(sockets[0]);
		return fail(err, code, "cannot make the process that opens files anew: %s", strerror(-code));
	}
	setsockopt(sockets[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return sockets[0];
}

/* The next answer; the descriptor in it, or -errno: of the open, or where there is none. */
static int receive(int fd, struct answer *ret)
{
	union control control;
	struct iovec data = {ret, sizeof(*ret)};
	struct msghdr message = {.msg_iov = &data,
				 .msg_iovlen = 1,
				 .msg_control = control.bytes,
				 .msg_controllen = sizeof(control.bytes)};
	ssize_t bytes = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
	int opened;

	if (bytes != sizeof(*ret))
		return bytes < 0 ? -errno : -EPIPE;
	if (ret->error || !CMSG_FIRSTHDR(&message))
		return ret->error ? -ret->error : -EPIPE;
	memcpy(&opened, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(opened));
	return opened;
}

int opener_open(int fd, size_t index)
{
	static uint32_t last;
	const struct request request = {.number = ++last, .index = index};
	struct answer answer = {0};
	int opened;

	if (send(fd, &request, sizeof(request), MSG_NOSIGNAL) < 0)
		return -errno;
	for (;;) {
		answer.number = request.number;
		opened = receive(fd, &answer);
		if (answer.number == request.number)
			return opened;
		/* Late: who asked for it has been told that it did not come. */
		if (opened >= 0)
			close(opened);
	}
}
