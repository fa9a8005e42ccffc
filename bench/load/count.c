/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts the execs of a command and of all its descendants by ptrace, and so without anything that is measured
 * here: the check that a load does what it says. Slow; never part of a measurement.
 *
 *	count COMMAND [ARGUMENT...]		prints `execs=N` on stderr, the exec of COMMAND not counted
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#define OPTIONS                                                                                                        \
	(PTRACE_O_TRACEEXEC | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL)

/* Stops of our own making are swallowed; any other signal goes on to the tracee. */
static int signal_to_pass(int status)
{
	int sig = WSTOPSIG(status);

	return status >> 16 || sig == SIGTRAP || sig == SIGSTOP ? 0 : sig;
}

static unsigned long long count_execs(pid_t root, int *ret_status)
{
	unsigned long long execs = 0;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		if (!WIFSTOPPED(status)) {
			if (pid == root)
				*ret_status = status;
			continue;
		}
		if (status >> 8 == (SIGTRAP | (PTRACE_EVENT_EXEC << 8)))
			execs++;
		ptrace(PTRACE_CONT, pid, NULL, (void *)(long)signal_to_pass(status));
	}
	return execs;
}

/* The command waits until it is traced: from then on no exec can be missed. */
static pid_t command_start(char **argv)
{
	int gate[2];
	char byte;
	pid_t pid;

	if (pipe(gate))
		return -1;
	pid = fork();
	if (pid == 0) {
		close(gate[1]);
		if (read(gate[0], &byte, 1) == 1) {
			close(gate[0]);
			execvp(argv[0], argv);
		}
		_exit(127);
	}
	close(gate[0]);
	if (pid > 0 && (ptrace(PTRACE_SEIZE, pid, NULL, (void *)OPTIONS) || write(gate[1], "", 1) != 1))
		pid = -1;
	close(gate[1]);
	return pid;
}

int main(int argc, char **argv)
{
	unsigned long long execs;
	int status = -1;
	pid_t pid;

	if (argc < 2)
		return 2;
	pid = command_start(argv + 1);
	if (pid < 0) {
		perror("count");
		return 1;
	}
	execs = count_execs(pid, &status);
	fprintf(stderr, "execs=%llu\n", execs ? execs - 1 : 0);
	return !WIFEXITED(status) || WEXITSTATUS(status);
}
