/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Users and their groups, for a program that is run as one. user_names.c asks the name service; user_files.c is for the
 * static program and reads /etc/passwd and /etc/group alone: a name service would load code of another C library.
 */
#ifndef COMMANDS_USER_H
#define COMMANDS_USER_H

#include <pwd.h>
#include <sys/types.h>

/* The user of this name, or where `name` is NULL of this id. NULL where there is none (errno 0 or ENOENT), or with
 * errno. Valid until the next call. */
const struct passwd *user_find(const char *name, uid_t uid);

/* Gives this process the groups of the user `name`, and `gid`. Returns 0 or -errno. */
int user_take_groups(const char *name, gid_t gid);

#endif
