/* SPDX-License-Identifier: GPL-2.0-only */
/* Execs that failed, each in its own way; what is no failed exec. Floods and order: see test_exec_fail_many.c. */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "files.h"
#include "harness.h"
#include "json.h"
#include "lives.h"
#include "session.h"
#include "trial.h"

#ifndef AT_EXECVE_CHECK
#define AT_EXECVE_CHECK 0x10000
#endif

/* A call that fails, and what its event must say. */
struct attempt {
	const char *path;
	const char *const *argv;
	int fd, flags; /* execveat where `at` */
	bool at;
	int expected; /* errno */
};

static struct {
	int got; /* errno in the child */
	pid_t tid;
} * shared;

/* --fail-hook of the sessions. */
static const char *hook = "sys_exit";

static void by_fexit(void (*test)(void))
{
	need_hook(TRIAL_EXECVEAT);
	hook = "fexit";
	test();
}

/* A test that holds wherever failed execs are seen: once for each place. */
#define TEST_BOTH(name)                                                                                                \
	static void check_##name(void);                                                                                \
	TEST(name)                                                                                                     \
	{                                                                                                              \
		check_##name();                                                                                        \
	}                                                                                                              \
	TEST(name##_at_fexit)                                                                                          \
	{                                                                                                              \
		by_fexit(check_##name);                                                                                \
	}                                                                                                              \
	static void check_##name(void)

static struct session *start(void)
{
	shared = shared_page();
	return session_start("--events", "exec,exec_fail,exit", "--fail-hook", hook);
}

static long call_exec(const struct attempt *a)
{
	if (a->at)
		return syscall(SYS_execveat, a->fd, a->path, a->argv, environ, a->flags);
	return syscall(SYS_execve, a->path, a->argv, environ);
}

/* A new process has none of its program's pages yet, and before Linux 6.18 what is not there cannot be read: that is
 * the subject of other tests. */
static bool can_be_read(const void *address)
{
	return (uintptr_t)address >= 4096;
}

static void touch(const struct attempt *a)
{
	volatile size_t length = can_be_read(a->path) ? strlen(a->path) : 0;

	for (size_t i = 0; can_be_read(a->argv) && can_be_read(a->argv[i]); i++)
		length += strlen(a->argv[i]);
}

static void try(void *attempt)
{
	touch(attempt);
	shared->got = call_exec(attempt) < 0 ? errno : 0;
	_exit(0);
}

/* What holds for each: who called, from where, and why it failed. */
static json_t *check_fail(struct session *s, pid_t pid, int error)
{
	json_t *e = session_wait_event(s, TYPE_exec_fail, pid, 0);

	CHECK_NUMBER(e, "errno", error);
	CHECK_JSON_TEXT(e, "errno_name", strerrorname_np(error));
	CHECK_NUMBER(e, "tid", pid);
	CHECK_NUMBER(e, "vpid", pid);
	CHECK_NUMBER(e, "ppid", getpid());
	CHECK_NUMBER(e, "uid", getuid());
	CHECK_NUMBER(e, "gid", getgid());
	CHECK_NUMBER(e, "euid", geteuid());
	CHECK_NUMBER(e, "egid", getegid());
	CHECK_FLAG(e, "compat", false);
	CHECK_JSON_TEXT(e, "comm", "kernel_tests");
	CHECK_JSON_TEXT(e, "parent_comm", "kernel_tests");
	CHECK_JSON_TEXT(e, "cwd", link_text("/proc/self/cwd"));
	check_same_entity(e, session_wait_event(s, TYPE_exit, pid, 0));
	CHECK_EQ(session_count_events(s, TYPE_exec_fail, pid), 1);
	CHECK_EQ(session_count_pid(s, pid), 0);
	return e;
}

static void check_strings_of(const json_t *e, const struct attempt *a)
{
	size_t nr = 0;

	while (a->argv && a->argv[nr])
		nr++;
	CHECK_JSON_TEXT(e, "filename", a->path);
	if (nr)
		CHECK_STRINGS(e, "argv", ((struct strings){(const char **)a->argv, nr}));
	CHECK_ABSENT(e, "truncated");
	CHECK_ABSENT(e, "unreadable");
}

static json_t *check_attempt(struct session *s, struct attempt a)
{
	struct child c = child_start(try, &a);
	unsigned int before = test_failures();
	json_t *e;

	CHECK_EQ(child_join(&c), 0);
	CHECK(shared->got == a.expected, "'%.100s' failed with %s", a.path, strerror(shared->got));
	e = check_fail(s, c.pid, shared->got);
	check_strings_of(e, &a);
	if (test_failures() != before)
		fprintf(stderr, "the event was: %.2000s\n", json_dumps(e, JSON_COMPACT));
	return e;
}

static char *make_text_file(const char *name, const char *content, mode_t mode)
{
	char *path = text("%s/%s", test_dir(), name);

	make_file(path, content, strlen(content), mode);
	return path;
}

TEST_BOTH(exec_fail_by_path)
{
	struct session *s = start();
	char *plain = make_text_file("plain", "no program\n", 0644), *loop = text("%s/loop", test_dir());
	char *text_file = make_text_file("text", "no program\n", 0755), *busy = make_hold("busy");
	char *script = make_text_file("script", "#!/no/such/interpreter\n", 0755);
	char *long_name = memset(calloc(1, 300), 'n', 299), *long_path = memset(calloc(1, 5000), '/', 4500);
	int fd = open(busy, O_WRONLY | O_CLOEXEC);
	struct attempt attempts[] = {
		{.path = text("%s/none", test_dir()), .argv = LIST("none", "a", "", "b c"), .expected = ENOENT},
		{.path = "no/such/folder", .argv = LIST("x"), .expected = ENOENT},
		{.path = "", .argv = LIST("empty"), .expected = ENOENT},
		{.path = plain, .argv = LIST(plain, "-x"), .expected = EACCES},
		{.path = test_dir(), .argv = LIST("folder"), .expected = EACCES},
		{.path = text_file, .argv = LIST(text_file, "y"), .expected = ENOEXEC},
		{.path = script, .argv = LIST(script, "z"), .expected = ENOENT},
		{.path = text("%s/below", plain), .argv = LIST("below"), .expected = ENOTDIR},
		{.path = loop, .argv = LIST("loop"), .expected = ELOOP},
		{.path = busy, .argv = LIST("busy"), .expected = ETXTBSY},
		{.path = long_name, .argv = LIST("long"), .expected = ENAMETOOLONG},
		{.path = text("%s/n\xff\n\x1b[1m", test_dir()), .argv = LIST("\xff", hostile), .expected = ENOENT},
	};

	CHECK(symlink(loop, loop) == 0, "no link: %s", strerror(errno));
	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++)
		check_attempt(s, attempts[i]);
	/* Longer than any path may be. */
	{
		struct attempt a = {.path = long_path, .argv = LIST("longer"), .expected = ENAMETOOLONG};
		struct child c = child_start(try, &a);
		json_t *e;

		child_join(&c);
		e = check_fail(s, c.pid, ENAMETOOLONG);
		CHECK(json_array_has(e, "truncated", "filename") || !strcmp(json_text(e, "filename"), long_path),
		      "the path is cut in silence: %zu bytes", strlen(json_text(e, "filename")));
	}
	close(fd);
	session_stop(s);
}

/* By descriptor. The path is as much of it as was passed. */
TEST_BOTH(exec_fail_by_descriptor)
{
	struct session *s = start();
	char *plain = make_text_file("plain", "no program\n", 0644), *text_file = make_text_file("text", "no\n", 0755);
	int fd = open(plain, O_RDONLY | O_CLOEXEC), program = open(text_file, O_RDONLY | O_CLOEXEC);
	int folder = open(test_dir(), O_PATH | O_DIRECTORY | O_CLOEXEC);

	check_attempt(s, (struct attempt){"", LIST("by fd"), fd, AT_EMPTY_PATH, true, EACCES});
	check_attempt(s, (struct attempt){"", LIST("by fd", "2"), program, AT_EMPTY_PATH, true, ENOEXEC});
	check_attempt(s, (struct attempt){"", LIST("not allowed"), fd, 0, true, ENOENT});
	check_attempt(s, (struct attempt){"none", LIST("relative"), folder, 0, true, ENOENT});
	check_attempt(s, (struct attempt){"none", LIST("no descriptor"), 999, 0, true, EBADF});
	check_attempt(s, (struct attempt){"plain", LIST("strange flags"), folder, 0x40000000, true, EINVAL});
	close(fd);
	close(program);
	close(folder);
	session_stop(s);
}

/* Pointers to no memory. What cannot be read is absent and named. */
TEST_BOTH(exec_fail_with_bad_pointers)
{
	struct session *s = start();
	char *none = text("%s/none", test_dir());
	struct attempt no_path = {.path = (const char *)8, .argv = LIST("word")};
	struct attempt no_list = {.path = none, .argv = (const char *const *)16};
	struct attempt no_word = {.path = none, .argv = LIST("first", (const char *)24, "third")};
	struct attempt null_list = {.path = none, .argv = NULL};
	struct child c;
	json_t *e;

	c = child_start(try, &no_path);
	child_join(&c);
	e = check_fail(s, c.pid, EFAULT);
	CHECK_ABSENT(e, "filename");
	CHECK(json_array_has(e, "unreadable", "filename"), "unreadable is %s", json_shown(e, "unreadable"));
	CHECK_STRINGS(e, "argv", ((struct strings){(const char **)no_path.argv, 1}));

	c = child_start(try, &no_list);
	child_join(&c);
	e = check_fail(s, c.pid, shared->got);
	CHECK_JSON_TEXT(e, "filename", none);
	CHECK_ABSENT(e, "argv");
	CHECK(json_array_has(e, "unreadable", "argv"), "unreadable is %s", json_shown(e, "unreadable"));

	c = child_start(try, &no_word);
	child_join(&c);
	e = check_fail(s, c.pid, shared->got);
	CHECK_JSON_TEXT(e, "filename", none);
	CHECK(json_array_has(e, "truncated", "argv") || json_array_has(e, "unreadable", "argv"),
	      "argv is %s, and no word of what is missing", json_shown(e, "argv"));
	if (json_has(e, "argv"))
		CHECK_STRINGS(e, "argv", ((struct strings){(const char **)LIST("first"), 1}));

	c = child_start(try, &null_list);
	child_join(&c);
	e = check_fail(s, c.pid, shared->got);
	CHECK_JSON_TEXT(e, "filename", none);
	session_stop(s);
}

/* Arguments in a page of a file that nobody has touched yet: whole, or named; never an empty text instead. */
static void try_untouched(void *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *map = mmap(NULL, 1 << 20, PROT_READ, MAP_PRIVATE, fd, 0);
	const char *argv[] = {"touched", map + (512 << 10), NULL};

	shared->got = syscall(SYS_execve, "/no/such/program", argv, environ) < 0 ? errno : 0;
	_exit(0);
}

static void try_untouched_path(void *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *map = mmap(NULL, 1 << 20, PROT_READ, MAP_PRIVATE, fd, 0);

	shared->got = syscall(SYS_execve, map + (512 << 10), LIST("word"), environ) < 0 ? errno : 0;
	_exit(0);
}

TEST_BOTH(exec_fail_with_arguments_not_faulted_in)
{
	struct session *s = start();
	char *path = text("%s/data", test_dir()), *bytes = calloc(1, 1 << 20);
	struct child c;
	json_t *e;

	strcpy(bytes + (512 << 10), "/in/a/file");
	make_file(path, bytes, 1 << 20, 0644);
	c = child_start(try_untouched, path);
	child_join(&c);
	CHECK_EQ(shared->got, ENOENT);
	e = check_fail(s, c.pid, ENOENT);
	CHECK_JSON_TEXT(e, "filename", "/no/such/program");
	if (json_array_size(json_object_get(e, "argv")) == 2)
		CHECK_STRINGS(e, "argv", ((struct strings){(const char **)LIST("touched", "/in/a/file"), 2}));
	else
		CHECK(json_array_has(e, "truncated", "argv") || json_array_has(e, "unreadable", "argv"),
		      "argv is %s, and no word of what is missing", json_shown(e, "argv"));
	/* The kernel itself has read the path: it is there. */
	c = child_start(try_untouched_path, path);
	child_join(&c);
	e = check_fail(s, c.pid, ENOENT);
	CHECK_JSON_TEXT(e, "filename", "/in/a/file");
	session_stop(s);
}

TEST_BOTH(exec_fail_with_too_many_bytes)
{
	struct session *s = start();
	char *hold = make_hold("hold"), *huge = memset(calloc(1, 140000), 'h', 139999);
	struct attempt a = {.path = hold, .argv = LIST("huge", huge)};
	struct child c = child_start(try, &a);
	json_t *e;

	child_join(&c);
	CHECK_EQ(shared->got, E2BIG);
	e = check_fail(s, c.pid, E2BIG);
	CHECK_JSON_TEXT(e, "filename", hold);
	CHECK(json_array_has(e, "argv", huge) || json_array_has(e, "truncated", "argv"), "argv was cut in silence");
	CHECK(json_array_has(e, "argv", "huge"), "argv lacks its first word");
	/* Many words. */
	a = (struct attempt){.path = "/no/such/program", .argv = long_list(3000, 20)};
	c = child_start(try, &a);
	child_join(&c);
	e = check_fail(s, c.pid, ENOENT);
	CHECK(json_array_size(json_object_get(e, "argv")) == 3000 || json_array_has(e, "truncated", "argv"),
	      "%zu words of 3000, and nothing says so", json_array_size(json_object_get(e, "argv")));
	CHECK(json_array_size(json_object_get(e, "argv")) >= 200, "only %zu words of 3000",
	      json_array_size(json_object_get(e, "argv")));
	/* Many short ones. */
	a.argv = long_list(3000, 6);
	for (size_t i = 0; i < 3000; i++)
		((const char **)a.argv)[i] = "w";
	c = child_start(try, &a);
	child_join(&c);
	e = check_fail(s, c.pid, ENOENT);
	CHECK(json_array_size(json_object_get(e, "argv")) == 3000 || json_array_has(e, "truncated", "argv"),
	      "%zu short words of 3000, and nothing says so", json_array_size(json_object_get(e, "argv")));
	session_stop(s);
}

/* Past the point where the old program is gone: the call fails still, and a signal ends the process. */
TEST_BOTH(exec_fail_past_the_point_of_no_return)
{
	struct session *s = start();
	char *broken = text("%s/broken", test_dir());
	struct attempt a = {.path = broken, .argv = LIST("broken")};
	const void *program;
	unsigned char *bytes;
	struct child c;
	size_t length;
	json_t *e;
	int status;

	program = program_bytes(PROGRAM_HOLD, &length);
	bytes = memcpy(malloc(length), program, length);
	/* The address of the only segment is in the kernel's half: found out when the old program is gone already. */
	memset(bytes + 64 + 16, 0xff, 8);
	make_file(broken, bytes, length, 0755);
	c = child_start(try, &a);
	status = child_join(&c);
	CHECK(WIFSIGNALED(status), "it was not killed: %#x", status);
	e = session_wait_event(s, TYPE_exec_fail, c.pid, 0);
	CHECK(json_number(e, "errno") > 0 && json_number(e, "errno") < 512, "errno %s", json_shown(e, "errno"));
	/* The path was in the old memory. */
	if (json_has(e, "filename"))
		CHECK_JSON_TEXT(e, "filename", broken);
	else
		CHECK(json_array_has(e, "unreadable", "filename"), "unreadable is %s", json_shown(e, "unreadable"));
	CHECK(json_has(e, "argv") || json_array_has(e, "unreadable", "argv"), "unreadable is %s",
	      json_shown(e, "unreadable"));
	check_exit(s, c.pid, status);
	CHECK_EQ(session_count_pid(s, c.pid), 0);
	session_stop(s);
}

/* By a thread: the process is named by pid, the thread by tid. */
static void *try_in_thread(void *arg)
{
	shared->tid = (pid_t)syscall(SYS_gettid);
	syscall(SYS_execve, "/no/such/program", LIST("thread"), environ);
	return arg;
}

static void exec_by_thread(void *arg)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, try_in_thread, arg) != 0)
		child_fail("pthread_create");
	pthread_join(thread, NULL);
	_exit(0);
}

TEST_BOTH(exec_fail_by_a_thread)
{
	struct session *s = start();
	struct child c = child_start(exec_by_thread, NULL);
	json_t *e;

	child_join(&c);
	e = session_wait_event(s, TYPE_exec_fail, c.pid, 0);
	CHECK_NUMBER(e, "tid", shared->tid);
	CHECK(shared->tid != c.pid, "the thread was the leader");
	CHECK_JSON_TEXT(e, "filename", "/no/such/program");
	check_same_entity(e, session_wait_event(s, TYPE_exit, c.pid, 0));
	session_stop(s);
}

/* A filter that answers for the kernel: there is no entry of the call, its error is whatever the filter says. */
static void refuse_exec(unsigned int answer)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_execve, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_execveat, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, answer),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof(code) / sizeof(code[0]), code};

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		child_skip("seccomp");
}

static void try_refused(void *answer)
{
	struct attempt a = {.path = "/bin/true", .argv = LIST("true", "refused")};

	refuse_exec(*(unsigned int *)answer);
	errno = 0;
	touch(&a);
	shared->got = call_exec(&a) < 0 ? errno : 0;
	_exit(0);
}

TEST(exec_fail_refused_by_seccomp)
{
	static const int errors[] = {EPERM, ENOSYS, 99, ENOENT};
	struct session *s = start();
	struct attempt a = {.path = "/bin/true", .argv = LIST("true", "refused")};
	unsigned int answer = SECCOMP_RET_ERRNO;
	struct child c;

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		answer = SECCOMP_RET_ERRNO | (unsigned int)errors[i];
		c = child_start(try_refused, &answer);
		CHECK_EQ(child_join(&c), 0);
		CHECK_EQ(shared->got, errors[i]);
		check_strings_of(check_fail(s, c.pid, errors[i]), &a);
	}
	/* The filter says "done", and nothing was: neither a failure nor an exec. */
	answer = SECCOMP_RET_ERRNO;
	c = child_start(try_refused, &answer);
	CHECK_EQ(child_join(&c), 0);
	session_wait_event(s, TYPE_exit, c.pid, 0);
	CHECK_EQ(session_count_events(s, TYPE_exec_fail, c.pid), 0);
	CHECK_EQ(session_count_pid(s, c.pid), 0);
	session_stop(s);
}

/* Such a call never comes to the functions of the kernel: by fexit it is not seen, as documented, and all others are.
 */
TEST(exec_fail_refused_by_seccomp_at_fexit)
{
	unsigned int answer = SECCOMP_RET_ERRNO | EPERM;
	struct attempt a = {.path = "/no/such/program", .argv = LIST("other")};
	struct session *s;
	struct child c;

	need_hook(TRIAL_EXECVEAT);
	hook = "fexit";
	s = start();
	c = child_start(try_refused, &answer);
	CHECK_EQ(child_join(&c), 0);
	CHECK_EQ(shared->got, EPERM);
	session_wait_event(s, TYPE_exit, c.pid, 0);
	CHECK_EQ(session_count_events(s, TYPE_exec_fail, c.pid), 0);
	a.expected = ENOENT;
	check_attempt(s, a);
	session_stop(s);
}

/* Only asks whether it would run: never an event, whatever the answer. */
static void only_check(void *arg)
{
	char **paths = arg;
	int fd = open(paths[0], O_RDONLY | O_CLOEXEC);

	if (syscall(SYS_execveat, fd, "", LIST("check"), environ, AT_EMPTY_PATH | AT_EXECVE_CHECK) != 0)
		_exit(77);
	close(fd);
	fd = open(paths[1], O_RDONLY | O_CLOEXEC);
	if (syscall(SYS_execveat, fd, "", LIST("check"), environ, AT_EMPTY_PATH | AT_EXECVE_CHECK) == 0 ||
	    syscall(SYS_execveat, AT_FDCWD, "/none", LIST("check"), environ, AT_EXECVE_CHECK) == 0)
		_exit(1);
	_exit(0);
}

TEST_BOTH(exec_fail_never_for_a_check)
{
	struct session *s = start();
	char *paths[] = {make_hold("hold"), make_text_file("plain", "no program\n", 0644)};
	struct child c = child_start(only_check, paths);
	int status = child_join(&c);

	if (status == 77 << 8)
		test_skip("this kernel has no AT_EXECVE_CHECK");
	CHECK_EQ(status, 0);
	session_wait_event(s, TYPE_exit, c.pid, 0);
	CHECK_EQ(session_count_events(s, TYPE_exec_fail, c.pid), 0);
	CHECK_EQ(session_count_pid(s, c.pid), 0);
	session_stop(s);
}

#ifdef __x86_64__
/* The 32-bit entry from a 64-bit process: other numbers, pointers of 32 bits. */
struct low_memory {
	char path[64], word[64];
	uint32_t argv[4];
};

static long int80(long number, uint32_t a, uint32_t b, uint32_t c)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"(a), "c"(b), "d"(c), "S"(0), "D"(0)
			 : "memory", "r8", "r9", "r10", "r11");
	return result;
}

static uint32_t low(const void *pointer)
{
	return (uint32_t)(uintptr_t)pointer;
}

static struct low_memory *make_low(void)
{
	struct low_memory *m =
		mmap(NULL, sizeof(*m), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	if (m == MAP_FAILED)
		_exit(77);
	strcpy(m->path, "/no/such/program");
	strcpy(m->word, "by int 0x80");
	m->argv[0] = m->argv[2] = low(m->path);
	m->argv[1] = low(m->word);
	return m;
}

static void try_int80(void *arg)
{
	struct low_memory *m = make_low();

	(void)arg;
	if (int80(20, 0, 0, 0) != getpid())
		_exit(77);
	shared->got = (int)-int80(11, low(m->path), low(m->argv), 0);
	_exit(0);
}

/* execveat(AT_FDCWD, path, argv, NULL, 0) is number 358 there. */
static void try_int80_at(void *arg)
{
	struct low_memory *m = make_low();

	(void)arg;
	shared->got = (int)-int80(358, (uint32_t)AT_FDCWD, low(m->path), low(m->argv));
	_exit(0);
}

/* Numbers that mean an exec at the other entry only: all of these fail, none is an exec. */
static void call_others(void *arg)
{
	(void)arg;
	int80(59, 1, 0, 0);
	int80(322, (uint32_t)-1, 0, 0);
	int80(520, 0, 0, 0);
	int80(545, 0, 0, 0);
	syscall(11, 1, 1, 0);
	syscall(358, -1, -1, -1);
	syscall(387, -1, -1, -1);
	syscall(221, -1, -1, -1, 999);
	syscall(281, -1, 0, -1, -1, 0, 0);
	_exit(0);
}

TEST_BOTH(exec_fail_by_int_0x80)
{
	struct session *s = start();
	const char *const *argv = LIST("/no/such/program", "by int 0x80", "/no/such/program");
	struct child c;
	json_t *e;

	for (int i = 0; i < 2; i++) {
		c = child_start(i ? try_int80_at : try_int80, NULL);
		if (child_join(&c) != 0)
			test_skip("the kernel has no 32-bit system calls");
		CHECK_EQ(shared->got, ENOENT);
		e = session_wait_event(s, TYPE_exec_fail, c.pid, 0);
		CHECK_NUMBER(e, "errno", ENOENT);
		CHECK_FLAG(e, "compat", true);
		CHECK_JSON_TEXT(e, "filename", "/no/such/program");
		CHECK_STRINGS(e, "argv", ((struct strings){(const char **)argv, 3}));
		CHECK_ABSENT(e, "truncated");
		CHECK_ABSENT(e, "unreadable");
	}
	c = child_start(call_others, NULL);
	child_join(&c);
	session_wait_event(s, TYPE_exit, c.pid, 0);
	CHECK_EQ(session_count_events(s, TYPE_exec_fail, c.pid), 0);
	session_stop(s);
}
#else
TEST_BOTH(exec_fail_by_int_0x80)
{
	test_skip("int 0x80 is of x86");
}
#endif

/* Shown by --failed, beside the execs; by nothing else. */
TEST_BOTH(exec_fail_by_option)
{
	struct attempt a = {.path = "/no/such/program", .argv = LIST("x")};
	struct session *without = session_start("--events", "exec,exit"), *s;
	struct child c;

	shared = shared_page();
	s = session_start("--failed", "--fail-hook", hook);
	c = child_start(try, &a);
	child_join(&c);
	session_wait_event(s, TYPE_exec_fail, c.pid, 0);
	session_wait_event(without, TYPE_exit, c.pid, 0);
	CHECK_EQ(session_count_events(without, TYPE_exec_fail, c.pid), 0);
	CHECK_EQ(session_count_events(s, TYPE_exit, c.pid), 0);
	session_stop(s);
	session_stop(without);
	s = session_start("--events", "exec,exit", "--failed", "--fail-hook", hook);
	c = child_start(try, &a);
	child_join(&c);
	session_wait_event(s, TYPE_exit, c.pid, 0);
	session_wait_event(s, TYPE_exec_fail, c.pid, 0);
	session_stop(s);
}
