/* SPDX-License-Identifier: GPL-2.0-only */
/* Odd ways to exec: 32-bit programs and callers, memory files, checks that run nothing; and both hooks beside each
 * other. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "expect.h"
#include "files.h"
#include "harness.h"
#include "json.h"
#include "session.h"

static void exec_it(void *program)
{
	execl(program, program, "argument", "", "\xff", (char *)NULL);
	child_skip("this program");
}

/* A program of the other word size: 32-bit arguments, auxiliary vector, stack. */
TEST(program_of_32_bits)
{
	char *program = text("%s/hold32", test_dir());
	struct session *s = session_start_default();
	struct child c;

	make_program_i386(program);
	c = child_start(exec_it, program);
	child_wait(&c);
	check_plain(session_wait_pid(s, c.pid), c.pid, program);
	child_end(&c);
	session_stop(s);
}

#ifdef __x86_64__
/* execve by the 32-bit entry from a 64-bit process: all pointers lie below 4 GiB, lists are of 32-bit pointers. */
struct low_memory {
	char path[4000];
	char word[64];
	uint32_t argv[4], envp[2];
};

static void exec_by_int80(void *program)
{
	struct low_memory *low =
		mmap(NULL, sizeof(*low), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	long result;

	if (low == MAP_FAILED)
		child_skip("memory below 4 GiB");
	strcpy(low->path, program);
	strcpy(low->word, "by int 0x80");
	low->argv[0] = low->argv[2] = (uint32_t)(uintptr_t)low->path;
	low->argv[1] = low->envp[0] = (uint32_t)(uintptr_t)low->word;
	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(11), "b"(low->path), "c"(low->argv), "d"(low->envp)
			 : "memory", "r8", "r9", "r10", "r11");
	errno = (int)-result;
	child_fail("execve by int 0x80");
}

static void try_int80(void *arg)
{
	long pid;

	(void)arg;
	__asm__ volatile("int $0x80" : "=a"(pid) : "a"(20) : "memory", "r8", "r9", "r10", "r11");
	_exit(pid == getpid() ? 0 : 1);
}

TEST(caller_of_int_0x80)
{
	char *hold = make_hold("hold"), *hold32 = text("%s/hold32", test_dir());
	struct child c = child_start(try_int80, NULL);
	struct session *s;
	json_t *e;

	if (child_join(&c) != 0)
		test_skip("the kernel has no 32-bit system calls");
	make_program_i386(hold32);
	s = session_start_default();
	for (int i = 0; i < 2; i++) {
		c = child_start(exec_by_int80, i ? hold32 : hold);
		child_wait(&c);
		e = session_wait_pid(s, c.pid);
		check_plain(e, c.pid, i ? hold32 : hold);
		CHECK(json_array_has(e, "argv", "by int 0x80"), "argv is %s", json_shown(e, "argv"));
		child_end(&c);
	}
	session_stop(s);
}
#else
TEST(caller_of_int_0x80)
{
	test_skip("int 0x80 is of x86");
}
#endif

static int make_memfd(const char *name)
{
	size_t length;
	const void *bytes = program_bytes(PROGRAM_HOLD, &length);
	int fd = memfd_create(name, MFD_CLOEXEC);

	if (fd < 0)
		test_skip("no memory files: %s", strerror(errno));
	REQUIRE(write(fd, bytes, length) == (ssize_t)length, "cannot write: %s", strerror(errno));
	return fd;
}

static void exec_descriptor(void *fd)
{
	if (dup3(*(int *)fd, 77, O_CLOEXEC) < 0)
		child_fail("dup3");
	syscall(SYS_execveat, 77, "", (char *[]){"memory", NULL}, environ, AT_EMPTY_PATH);
	child_fail("execveat");
}

TEST(program_in_memory)
{
	const char *names[] = {"name",
			       "",
			       "with space",
			       "slash/inside",
			       "x (deleted)",
			       "\xff\n\x1b[1m",
			       memset(calloc(1, 250), 'm', 249)};
	struct session *s = session_start_default();

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int fd = make_memfd(names[i]);
		struct child c = child_start(exec_descriptor, &fd);
		json_t *e;

		child_wait(&c);
		e = session_wait_pid(s, c.pid);
		check_exec(e, &(struct facts){.pid = c.pid, .filename = "/dev/fd/77", .memfd = true});
		CHECK_JSON_TEXT(e, "exe", text("/memfd:%s (deleted)", names[i]));
		child_end(&c);
		close(fd);
	}
	session_stop(s);
}

/* Through the link that /proc has of an open memory file. */
static void exec_by_proc(void *path)
{
	child_exec(path, LIST("by proc"), NULL);
}

TEST(program_in_memory_by_path)
{
	struct session *s = session_start_default();
	int fd = make_memfd("by path");
	char *path = text("/proc/self/fd/%d", fd);
	struct child c = child_start(exec_by_proc, path);

	child_wait(&c);
	check_exec(session_wait_pid(s, c.pid), &(struct facts){.pid = c.pid, .filename = path, .memfd = true});
	child_end(&c);
	close(fd);
	session_stop(s);
}

#ifndef AT_EXECVE_CHECK
#define AT_EXECVE_CHECK 0x10000
#endif

static void only_check(void *program)
{
	long result = syscall(SYS_execveat, AT_FDCWD, program, (char *[]){program, NULL}, environ, AT_EXECVE_CHECK);

	_exit(result == 0 ? 0 : errno == EINVAL ? 2 : 1);
}

/* execveat returns 0 and nothing ran: not an exec. */
TEST(check_that_runs_nothing)
{
	char *hold = make_hold("hold");
	struct session *s = session_start_default();
	struct child c = child_start(only_check, hold);
	int status = child_join(&c);

	if (WEXITSTATUS(status) == 2)
		test_skip("the kernel has no AT_EXECVE_CHECK");
	CHECK_EQ(status, 0);
	session_stop(s);
	CHECK_EQ(session_count_pid(s, c.pid), 0);
}

/* One exec as both hooks saw it. Only `interp` may differ, and then it is named as unreadable. */
static void check_same(const json_t *typed, const json_t *classic)
{
	/* What each run has of its own: its clock reading and its numbering. */
	static const char *const own[] = {"time", "boot_ns", "seq", "unreadable", "interp", NULL};
	const char *key;
	json_t *value;

	CHECK_EQ(json_object_size(typed) - json_has(typed, "interp") - json_has(typed, "unreadable"),
		 json_object_size(classic) - json_has(classic, "interp") - json_has(classic, "unreadable"));
	json_object_foreach((json_t *)typed, key, value)
	{
		size_t i = 0;

		while (own[i] && strcmp(own[i], key) != 0)
			i++;
		if (!own[i])
			CHECK(json_equal(value, json_object_get(classic, key)), "'%s': %s by tp_btf, %s by tracepoint",
			      key, json_shown(typed, key), json_shown(classic, key));
	}
	CHECK_ABSENT(typed, "unreadable");
	if (json_has(classic, "interp"))
		CHECK_JSON_TEXT(classic, "interp", json_text(typed, "interp"));
	else if (json_has(typed, "interp"))
		CHECK(json_array_has(classic, "unreadable", "interp"), "unreadable is %s",
		      json_shown(classic, "unreadable"));
	for (size_t i = 0; i < json_array_size(json_object_get(classic, "unreadable")); i++)
		CHECK_TEXT(json_string_value(json_array_get(json_object_get(classic, "unreadable"), i)), "interp");
}

static void exec_many_ways(void *arg)
{
	char **call = arg;
	int fd;

	if (!call[1])
		child_exec(call[0], LIST(call[0], "a", "", "\xff", "\xc3\xa4"), NULL);
	if (setresuid(12345, strcmp(call[1], "differ") ? 12345 : 0, 12345) != 0)
		child_skip("changing ids");
	fd = open(call[0], O_RDONLY | O_CLOEXEC);
	if (!strcmp(call[1], "by fd") && dup3(fd, 77, O_CLOEXEC) == 77)
		syscall(SYS_execveat, 77, "", (char *[]){"fd", NULL}, environ, AT_EMPTY_PATH);
	child_exec(call[0], LIST(call[0]), NULL);
}

TEST(hooks_agree)
{
	char *hold = make_hold("hold"), *setuid_program = make_hold("setuid"), *script = text("%s/script", test_dir());
	char *hold32 = text("%s/hold32", test_dir()), *line = text("#!%s word\n", hold);
	char *calls[][2] = {{hold, NULL},   {hold, "by fd"}, {hold, "differ"}, {setuid_program, "user"},
			    {script, NULL}, {hold32, NULL}};
	struct session *typed = session_start("--hook", "tp_btf", "--env"), *classic;

	make_file(script, line, strlen(line), 0755);
	make_program_i386(hold32);
	chmod(setuid_program, 04755);
	classic = session_start("--hook", "tracepoint", "--env");
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		struct child c = child_start(exec_many_ways, calls[i]);
		char said = 0;
		json_t *e;

		if (read(c.ready, &said, 1) == 1 && said == '.') {
			e = session_wait_pid(classic, c.pid);
			check_same(session_wait_pid(typed, c.pid), e);
			check_exec(e, &(struct facts){.pid = c.pid,
						      .filename = json_text(session_wait_pid(typed, c.pid), "filename"),
						      .interp_unreadable = json_has(e, "unreadable"),
						      .interp = json_text(e, "interp")});
		} else {
			CHECK(calls[i][0] == hold32, "call %zu did not run", i);
		}
		child_end(&c);
	}
	session_stop(typed);
	session_stop(classic);
}
