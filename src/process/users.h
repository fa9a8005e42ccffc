/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of users from a file like /etc/passwd, read once. No name service is asked: it would load code and open
 * sockets. */
#ifndef PROCESS_USERS_H
#define PROCESS_USERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

struct user {
	uint32_t uid;
	const char *name; /* ended by NUL; points into users.text */
};

/* All zero is an empty table. */
struct users {
	struct buffer text;
	struct user *rows; /* by uid; of several names of one id the first in the file */
	size_t nr_rows;
};

/* Reads the file; lines that name no user are skipped. Returns 0 or -errno; the table is then empty. */
int users_read(struct users *u, const char *path);
void users_done(struct users *u);

/* NULL where the id has no name. Valid until users_done. */
const char *users_find(const struct users *u, uint32_t uid);

/* The reverse; false where no user has the name. */
bool users_find_name(const struct users *u, const char *name, uint32_t *ret_uid);

#endif
