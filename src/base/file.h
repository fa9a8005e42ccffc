/* SPDX-License-Identifier: GPL-2.0-only */
/* Small files read whole. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/buffer.h"
#include "base/error.h"

/* Appends what the file holds. Returns 0 or -errno, described; what was read before a failure stays appended. */
int file_read(const char *path, struct buffer *b, struct error *err);

/* The same from an open descriptor, which stays the caller's; `name` is for the error. */
int file_read_fd(int fd, const char *name, struct buffer *b, struct error *err);

#endif
