/* SPDX-License-Identifier: GPL-2.0-only */
/* outputs/sink.c: whole lines and exact counts, whatever the file behind does. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "outputs/sink.h"

static struct sink sink;
static unsigned int nr_asked, asks_until_end;

static bool give_up(void)
{
	return ++nr_asked >= asks_until_end;
}

/* Commits one line: its number, then dots up to `bytes` with the newline. */
static int put_line(unsigned int number, size_t bytes, bool counted)
{
	size_t begin = sink.buffer.length;

	buffer_append_u64(&sink.buffer, number);
	while (sink.buffer.length - begin < bytes - 1)
		buffer_append_char(&sink.buffer, '.');
	buffer_append_char(&sink.buffer, '\n');
	return sink_commit(&sink, begin, counted);
}

static int open_temporary(int flags)
{
	char path[] = "/tmp/test-sink-XXXXXX";
	int fd = mkostemp(path, flags | O_CLOEXEC);

	unlink(path);
	return fd;
}

/* Whole lines that a descriptor gives until its end; -1 where it does not end with one. */
static int count_lines(int fd)
{
	char bytes[65536], last = '\n';
	int nr_lines = 0;
	ssize_t got;

	while ((got = read(fd, bytes, sizeof(bytes))) > 0) {
		for (ssize_t i = 0; i < got; i++)
			nr_lines += bytes[i] == '\n';
		last = bytes[got - 1];
	}
	return last == '\n' ? nr_lines : -1;
}

static void bytes_arrive_as_they_are(void)
{
	int fd = open_temporary(0);
	char bytes[64] = "";

	sink_init(&sink, fd, NULL);
	CHECK_EQ(sink.type, SINK_REGULAR);
	put_line(1, 4, true);
	put_line(2, 4, false);
	put_line(3, 4, true);
	CHECK_EQ(lseek(fd, 0, SEEK_END), 0);
	CHECK_EQ(sink.nr_written, 0);
	CHECK_EQ(sink_flush(&sink), 0);
	CHECK_EQ(pread(fd, bytes, sizeof(bytes), 0), 12);
	CHECK_TEXT(bytes, "1..\n2..\n3..\n");
	CHECK_EQ(sink.nr_written, 2);
	CHECK_EQ(sink.nr_unwritten, 0);
	CHECK_EQ(sink_flush(&sink), 0);
	CHECK_EQ(lseek(fd, 0, SEEK_END), 12);
	sink_done(&sink);
	close(fd);
}

static void batches_are_bounded(void)
{
	int fd = open_temporary(0);

	sink_init(&sink, fd, NULL);
	for (int i = 0; i < SINK_ENTRIES_MAX - 1; i++)
		put_line(i, 8, true);
	CHECK_EQ(sink.nr_written, 0);
	put_line(0, 8, true);
	CHECK_EQ(sink.nr_written, SINK_ENTRIES_MAX);
	put_line(0, SINK_BATCH_BYTES - 1, true);
	CHECK_EQ(sink.nr_written, SINK_ENTRIES_MAX);
	put_line(0, 20 * SINK_BATCH_BYTES, true);
	CHECK_EQ(sink.nr_written, SINK_ENTRIES_MAX + 2);
	CHECK_EQ(sink.buffer.capacity, 0);
	sink_done(&sink);
	close(fd);
}

static void lines_without_memory_are_dropped(void)
{
	int fd = open_temporary(0);
	char bytes[64] = "";

	sink_init(&sink, fd, NULL);
	put_line(1, 4, true);
	buffer_append_text(&sink.buffer, "half a li");
	sink.buffer.failed = true;
	CHECK_EQ(sink_commit(&sink, 4, true), 0);
	put_line(2, 4, true);
	sink_flush(&sink);
	CHECK_EQ(pread(fd, bytes, sizeof(bytes), 0), 8);
	CHECK_TEXT(bytes, "1..\n2..\n");
	CHECK_EQ(sink.nr_written, 2);
	CHECK_EQ(sink.nr_unwritten, 1);
	sink_done(&sink);
	close(fd);
}

/* 50 lines of 30 bytes, every tenth does not count; the file has room for 33, of which 29 count. */
static void check_full_file(int fd, int nr_lines_before, int code)
{
	sink_init(&sink, fd, NULL);
	for (int i = 0; i < 50; i++)
		CHECK_EQ(put_line(i, 30, i % 10 != 0), 0);
	CHECK_EQ(sink_flush(&sink), code);
	CHECK_EQ(sink.nr_written, 29);
	CHECK_EQ(sink.nr_unwritten, 45 - 29);
	CHECK_EQ(put_line(50, 30, false), code);
	CHECK_EQ(put_line(51, 30, true), code);
	CHECK_EQ(sink_flush(&sink), code);
	CHECK_EQ(sink.nr_unwritten, 45 - 29 + 1);
	CHECK_EQ(lseek(fd, 0, SEEK_CUR), lseek(fd, 0, SEEK_END));
	lseek(fd, 0, SEEK_SET);
	CHECK_EQ(count_lines(fd), 33 + nr_lines_before);
	sink_done(&sink);
	close(fd);
}

static void a_full_file_ends_with_a_whole_line(void)
{
	struct rlimit limit, old;
	int fd;

	getrlimit(RLIMIT_FSIZE, &old);
	limit = old;
	limit.rlim_cur = 1000;
	setrlimit(RLIMIT_FSIZE, &limit);
	check_full_file(open_temporary(0), 0, -EFBIG);
	limit.rlim_cur = 1006;
	setrlimit(RLIMIT_FSIZE, &limit);
	fd = open_temporary(O_APPEND);
	CHECK_EQ(write(fd, "before\n", 7), 7);
	lseek(fd, 0, SEEK_SET);
	check_full_file(fd, 1, -EFBIG);
	setrlimit(RLIMIT_FSIZE, &old);
}

/* What another writer put behind a half line is not cut off with it. */
static void lines_of_others_are_kept(void)
{
	struct rlimit limit, old;
	int fd = open_temporary(0);
	char bytes[1100];

	getrlimit(RLIMIT_FSIZE, &old);
	limit = old;
	memset(bytes, 'x', sizeof(bytes));
	CHECK_EQ(pwrite(fd, bytes, sizeof(bytes), 0), sizeof(bytes));
	limit.rlim_cur = 1000;
	setrlimit(RLIMIT_FSIZE, &limit);
	sink_init(&sink, fd, NULL);
	for (int i = 0; i < 50; i++)
		put_line(i, 30, true);
	CHECK_EQ(sink_flush(&sink), -EFBIG);
	CHECK_EQ(sink.nr_written, 33);
	CHECK_EQ(lseek(fd, 0, SEEK_END), sizeof(bytes));
	setrlimit(RLIMIT_FSIZE, &old);
	sink_done(&sink);
	close(fd);
}

/* In a mount namespace of its own, so that nothing is left behind. Needs the right to mount. */
static void a_full_disk_ends_with_a_whole_line(void)
{
	char bytes[65536], path[] = "/tmp/test-sink-XXXXXX";
	pid_t pid;
	int status;

	CHECK(mkdtemp(path) != NULL);
	pid = fork();
	if (pid == 0) {
		unsigned int nr_failed = check_nr_failed;
		int fd;

		if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		    mount("test", path, "tmpfs", 0, "size=65536") || chdir(path))
			_exit(77);
		/* Leaves 1,000 bytes of the last page: tmpfs counts whole pages, so the file holds them. */
		fd = open("full", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		memset(bytes, '\n', sizeof(bytes));
		CHECK_EQ(write(fd, bytes, sizeof(bytes) - 1000), sizeof(bytes) - 1000);
		check_full_file(fd, sizeof(bytes) - 1000, -ENOSPC);
		_exit(check_nr_failed > nr_failed);
	}
	waitpid(pid, &status, 0);
	rmdir(path);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		fprintf(stderr, "cannot mount a tmpfs here: the full disk is not tested\n");
	else
		CHECK_EQ(status, 0);
}

static void a_device_that_is_full_is_an_error(void)
{
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	sink_init(&sink, fd, NULL);
	CHECK_EQ(sink.type, SINK_OTHER);
	put_line(1, 10, true);
	CHECK_EQ(sink_flush(&sink), -ENOSPC);
	CHECK_EQ(sink.nr_unwritten, 1);
	sink_done(&sink);
	close(fd);
}

static void a_closed_pipe_ends_quietly(void)
{
	int fds[2];

	CHECK_EQ(pipe2(fds, O_CLOEXEC), 0);
	sink_init(&sink, fds[1], NULL);
	CHECK_EQ(sink.type, SINK_PIPE);
	put_line(1, 10, true);
	CHECK_EQ(sink_flush(&sink), 0);
	close(fds[0]);
	put_line(2, 10, true);
	CHECK_EQ(sink_flush(&sink), -EPIPE);
	CHECK_EQ(put_line(3, 10, true), -EPIPE);
	CHECK_EQ(sink.nr_written, 1);
	CHECK_EQ(sink.nr_unwritten, 2);
	sink_done(&sink);
	close(fds[1]);
}

static void on_alarm(int signal)
{
	(void)signal;
}

static void set_alarm(long interval_us)
{
	struct sigaction action = {.sa_handler = on_alarm};
	struct itimerval timer = {{0, interval_us}, {0, interval_us}};

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

/* Nobody reads: after three alarms writing ends, and what is in the pipe is whole lines, as many as were counted. */
static void a_full_pipe_can_be_given_up(void)
{
	int fds[2];

	CHECK_EQ(pipe2(fds, O_CLOEXEC), 0);
	nr_asked = 0;
	asks_until_end = 3;
	sink_init(&sink, fds[1], give_up);
	for (int i = 0; i < 2000; i++)
		put_line(i, 61, true);
	set_alarm(10000);
	CHECK_EQ(sink_flush(&sink), -EINTR);
	set_alarm(0);
	CHECK_EQ(nr_asked, 3);
	CHECK(sink.nr_written > 900);
	CHECK_EQ(sink.nr_written + sink.nr_unwritten, 2000);
	close(fds[1]);
	CHECK_EQ(count_lines(fds[0]), sink.nr_written);
	sink_done(&sink);
	close(fds[0]);
}

/* A child that reads late and slowly; exits with 0 where it got so many whole lines and bytes. */
static pid_t start_reader(const int *fds, int nr_lines, size_t nr_bytes)
{
	pid_t pid = fork();
	char bytes[7000], last = 0;
	ssize_t got;

	if (pid)
		return pid;
	close(fds[1]);
	while ((got = read(fds[0], bytes, sizeof(bytes))) > 0) {
		for (ssize_t i = 0; i < got; i++)
			nr_lines -= bytes[i] == '\n';
		nr_bytes -= got;
		last = bytes[got - 1];
		usleep(500);
	}
	_exit(nr_lines || nr_bytes || last != '\n');
}

/* Alarms all the time, and a descriptor that blocks or does not: everything arrives as long as nobody gives up. */
static void check_slow_reader(int flags, size_t line_bytes)
{
	unsigned int nr_lines = 700000 / line_bytes;
	int fds[2], status = -1;
	pid_t pid;

	CHECK_EQ(pipe2(fds, O_CLOEXEC), 0);
	pid = start_reader(fds, nr_lines, nr_lines * line_bytes);
	close(fds[0]);
	fcntl(fds[1], F_SETFL, flags);
	nr_asked = 0;
	asks_until_end = UINT_MAX;
	sink_init(&sink, fds[1], give_up);
	set_alarm(1000);
	for (unsigned int i = 0; i < nr_lines; i++)
		CHECK_EQ(put_line(i, line_bytes, true), 0);
	CHECK_EQ(sink_flush(&sink), 0);
	set_alarm(0);
	CHECK_EQ(sink.nr_written, nr_lines);
	CHECK_EQ(sink.nr_unwritten, 0);
	close(fds[1]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	CHECK_EQ(status, 0);
	sink_done(&sink);
}

static void slow_readers_get_everything(void)
{
	check_slow_reader(0, 100);
	check_slow_reader(O_NONBLOCK, 100);
	check_slow_reader(0, 4096);
	check_slow_reader(0, 4097);
	check_slow_reader(O_NONBLOCK, 350000);
	check_slow_reader(0, 350000);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	RUN(bytes_arrive_as_they_are);
	RUN(batches_are_bounded);
	RUN(lines_without_memory_are_dropped);
	RUN(a_full_file_ends_with_a_whole_line);
	RUN(lines_of_others_are_kept);
	RUN(a_full_disk_ends_with_a_whole_line);
	RUN(a_device_that_is_full_is_an_error);
	RUN(a_closed_pipe_ends_quietly);
	RUN(a_full_pipe_can_be_given_up);
	RUN(slow_readers_get_everything);
	return test_main();
}
