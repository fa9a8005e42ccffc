/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Programs, maps and links kept under bpffs, so that they outlive the process: a folder that one process holds at a
 * time. Trusts nothing that another user could have put there. Does not know what the objects are for.
 */
#ifndef CAPTURE_PIN_H
#define CAPTURE_PIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum pin_kind {
	PIN_MAP,
	PIN_PROGRAM,
	PIN_LINK,
};

/* One object: how it is called in the folder, whose descriptor it is, and what it must be. */
struct pin_item {
	const char *name;
	int *fd;
	enum pin_kind kind;
	uint32_t type; /* of a map or program, as the kernel numbers them; of the rest only a map has one */
	uint32_t key_bytes, value_bytes, max_entries; /* of a map; values and entries of 0: any */
};

/*
 * Opens the folder, with `ret_made` made where it is not there (*ret_made then says so), and locks it for as long as
 * the descriptor returned is open. -EBUSY where another process holds it, -EPERM or -EINVAL where it is not to be
 * trusted, -ENOENT; described.
 */
int pin_open(const char *path, bool *ret_made, struct error *err);

/*
 * Opens the objects; a link stands behind the program that it must hold. Returns 0; -ENOENT where one is not there; or
 * another -errno, described, where one is not what it must be: then it was put there by somebody else, and is left
 * alone. Descriptors are only set where all are right.
 */
int pin_take(int folder, const char *path, const struct pin_item *items, size_t nr_items, struct error *err);

/* Whether a program has this map. */
bool pin_program_uses(int program, int map);

/* Describes why what is pinned under this name is not to be trusted; -EPERM. */
int pin_refuse(const char *path, const char *name, const char *why, struct error *err);

/* Pins the objects. Returns 0 or -errno, described. */
int pin_keep(int folder, const char *path, const struct pin_item *items, size_t nr_items, struct error *err);

/* Removes whatever is pinned in the folder; returns how many objects, or -errno described. */
int pin_remove(int folder, const char *path, struct error *err);

#endif
