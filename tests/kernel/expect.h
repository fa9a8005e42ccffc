/* SPDX-License-Identifier: GPL-2.0-only */
/* What one exec event must say, taken from sources that are not the event: /proc, stat(2), the auxiliary vector, the
 * test itself. */
#ifndef KERNEL_EXPECT_H
#define KERNEL_EXPECT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "session.h"

/* What /proc cannot tell. Only `pid` and `filename` must be given. */
struct facts {
	pid_t pid; /* as the test sees it; it waits in PROGRAM_HOLD */
	const char *filename;
	const char *interp; /* NULL: no script, the key must be absent */
	pid_t old_pid;	    /* 0: pid */
	bool memfd;
	const char *exe, *cwd;	/* instead of readlink's, for paths that are too long for it */
	bool cut_exe, cut_cwd;	/* not looked at: the test does it */
	bool other_argv;	/* the same for argv and its counts */
	bool interp_unreadable; /* through the classic tracepoint */
};

/* Compares every key of the event. */
void check_exec(const json_t *e, const struct facts *facts);
/* One of them after a plain exec of a program that holds. */
void check_plain(const json_t *e, pid_t pid, const char *filename);

/* One exec must come through whole; the classic tracepoint may leave out `interp`, which it cannot know. */
void check_works(struct session *s);
void check_works_by(struct session *s, bool classic);

/* AT_SECURE of a process, from /proc/PID/auxv. */
bool secure_exec(pid_t pid);
/* Name of a user in /etc/passwd; NULL where there is none. */
char *user_name(unsigned int uid);
/* Folder where the cgroup v2 tree is mounted; NULL where it is not. Folder of a v1 controller likewise. */
char *cgroup2_mount(void);
char *cgroup1_mount(const char *controller);
/* A control group of this test with a limit of memory in bytes, removed at its end; skips the test where there can be
 * none. */
char *memory_group(size_t limit);
/* For `prepare` and bodies: joins it, or child_skip. */
void memory_group_join(void *group);

#endif
