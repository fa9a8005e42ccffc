/* SPDX-License-Identifier: GPL-2.0-only */
/* --append: files that are opened anew on SIGHUP, after this process has lost the right to. */
#ifndef COMMANDS_REOPEN_H
#define COMMANDS_REOPEN_H

#include <stddef.h>

#include "base/error.h"
#include "outputs/outputs.h"

/*
 * Starts the process that opens the outputs' files (base/opener.h), and makes SIGHUP ask for it. *ret_fd is
 * the caller's to close, and untouched where no output has a file. Returns 0 or -errno, described.
 */
int reopen_open(struct output *const *outputs, size_t nr_outputs, int *ret_fd, struct error *err);

/* Where a SIGHUP asks for it: opens each file anew; what cannot be opened is told and written on where it was. */
void reopen_if_asked(int fd, struct output *const *outputs, size_t nr_outputs);

#endif
