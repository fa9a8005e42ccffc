/* SPDX-License-Identifier: GPL-2.0-only */
/* Users as the machine's name service knows them. Not for the static program. */
#include "commands/user.h"

#include <errno.h>
#include <grp.h>

const struct passwd *user_find(const char *name, uid_t uid)
{
	errno = 0;
	return name ? getpwnam(name) : getpwuid(uid);
}

int user_take_groups(const char *name, gid_t gid)
{
	return initgroups(name, gid) ? -errno : 0;
}
