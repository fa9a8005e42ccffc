/* SPDX-License-Identifier: GPL-2.0-only */
/* base/opener.c: files opened by the process beside, also where one takes longer than anybody waits. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/opener.h"
#include "check.h"

static char folder[] = "/tmp/test-opener-XXXXXX";

static char *path_in_folder(const char *name)
{
	char *path = malloc(256);

	snprintf(path, 256, "%s/%s", folder, name);
	return path;
}

static bool is_file(int fd, const char *path)
{
	struct stat a, b;

	return !fstat(fd, &a) && !stat(path, &b) && a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

/* A pipe that nobody reads cannot be opened for writing: the opener waits. */
static void late_answers_are_nobody_elses(void)
{
	const struct timeval short_patience = {.tv_usec = 50000};
	char *pipe_path = path_in_folder("pipe"), *file_path = path_in_folder("file");
	const char *const paths[] = {pipe_path, file_path};
	struct error err = {};
	int fd, reader, opened;

	CHECK_EQ(mkfifo(pipe_path, 0600), 0);
	fd = opener_start(paths, 2, &err);
	CHECK(fd >= 0);
	opened = opener_open(fd, 1);
	CHECK(opened >= 0 && is_file(opened, file_path));
	close(opened);
	CHECK_EQ(opener_open(fd, 2) < 0, true);
	CHECK_EQ(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &short_patience, sizeof(short_patience)), 0);
	CHECK_EQ(opener_open(fd, 0), -EAGAIN);
	reader = open(pipe_path, O_RDONLY | O_NONBLOCK);
	CHECK(reader >= 0);
	/* However long the answer to the first takes. */
	do
		opened = opener_open(fd, 1);
	while (opened == -EAGAIN);
	CHECK(opened >= 0 && is_file(opened, file_path));
	close(opened);
	close(reader);
	close(fd);
	unlink(pipe_path);
	unlink(file_path);
	free(pipe_path);
	free(file_path);
}

int main(void)
{
	if (!mkdtemp(folder))
		SKIP("no folder for temporary files");
	RUN(late_answers_are_nobody_elses);
	rmdir(folder);
	return test_main();
}
