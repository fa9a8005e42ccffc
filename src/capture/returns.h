/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Failed execs seen at the ends of the functions behind execve and execveat (programs of type fexit) instead of at
 * sys_exit: which of these functions the kernel has, and what is said where it does not let them be had.
 */
#ifndef CAPTURE_RETURNS_H
#define CAPTURE_RETURNS_H

#include <stdint.h>

#include "base/error.h"
#include "capture/program.h"

struct bpf_object;

/*
 * Before the object is loaded: takes the programs whose functions are in the kernel's own types, and none for sys_exit.
 * Returns 0 or -errno; -ENOENT where there are no such functions that get registers, or of a pair only one.
 */
int returns_choose(struct bpf_object *object);

/* Keeps their descriptors, once loaded. */
void returns_take(const struct bpf_object *object, struct program *ret);

/*
 * Attaches all of them, and makes an exec fail to see that they are called. The descriptors in `links` (-1: none) hold
 * them, also after an error. Returns 0 or -errno.
 */
int returns_attach(const struct program *p, int links[static EXEC_RETURNS_MAX], volatile struct reader_state *reader,
		   struct error *err);

/* Adds to `err`, which says that they cannot be had, why and what to do; returns `code`. */
int returns_hint(int code, struct error *err);

#endif
