/* SPDX-License-Identifier: GPL-2.0-only */
/* Arguments that somebody changes: shown are those that the kernel ran the program with. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "expect.h"
#include "files.h"
#include "harness.h"
#include "json.h"
#include "session.h"

static char *hold;

static struct session *start(void)
{
	hold = make_hold("hold");
	return session_start_default();
}

static void *swap_forever(void *word)
{
	volatile char *letter = word;

	for (;;) {
		*letter = 'a';
		*letter = 'b';
	}
	return NULL;
}

static void swap_and_exec(void *arg)
{
	char word[] = "a word that changes";
	pthread_t thread;

	(void)arg;
	if (pthread_create(&thread, NULL, swap_forever, word) != 0)
		child_fail("pthread_create");
	sleep_ms(1);
	child_exec(hold, LIST(hold, word, word, word, word, word, word, word, word), NULL);
}

/* Whatever another thread does to the caller's memory: shown is what the program got. */
TEST(argv_swapped_by_a_thread)
{
	struct session *s = start();

	for (int i = 0; i < 40; i++) {
		struct child c = child_start(swap_and_exec, NULL);

		child_wait(&c);
		check_plain(session_wait_pid(s, c.pid), c.pid, hold);
		child_end(&c);
	}
	session_stop(s);
}

static char traced_word[] = "the word before";

static void exec_traced(void *arg)
{
	(void)arg;
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	raise(SIGSTOP);
	child_exec(hold, LIST(hold, traced_word), NULL);
}

static void wait_stop(pid_t pid, const char *where)
{
	int status = 0;

	REQUIRE(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status), "no stop at %s: %#x", where, status);
}

/* Lets a stopped process go on to where it enters execve. */
static void go_to_execve(pid_t pid)
{
	for (int i = 0; i < 50; i++) {
		struct __ptrace_syscall_info info = {0};

		ptrace(PTRACE_SYSCALL, pid, NULL, NULL);
		wait_stop(pid, "a system call");
		if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) < 0)
			test_skip("the tracer cannot see system calls: %s", strerror(errno));
		if (info.op == PTRACE_SYSCALL_INFO_ENTRY && info.entry.nr == SYS_execve)
			return;
	}
	REQUIRE(false, "no execve");
}

/* A tracer puts another word into the caller's memory while execve is entered: that one runs. */
TEST(argv_rewritten_before_the_exec)
{
	struct session *s = start();
	struct child c = child_start(exec_traced, NULL);
	long word;
	json_t *e;

	wait_stop(c.pid, "the start");
	ptrace(PTRACE_SETOPTIONS, c.pid, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC);
	go_to_execve(c.pid);
	memcpy(&word, "THE WORD", sizeof(word));
	REQUIRE(ptrace(PTRACE_POKEDATA, c.pid, traced_word, word) == 0, "cannot write its memory: %s", strerror(errno));
	ptrace(PTRACE_CONT, c.pid, NULL, NULL);
	wait_stop(c.pid, "the exec");
	ptrace(PTRACE_DETACH, c.pid, NULL, NULL);
	child_wait(&c);
	e = session_wait_pid(s, c.pid);
	check_plain(e, c.pid, hold);
	CHECK(json_array_has(e, "argv", "THE WORD before"), "argv is %s", json_shown(e, "argv"));
	child_end(&c);
	session_stop(s);
}

/* Address of argv[0] in a stopped process: field 48 of /proc/PID/stat. */
static uintptr_t arg_start(pid_t pid)
{
	char *at = strrchr(read_proc(pid, "stat", NULL), ')') + 2;

	for (int nr = 3; nr < 48; nr++)
		at = strchr(at, ' ') + 1;
	return (uintptr_t)strtoull(at, NULL, 10);
}

/* The same at the stop that follows the exec, before the first instruction: the event is older than that. */
TEST(argv_rewritten_after_the_exec)
{
	struct session *s = start();
	struct child c = child_start(exec_traced, NULL);
	uintptr_t address;
	long word;
	json_t *e;

	wait_stop(c.pid, "the start");
	ptrace(PTRACE_SETOPTIONS, c.pid, NULL, PTRACE_O_TRACEEXEC);
	ptrace(PTRACE_CONT, c.pid, NULL, NULL);
	wait_stop(c.pid, "the exec");
	address = arg_start(c.pid) + strlen(hold) + 1;
	memcpy(&word, "THE WORD", sizeof(word));
	REQUIRE(ptrace(PTRACE_POKEDATA, c.pid, address, word) == 0, "cannot write its memory: %s", strerror(errno));
	ptrace(PTRACE_DETACH, c.pid, NULL, NULL);
	child_wait(&c);
	CHECK(memmem(read_proc(c.pid, "cmdline", NULL), strlen(hold) + 10, "THE WORD", 8), "nothing was rewritten");
	e = session_wait_pid(s, c.pid);
	check_exec(e, &(struct facts){.pid = c.pid, .filename = hold, .other_argv = true});
	CHECK_STRINGS(e, "argv", ((struct strings){(const char **)LIST(hold, "the word before"), 2}));
	child_end(&c);
	session_stop(s);
}

/* Overwrites its own arguments, as servers do to show their state in ps. */
MODE(overwrite)
{
	for (int i = 0; i < argc; i++)
		memset(argv[i], 'Z', strlen(argv[i]));
	(void)!write(1, ".", 1);
	for (;;)
		pause();
	return 1;
}

TEST(argv_overwritten_by_its_process)
{
	struct session *s = start();
	char *self = link_text("/proc/self/exe");

	for (int i = 0; i < 20; i++) {
		struct child c = child_hold(self, LIST(self, "@overwrite", "original"), NULL);
		json_t *e = session_wait_pid(s, c.pid);

		CHECK(read_proc(c.pid, "cmdline", NULL)[0] == 'Z', "nothing was overwritten");
		check_exec(e, &(struct facts){.pid = c.pid, .filename = self, .other_argv = true});
		CHECK_STRINGS(e, "argv", ((struct strings){(const char **)LIST(self, "@overwrite", "original"), 3}));
		child_end(&c);
	}
	session_stop(s);
}
