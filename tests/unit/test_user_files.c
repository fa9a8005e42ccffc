/* SPDX-License-Identifier: GPL-2.0-only */
/* commands/user_files.c against the C library's own look-ups, over this machine's users that are in its files. */
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "commands/user.h"

#define GROUPS_MOST 1024

static void users_are_those_of_the_file(void)
{
	FILE *file = fopen("/etc/passwd", "re");
	const struct passwd *pw;

	while (file && (pw = fgetpwent(file))) {
		char *name = strdup(pw->pw_name);
		uid_t uid = pw->pw_uid;

		pw = user_find(name, 0);
		CHECK(pw && pw->pw_uid == uid);
		pw = user_find(NULL, uid);
		CHECK(pw && pw->pw_uid == uid);
		free(name);
	}
	if (file)
		fclose(file);
	CHECK(!user_find("no such user", 0));
	CHECK(errno == 0 || errno == ENOENT);
	CHECK(!user_find(NULL, UINT32_MAX - 5));
}

static int compare_ids(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(gid_t));
}

/* In a process of its own, which takes the groups; its status tells whether they are the same. */
static int take_both_ways(const char *name, gid_t gid)
{
	static gid_t ours[GROUPS_MOST], theirs[GROUPS_MOST];
	int nr_ours, nr_theirs;

	if (user_take_groups(name, gid))
		return 77;
	nr_ours = getgroups(GROUPS_MOST, ours);
	initgroups(name, gid);
	nr_theirs = getgroups(GROUPS_MOST, theirs);
	qsort(ours, nr_ours, sizeof(gid_t), compare_ids);
	qsort(theirs, nr_theirs, sizeof(gid_t), compare_ids);
	return nr_ours != nr_theirs || memcmp(ours, theirs, nr_ours * sizeof(gid_t)) != 0;
}

static void groups_are_those_of_the_library(void)
{
	FILE *file = fopen("/etc/passwd", "re");
	const struct passwd *pw;

	while (file && (pw = fgetpwent(file))) {
		pid_t child = fork();
		int status = 0;

		if (child == 0)
			_exit(take_both_ways(pw->pw_name, pw->pw_gid));
		waitpid(child, &status, 0);
		CHECK(status == 0 || WEXITSTATUS(status) == 77);
	}
	if (file)
		fclose(file);
}

int main(void)
{
	RUN(users_are_those_of_the_file);
	if (geteuid() == 0)
		RUN(groups_are_those_of_the_library);
	return test_main();
}
