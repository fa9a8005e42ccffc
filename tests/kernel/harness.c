/* SPDX-License-Identifier: GPL-2.0-only */
/* Frame of the kernel tests: checks, clean-up and the command line. Knows nothing of observer's output. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
#include "harness.h"

#define SKIPPED	     77
#define TEST_SECONDS 110 /* under the time-out of the runner, so that the clean-up is ours; times test_patience() */
#define OWNED_MAX    256
#define UNDO_MAX     32
#define FD_MAX	     1024

extern struct test __start_kernel_test_rows[], __stop_kernel_test_rows[];
extern struct mode __start_kernel_mode_rows[], __stop_kernel_mode_rows[];

/* One test per process: its state. The signal handler reads `owned`. */
static struct {
	const char *name;
	unsigned int failures;
	volatile pid_t owned[OWNED_MAX];
	struct {
		void (*undo)(void *);
		void *arg;
	} undo[UNDO_MAX];
	size_t nr_undo;
	char *dir;
	bool open_before[FD_MAX];
} state;

char *text(const char *format, ...)
{
	va_list args;
	char *out;

	va_start(args, format);
	if (vasprintf(&out, format, args) < 0)
		abort();
	va_end(args);
	return out;
}

char *shown(const char *bytes, size_t length)
{
	size_t shown_length = length > 400 ? 400 : length, used = 0;
	char *out = calloc(1, shown_length * 4 + 32);

	for (size_t i = 0; i < shown_length; i++) {
		unsigned char c = (unsigned char)bytes[i];

		used += (size_t)sprintf(out + used, c >= ' ' && c < 0x7f ? "%c" : "\\x%02x", c);
	}
	if (shown_length < length)
		sprintf(out + used, "... (%zu bytes)", length);
	return out;
}

bool test_check(bool ok, const char *file, int line, const char *what, const char *format, ...)
{
	va_list args;

	if (ok)
		return true;
	state.failures++;
	fprintf(stderr, "%s:%d: failed: %s: ", file, line, what);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return false;
}

bool test_check_equal(long long actual, long long expected, const char *file, int line, const char *what)
{
	return test_check(actual == expected, file, line, what, "is %lld, expected %lld", actual, expected);
}

bool test_check_text(const char *actual, const char *expected, const char *file, int line, const char *what)
{
	bool ok = actual && expected ? !strcmp(actual, expected) : actual == expected;

	if (ok)
		return true;
	return test_check(false, file, line, what, "is '%s', expected '%s'",
			  actual ? shown(actual, strlen(actual)) : "(absent)",
			  expected ? shown(expected, strlen(expected)) : "(absent)");
}

unsigned int test_patience(void)
{
	const char *given = getenv("TEST_PATIENCE");
	unsigned long times = given ? strtoul(given, NULL, 10) : 1;

	return times >= 1 && times <= 100 ? (unsigned int)times : 1;
}

unsigned int test_failures(void)
{
	return state.failures;
}

void test_own_process(pid_t pid)
{
	for (size_t i = 0; i < OWNED_MAX; i++) {
		if (!state.owned[i]) {
			state.owned[i] = pid;
			return;
		}
	}
}

void test_disown_process(pid_t pid)
{
	for (size_t i = 0; i < OWNED_MAX; i++)
		if (state.owned[i] == pid)
			state.owned[i] = 0;
}

/* Also called by the signal handler. */
static void kill_owned(void)
{
	for (size_t i = 0; i < OWNED_MAX; i++) {
		if (!state.owned[i])
			continue;
		/* A stopped observer must not stay: SIGKILL ends it, stopped or not. */
		kill(-state.owned[i], SIGKILL);
		kill(state.owned[i], SIGKILL);
	}
}

static void on_time_out(int signal_number)
{
	static const char message[] = "failed: the test did not end in time\n";

	(void)signal_number;
	(void)!write(2, message, sizeof(message) - 1);
	kill_owned();
	/* Kernel settings must be restored even so; the process ends next, so that unsafe calls can do no more harm. */
	while (state.nr_undo--)
		state.undo[state.nr_undo].undo(state.undo[state.nr_undo].arg);
	_exit(1);
}

void test_on_end(void (*undo)(void *), void *arg)
{
	REQUIRE(state.nr_undo < UNDO_MAX, "too many things to undo");
	state.undo[state.nr_undo].undo = undo;
	state.undo[state.nr_undo++].arg = arg;
}

const char *test_dir(void)
{
	const char *base = getenv("TMPDIR");

	if (state.dir)
		return state.dir;
	state.dir = text("%s/kernel_tests.XXXXXX", base && *base ? base : "/tmp");
	if (!mkdtemp(state.dir))
		test_skip("no folder for temporary files: %s: %s", state.dir, strerror(errno));
	/* Readable by the other users that tests become. */
	chmod(state.dir, 0755);
	return state.dir;
}

/* Which descriptors are open; with `compare` also complains about those that were not before. */
static void look_at_descriptors(bool compare)
{
	for (int fd = 3; fd < FD_MAX; fd++) {
		bool is_open = fcntl(fd, F_GETFD) >= 0;

		if (!compare)
			state.open_before[fd] = is_open;
		else if (is_open && !state.open_before[fd])
			CHECK(!is_open, "descriptor %d was left open: %s", fd, link_text("/proc/self/fd/%d", fd));
	}
}

void test_end(int status)
{
	if (status == 0)
		look_at_descriptors(true);
	kill_owned();
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	while (state.nr_undo) {
		state.nr_undo--;
		state.undo[state.nr_undo].undo(state.undo[state.nr_undo].arg);
	}
	if (state.dir)
		remove_tree(state.dir);
	fflush(NULL);
	_exit(state.failures ? 1 : status);
}

void test_skip(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("skipped: ");
	vprintf(format, args);
	putchar('\n');
	va_end(args);
	test_end(SKIPPED);
}

char *beside_me(const char *name)
{
	char *self = link_text("/proc/self/exe");
	char *slash = strrchr(self, '/');
	char *path = text("%.*s/%s", (int)(slash - self), self, name);

	return access(path, X_OK) == 0 ? path : NULL;
}

const char *observer_path(void)
{
	const char *path = getenv("OBSERVER");

	if (!path || !*path)
		path = beside_me("observer");
	if (!path || access(path, X_OK) != 0)
		test_skip("no observer: set OBSERVER to the program under test");
	return path;
}

static int run_here(const struct test *test)
{
	struct sigaction time_out = {.sa_handler = on_time_out};

	state.name = test->name;
	setvbuf(stdout, NULL, _IOLBF, 0);
	sigaction(SIGALRM, &time_out, NULL);
	signal(SIGPIPE, SIG_IGN);
	alarm(TEST_SECONDS * test_patience());
	look_at_descriptors(false);
	test->run();
	test_end(0);
}

static const char *outcome_text(int status)
{
	if (WIFSIGNALED(status))
		return "died";
	return WEXITSTATUS(status) == 0 ? "ok" : WEXITSTATUS(status) == SKIPPED ? "skipped" : "FAILED";
}

/* Each test in a process of its own, one after the other: for places without a test runner. */
static int run_all(void)
{
	unsigned int nr_failed = 0;

	for (struct test *test = __start_kernel_test_rows; test < __stop_kernel_test_rows; test++) {
		int status;
		pid_t pid;

		fflush(NULL);
		pid = fork();
		if (pid == 0) {
			execl("/proc/self/exe", "kernel_tests", test->name, (char *)NULL);
			_exit(1);
		}
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		nr_failed += WIFSIGNALED(status) || (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != SKIPPED);
		printf("%-8s %s\n", outcome_text(status), test->name);
	}
	printf("%u failed\n", nr_failed);
	return nr_failed != 0;
}

static int list_tests(void)
{
	for (struct test *test = __start_kernel_test_rows; test < __stop_kernel_test_rows; test++)
		puts(test->name);
	return 0;
}

/* The runner's list of names, one a line, must be ours: says what only one of them has. */
static int check_names(const char *path)
{
	char *given = read_whole(path, NULL), *ours = text("%s", "");
	unsigned int nr_wrong = 0;

	if (!given)
		return 1;
	for (struct test *test = __start_kernel_test_rows; test < __stop_kernel_test_rows; test++) {
		ours = text("%s%s\n", ours, test->name);
		if (!strstr(text("\n%s", given), text("\n%s\n", test->name)))
			nr_wrong += (unsigned int)(printf("not in the list: %s\n", test->name) > 0);
	}
	for (char *name = strtok(given, "\n"); name; name = strtok(NULL, "\n"))
		if (!strstr(text("\n%s", ours), text("\n%s\n", name)))
			nr_wrong += (unsigned int)(printf("no such test: %s\n", name) > 0);
	return nr_wrong != 0;
}

static int run_mode(int argc, char **argv)
{
	for (struct mode *mode = __start_kernel_mode_rows; mode < __stop_kernel_mode_rows; mode++)
		if (!strcmp(mode->name, argv[1] + 1))
			return mode->run(argc, argv);
	return 127;
}

int main(int argc, char **argv)
{
	if (argc >= 2 && argv[1][0] == '@')
		return run_mode(argc, argv);
	/* Programs in the background of a shell begin with these ignored, and so would all that the tests start. */
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	if (argc < 2)
		return run_all();
	if (!strcmp(argv[1], "--list"))
		return list_tests();
	if (!strcmp(argv[1], "--check-names") && argc == 3)
		return check_names(argv[2]);
	for (struct test *test = __start_kernel_test_rows; test < __stop_kernel_test_rows; test++)
		if (!strcmp(test->name, argv[1]))
			return run_here(test);
	fprintf(stderr, "usage: kernel_tests [--list | --check-names FILE | NAME]; no test is named '%s'\n", argv[1]);
	return 2;
}
