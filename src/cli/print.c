/* SPDX-License-Identifier: GPL-2.0-only */
/* Standard output (or a file) for texts: a full disk is an error, a reader that has seen enough is none. */
#include "cli/print.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"

static int write_all(int fd, const char *where, const struct buffer *text, struct error *err)
{
	size_t written = 0;

	while (written < text->length) {
		ssize_t n = write(fd, text->data + written, text->length - written);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EPIPE)
			return 0;
		if (n < 0)
			return fail(err, -errno, "cannot write to %s: %s", where, strerror(errno));
		written += n;
	}
	return 0;
}

int print_buffer(const struct buffer *text, struct error *err)
{
	return print_buffer_into(NULL, text, err);
}

int print_buffer_into(const char *path, const struct buffer *text, struct error *err)
{
	_cleanup_close_ int fd = -1;

	if (text->failed)
		return fail(err, -ENOMEM, "no memory for the text");
	if (!path)
		return write_all(STDOUT_FILENO, "standard output", text, err);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		return fail(err, -errno, "cannot open '%s' for writing: %s", path, strerror(errno));
	return write_all(fd, path, text, err);
}
