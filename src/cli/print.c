/* SPDX-License-Identifier: GPL-2.0-only */
/* Standard output for texts: a full disk is an error, a reader that has seen enough is none. */
#include "cli/print.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int print_buffer(const struct buffer *text, struct error *err)
{
	size_t written = 0;

	if (text->failed)
		return fail(err, -ENOMEM, "no memory for the text");
	while (written < text->length) {
		ssize_t n = write(STDOUT_FILENO, text->data + written, text->length - written);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EPIPE)
			return 0;
		if (n < 0)
			return fail(err, -errno, "cannot write to standard output: %s", strerror(errno));
		written += n;
	}
	return 0;
}
