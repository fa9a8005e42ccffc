/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes, holds back, lets go and waits for the program that is run. Knows nothing of events. */
#include "commands/child.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/parse.h"
#include "commands/user.h"

static int keep_user(const struct passwd *pw, struct child_user *ret, struct error *err)
{
	ret->change = true;
	ret->uid = pw->pw_uid;
	ret->gid = pw->pw_gid;
	if ((size_t)snprintf(ret->name, sizeof(ret->name), "%s", pw->pw_name) >= sizeof(ret->name) ||
	    (size_t)snprintf(ret->home, sizeof(ret->home), "%s", pw->pw_dir) >= sizeof(ret->home))
		return fail(err, -ENAMETOOLONG, "the name or home of the user '%s' is too long", pw->pw_name);
	return 0;
}

/* Who called sudo; -ENOENT where nobody did. A user who is in no list keeps the ids that sudo tells. */
static int find_sudo_user(struct child_user *ret, struct error *err)
{
	const char *uid_text = getenv("SUDO_UID"), *gid_text = getenv("SUDO_GID");
	const struct passwd *pw;
	uint64_t uid, gid;

	if (geteuid() || !uid_text || !gid_text)
		return -ENOENT;
	if (parse_number(uid_text, UINT32_MAX - 1, &uid, NULL) || parse_number(gid_text, UINT32_MAX - 1, &gid, NULL)) {
		fail(err, -EINVAL, "SUDO_UID or SUDO_GID is no number: '%s', '%s'", uid_text, gid_text);
		return fail_hint(err, "--user NAME says whom the program is to run as");
	}
	pw = user_find(NULL, uid);
	if (pw && keep_user(pw, ret, err))
		return err ? err->code : -ENAMETOOLONG;
	ret->change = uid != 0;
	ret->uid = uid;
	ret->gid = gid;
	return 0;
}

int child_find_user(const char *name, struct child_user *ret, struct error *err)
{
	const struct passwd *pw;
	int code;

	*ret = (struct child_user){0};
	if (!name) {
		code = find_sudo_user(ret, err);
		return code == -ENOENT ? 0 : code;
	}
	pw = user_find(name, 0);
	if (!pw && errno && errno != ENOENT)
		return fail(err, -errno, "cannot look up the user '%s': %s", name, strerror(errno));
	if (!pw)
		return fail(err, -EINVAL, "there is no user '%s'", name);
	if (geteuid() && geteuid() != pw->pw_uid) {
		fail(err, -EPERM, "cannot run a program as the user '%s': observer is not root", name);
		return fail_hint(err, "start observer by sudo");
	}
	return geteuid() ? 0 : keep_user(pw, ret, err);
}

static int status_of_errno(int number)
{
	return number == ENOENT || number == ENOTDIR ? CHILD_NOT_FOUND : CHILD_NOT_EXECUTABLE;
}

/* --- in the child --- */

static int become(const struct child_user *user)
{
	int code = 0;

	if (!user->change)
		return 0;
	if (user->name[0])
		code = user_take_groups(user->name, user->gid);
	else if (setgroups(0, NULL))
		code = -errno;
	if (code)
		return code;
	if (setresgid(user->gid, user->gid, user->gid) || setresuid(user->uid, user->uid, user->uid))
		return -errno;
	if (user->name[0] &&
	    (setenv("USER", user->name, 1) || setenv("LOGNAME", user->name, 1) || setenv("HOME", user->home, 1)))
		return -ENOMEM;
	unsetenv("SUDO_UID");
	unsetenv("SUDO_GID");
	unsetenv("SUDO_USER");
	unsetenv("SUDO_COMMAND");
	return 0;
}

/*
 * Looks for the program where execvp(3) would, without trying to execute: the failures would stand in the report as the
 * program's own. Leaves it to execvp where nothing is found.
 */
static const char *find_program(const char *name, char path[static PATH_MAX])
{
	const char *folder = strchr(name, '/') ? NULL : getenv("PATH");
	struct stat status;

	while (folder && *name) {
		int length = strcspn(folder, ":");

		if (snprintf(path, PATH_MAX, "%.*s%s%s", length, folder, length ? "/" : "./", name) < PATH_MAX &&
		    !stat(path, &status) && S_ISREG(status.st_mode) && !faccessat(AT_FDCWD, path, X_OK, AT_EACCESS))
			return path;
		folder = folder[length] ? folder + length + 1 : NULL;
	}
	return name;
}

/* Held back until it is let go; then it becomes the program, or tells why not. */
static void run_child(int go_fd, int failure_fd, char *const *argv, const sigset_t *mask)
{
	char go, path[PATH_MAX];
	const char *program;
	int number;

	if (read(go_fd, &go, 1) != 1)
		_exit(CHILD_OBSERVER_FAILED);
	program = find_program(argv[0], path);
	sigprocmask(SIG_SETMASK, mask, NULL);
	execvp(program, argv);
	number = errno;
	if (write(failure_fd, &number, sizeof(number)) != sizeof(number))
		_exit(CHILD_OBSERVER_FAILED);
	_exit(status_of_errno(number));
}

/* --- in observer --- */

static void be_child(const int go[2], const int failure[2], char *const *argv, const struct child_user *user,
		     const sigset_t *mask)
{
	int code, number;

	close(go[1]);
	close(failure[0]);
	code = become(user);
	number = -code;
	/* Told at once: child_open waits for it. */
	if (write(failure[1], &number, sizeof(number)) != sizeof(number) || code)
		_exit(CHILD_OBSERVER_FAILED);
	run_child(go[0], failure[1], argv, mask);
}

static int fork_child(struct child *c, char *const *argv, const struct child_user *user, const sigset_t *mask)
{
	int go[2], failure[2], code = 0;

	if (pipe2(go, O_CLOEXEC))
		return -errno;
	c->go_fd = go[1];
	if (pipe2(failure, O_CLOEXEC)) {
		code = -errno;
		close(go[0]);
		return code;
	}
	c->failure_fd = failure[0];
	c->pid = fork();
	if (c->pid == 0)
		be_child(go, failure, argv, user, mask);
	code = c->pid < 0 ? -errno : 0;
	close(go[0]);
	close(failure[1]);
	return code;
}

/* Returns what the child could not do to become the user. */
static int read_first_word(struct child *c)
{
	int number = ECHILD;

	if (read(c->failure_fd, &number, sizeof(number)) != sizeof(number))
		return -ECHILD;
	return -number;
}

int child_open(struct child *c, char *const *argv, const struct child_user *user, struct error *err)
{
	sigset_t all, mask;
	int code;

	*c = (struct child){.pid = -1, .go_fd = -1, .failure_fd = -1, .pid_fd = -1};
	/* What comes meanwhile waits for the program, whose mask is the one that observer was given. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &mask);
	code = fork_child(c, argv, user, &mask);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	if (code)
		return fail(err, code, "cannot make a process: %s", strerror(-code));
	code = read_first_word(c);
	if (code)
		return fail(err, code, "cannot become the user %s%s%u: %s", user->name, *user->name ? ", " : "",
			    user->uid, strerror(-code));
	/* pidfd_open(2), since Linux 5.3; the same number on all architectures. */
	c->pid_fd = syscall(434, c->pid, 0);
	return 0;
}

void child_close(struct child *c)
{
	bool held_back = c->pid > 0 && c->go_fd >= 0;

	cleanup_close(&c->go_fd);
	if (held_back)
		child_wait(c);
	cleanup_close(&c->failure_fd);
	cleanup_close(&c->pid_fd);
	c->go_fd = c->failure_fd = c->pid_fd = -1;
	c->pid = -1;
}

int child_release(struct child *c, struct error *err)
{
	/* The child alone reads it, and dies only of a signal: SIGPIPE is ignored by now. */
	if (write(c->go_fd, "", 1) != 1)
		return fail(err, -errno, "cannot let the program go: %s", strerror(errno));
	close(take_fd(c->go_fd));
	return 0;
}

static const int passed[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};
#define NR_PASSED (sizeof(passed) / sizeof(passed[0]))

static volatile sig_atomic_t passed_to, leads_session;
static struct sigaction former[NR_PASSED];

/*
 * What the kernel sends (SI_KERNEL) comes from the terminal, and went to the whole process group; but for the hangup,
 * which the leader of the session alone is told.
 */
static void pass_on(int number, siginfo_t *info, void *context)
{
	bool for_all = info->si_code > 0 && !(number == SIGHUP && leads_session);
	int saved = errno;

	(void)context;
	if (passed_to > 0 && !for_all)
		kill(passed_to, number);
	errno = saved;
}

int child_pass_signals(struct child *c, struct error *err)
{
	const struct sigaction action = {.sa_sigaction = pass_on, .sa_flags = SA_SIGINFO | SA_RESTART};

	leads_session = getsid(0) == getpid();
	passed_to = c->pid;
	for (size_t i = 0; i < NR_PASSED; i++) {
		if (sigaction(passed[i], &action, &former[i]))
			return fail(err, -errno, "cannot catch signal %d: %s", passed[i], strerror(errno));
	}
	return 0;
}

static void stop_passing(void)
{
	if (!passed_to)
		return;
	/* First: the pid may be another process's from now on. */
	passed_to = 0;
	for (size_t i = 0; i < NR_PASSED; i++)
		sigaction(passed[i], &former[i], NULL);
}

/* Until it is reaped the pid is ours: the handlers signal nobody else. */
static bool look(struct child *c, int options)
{
	siginfo_t info = {0};

	if (c->ended)
		return true;
	if (waitid(P_PID, c->pid, &info, WEXITED | WNOWAIT | options) || !info.si_pid)
		return false;
	stop_passing();
	while (waitpid(c->pid, &c->wait_status, 0) < 0 && errno == EINTR)
		;
	if (c->failure_fd < 0 || read(c->failure_fd, &c->exec_errno, sizeof(c->exec_errno)) != sizeof(c->exec_errno))
		c->exec_errno = 0;
	c->ended = true;
	return true;
}

bool child_has_ended(struct child *c)
{
	return look(c, WNOHANG);
}

void child_wait(struct child *c)
{
	while (!look(c, 0) && errno == EINTR)
		;
}

bool child_was_run(const struct child *c, const char *name)
{
	struct error err = {0};

	if (!c->exec_errno)
		return true;
	fail(&err, -c->exec_errno, "cannot run '%s': %s", name, strerror(c->exec_errno));
	error_print(&err);
	return false;
}

int child_status(const struct child *c)
{
	if (c->exec_errno)
		return status_of_errno(c->exec_errno);
	if (WIFSIGNALED(c->wait_status))
		return CHILD_SIGNALLED + WTERMSIG(c->wait_status);
	return WEXITSTATUS(c->wait_status);
}
