/* SPDX-License-Identifier: GPL-2.0-only */
/* Writing by whole lines; see sink.h. Nothing here loops for ever: each turn writes, waits, asks `give_up` or ends. */
#include "outputs/sink.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

/* A buffer that one huge line has blown up is given back. */
#define SINK_KEPT_BYTES (4 * SINK_BATCH_BYTES)

static enum sink_type type_of(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		return SINK_OTHER;
	return S_ISREG(st.st_mode) ? SINK_REGULAR : S_ISFIFO(st.st_mode) ? SINK_PIPE : SINK_OTHER;
}

void sink_init(struct sink *s, int fd, bool (*give_up)(void))
{
	memset(s, 0, sizeof(*s));
	s->fd = fd;
	s->give_up = give_up;
	s->type = type_of(fd);
}

void sink_move(struct sink *s, int fd)
{
	close(s->fd);
	s->fd = fd;
	s->type = type_of(fd);
}

void sink_done(struct sink *s)
{
	buffer_done(&s->buffer);
}

/*
 * Bytes to write next, from `done` on. Into a pipe go whole entries of together at most PIPE_BUF bytes, so that no line
 * is torn where writing is given up; only a longer line can be.
 */
static size_t next_bytes(const struct sink *s, size_t done, size_t *entry)
{
	size_t end = 0;

	if (s->type != SINK_PIPE)
		return s->ends[s->nr_entries - 1] - done;
	while (*entry < s->nr_entries && (end <= done || s->ends[*entry] - done <= PIPE_BUF))
		end = s->ends[(*entry)++];
	return end - done;
}

/* After a write that failed or came back short: waits, or decides that this was the last one. */
static void recover(struct sink *s, ssize_t written)
{
	struct pollfd pollfd = {.fd = s->fd, .events = POLLOUT};
	int reason = written < 0 ? errno : EINTR;

	if (written == 0)
		reason = EIO;
	if (reason == EAGAIN)
		reason = poll(&pollfd, 1, -1) < 0 ? errno : 0;
	if (reason == EINTR && (!s->give_up || !s->give_up()))
		reason = 0;
	s->failure = -reason;
}

/* Returns how many bytes of the buffer were written. */
static size_t write_out(struct sink *s)
{
	size_t all = s->nr_entries ? s->ends[s->nr_entries - 1] : 0;
	size_t done = 0, entry = 0;

	while (done < all && !s->failure) {
		size_t stop = done + next_bytes(s, done, &entry);

		while (done < stop && !s->failure) {
			ssize_t written = write(s->fd, s->buffer.data + done, stop - done);

			if (written > 0)
				done += written;
			if (done < stop)
				recover(s, written);
		}
	}
	return done;
}

/*
 * Takes the beginning of a line off the end of a file. After a write the file's position is behind what was written,
 * with O_APPEND as well; where the file goes on behind it somebody else wrote there, and nothing is cut.
 */
static void cut_back(struct sink *s, size_t bytes)
{
	off_t position = lseek(s->fd, 0, SEEK_CUR);
	struct stat st;

	if (position < (off_t)bytes || fstat(s->fd, &st) || st.st_size != position)
		return;
	if (!ftruncate(s->fd, position - bytes))
		lseek(s->fd, position - bytes, SEEK_SET);
}

static void empty_buffer(struct sink *s)
{
	s->nr_entries = 0;
	s->buffer.length = 0;
	if (s->buffer.capacity > SINK_KEPT_BYTES)
		buffer_done(&s->buffer);
}

int sink_flush(struct sink *s)
{
	size_t done = write_out(s);
	size_t whole = 0;

	for (size_t i = 0; i < s->nr_entries; i++) {
		if (s->ends[i] <= done)
			whole = s->ends[i];
		if (!s->counted[i])
			continue;
		if (s->ends[i] <= done)
			s->nr_written++;
		else
			s->nr_unwritten++;
	}
	if (done > whole && s->type == SINK_REGULAR)
		cut_back(s, done - whole);
	empty_buffer(s);
	return s->failure;
}

int sink_commit(struct sink *s, size_t begin, bool counted)
{
	if (s->buffer.failed || s->failure) {
		s->buffer.failed = false;
		s->buffer.length = begin;
		s->nr_unwritten += counted;
		return s->failure;
	}
	s->ends[s->nr_entries] = s->buffer.length;
	s->counted[s->nr_entries++] = counted;
	if (s->nr_entries == SINK_ENTRIES_MAX || s->buffer.length >= SINK_BATCH_BYTES)
		return sink_flush(s);
	return 0;
}
