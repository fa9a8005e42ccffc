/* SPDX-License-Identifier: GPL-2.0-only */
/* Users from /etc/passwd and groups from /etc/group: passwd(5), group(5). Asks no name service. */
#include "commands/user.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

const struct passwd *user_find(const char *name, uid_t uid)
{
	_cleanup_fclose_ FILE *file = fopen("/etc/passwd", "re");
	const struct passwd *pw;

	if (!file)
		return NULL;
	do {
		errno = 0;
		pw = fgetpwent(file);
	} while (pw && (name ? strcmp(pw->pw_name, name) != 0 : pw->pw_uid != uid));
	return pw;
}

static bool has_member(const struct group *group, const char *name)
{
	char **member = group->gr_mem;

	while (*member && strcmp(*member, name) != 0)
		member++;
	return *member;
}

int user_take_groups(const char *name, gid_t gid)
{
	_cleanup_fclose_ FILE *file = fopen("/etc/group", "re");
	_cleanup_free_ gid_t *groups = calloc(NGROUPS_MAX, sizeof(*groups));
	const struct group *group;
	size_t nr_groups = 0;

	if (!groups)
		return -ENOMEM;
	groups[nr_groups++] = gid;
	while (file && nr_groups < NGROUPS_MAX && (group = fgetgrent(file)))
		if (group->gr_gid != gid && has_member(group, name))
			groups[nr_groups++] = group->gr_gid;
	return setgroups(nr_groups, groups) ? -errno : 0;
}
