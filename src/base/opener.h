/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A process beside a hardened one that still may open files, the few that it was told of at its start and no others,
 * and hands over their descriptors. It has no capabilities and no other system calls, and ends with its client.
 */
#ifndef BASE_OPENER_H
#define BASE_OPENER_H

#include <stddef.h>

#include "base/error.h"

#define OPENER_FLAGS (O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY)
#define OPENER_MODE  0640

/*
 * Starts it for these paths, of which the texts must stay valid during the call; before hardening, and before anything
 * is opened that it is not to inherit. Returns a descriptor that the caller closes, which ends it, or -errno described.
 */
int opener_start(const char *const *paths, size_t nr_paths, struct error *err);

/* Has path number `index` opened, made where it is not there. Returns the descriptor or -errno. Waits 5 s at most. */
int opener_open(int fd, size_t index);

#endif
