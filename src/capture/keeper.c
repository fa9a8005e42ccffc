/* SPDX-License-Identifier: GPL-2.0-only */
/* The process that holds descriptors. Does nothing but wait and end. */
#include "capture/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/harden.h"

/* Whoever reads what observer wrote would wait for this process, too, if it held that. */
static void close_others(const int *fds, size_t nr, int mine)
{
	int highest = mine;

	for (size_t i = 0; i < nr; i++)
		highest = fds[i] > highest ? fds[i] : highest;
	for (int fd = 0; fd <= highest; fd++) {
		bool keep = fd == mine;

		for (size_t i = 0; i < nr && !keep; i++)
			keep = fds[i] == fd;
		if (!keep)
			close(fd);
	}
	close_range(highest + 1, ~0U, 0);
}

static void keep(const int *fds, size_t nr, int until)
{
	const struct harden_settings all = {.layers = HARDEN_ALL};
	char nothing;

	/* Out of reach of the terminal's signals. */
	setsid();
	prctl(PR_SET_NAME, "observer-detach");
	close_others(fds, nr, until);
	harden(&all, NULL);
	while (read(until, &nothing, 1) < 0 && errno == EINTR)
		;
	_exit(0);
}

int keeper_open(const int *fds, size_t nr)
{
	_cleanup_close_ int until = -1, held = -1;
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	until = ends[0];
	held = ends[1];
	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid)
		keep(fds, nr, until);
	return take_fd(held);
}
