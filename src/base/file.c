/* SPDX-License-Identifier: GPL-2.0-only */
/* Small files read whole. Files of /proc say that they are empty, so no size is asked for. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"

#define READ_BYTES 4096

int file_read_fd(int fd, const char *name, struct buffer *b, struct error *err)
{
	ssize_t length;

	do {
		if (!buffer_reserve(b, READ_BYTES))
			return fail(err, -ENOMEM, "cannot read '%s': %s", name, strerror(ENOMEM));
		length = read(fd, b->data + b->length, READ_BYTES);
		if (length > 0)
			b->length += length;
	} while (length > 0 || (length < 0 && errno == EINTR));
	if (length < 0)
		return fail(err, -errno, "cannot read '%s': %s", name, strerror(errno));
	return 0;
}

int file_read(const char *path, struct buffer *b, struct error *err)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return fail(err, -errno, "cannot open '%s': %s", path, strerror(errno));
	return file_read_fd(fd, path, b, err);
}
