/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The program that `observer run` runs: made before anything of observer is hardened or any signal caught, held back
 * until it is let go, and passed signals. It inherits nothing but what observer itself was given: descriptors,
 * terminal, signal mask and dispositions, limits. One at a time: signal handlers need global state.
 */
#ifndef COMMANDS_CHILD_H
#define COMMANDS_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

/* Statuses of `observer run` besides those of the program: as env(1), nice(1) and timeout(1) have them. */
enum child_status {
	CHILD_OBSERVER_FAILED = 125,
	CHILD_NOT_EXECUTABLE = 126,
	CHILD_NOT_FOUND = 127,
	CHILD_SIGNALLED = 128, /* and the number of the signal */
};

/* Whom it is to run as. */
struct child_user {
	bool change; /* false: as observer itself; the rest is then unset */
	char name[256];
	uid_t uid;
	gid_t gid;
	char home[4096];
};

/*
 * Finds the user `name`; where it is NULL the one who called sudo, if observer was started through it and is root. Asks
 * the name service. Returns 0 or -errno, described.
 */
int child_find_user(const char *name, struct child_user *ret, struct error *err);

struct child {
	pid_t pid;
	uint32_t events_pid; /* what events call it; once it is followed */
	int go_fd;	     /* writing lets it go, closing ends it */
	int failure_fd;	     /* the errno of a failed exec; closed by a successful one */
	int pid_fd;	     /* readable when it has ended; -1 where the kernel has none */
	bool ended;
	int wait_status; /* of waitpid(2), once it has ended */
	int exec_errno;	 /* 0, or why it could not be exec'ed, once it has ended */
};

/*
 * Makes the process, held back. `argv` is found as execvp(3) does. For another user HOME, USER and LOGNAME are that
 * user's, and what sudo told of itself (SUDO_*) is taken out. Returns 0 or -errno; child_close releases also after a
 * failure.
 */
int child_open(struct child *c, char *const *argv, const struct child_user *user, struct error *err);

/* Ends it where it was not let go; else it lives on. */
void child_close(struct child *c);

/* Lets it go. */
int child_release(struct child *c, struct error *err);

/*
 * From now on SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1 and SIGUSR2 that another process sends to observer are passed
 * on. What the terminal sends reaches the child by itself: it is in the same process group. Ends with child_has_ended,
 * which puts the former handlers back. Returns 0 or -errno.
 */
int child_pass_signals(struct child *c, struct error *err);

/* Looks whether it has ended; does not wait. */
bool child_has_ended(struct child *c);

/* Waits for its end. */
void child_wait(struct child *c);

/* Once it has ended: false where it could not be exec'ed, which is then said on standard error. */
bool child_was_run(const struct child *c, const char *name);

/* What observer is to end with, once the child has. */
int child_status(const struct child *c);

#endif
