/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Failed execs whose arguments lie in memory that nobody has touched yet: the kernel side reads them in task work,
 * where the kernel has it. Each event comes once, in its order, whatever becomes of the caller meanwhile.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "files.h"
#include "harness.h"
#include "json.h"
#include "lives.h"
#include "session.h"
#include "stream.h"
#include "trial.h"

/* Apart, so that touching one page maps none of the others (fault-around maps 64 KiB). */
#define APART (256 << 10)
enum place { PLACE_WORD, PLACE_BORDER, PLACE_LIST, PLACE_WORDS, PLACES };
#define NR_WORDS 200

static struct {
	int got;
	atomic_uint nr_begun, nr_failed;
} * shared;

static char *data_path;

/* The file whose pages are mapped, and not touched, by each child: words, and a list of addresses in a mapping at `at`.
 */
static void make_data(char *at)
{
	char *bytes = calloc(PLACES, APART);
	const char **list = (const char **)(bytes + PLACE_LIST * APART);

	strcpy(bytes + PLACE_WORD * APART, "/in/a/file");
	strcpy(bytes + PLACE_BORDER * APART + 4090, "across the border of two pages");
	for (int i = 0; i < NR_WORDS; i++) {
		sprintf(bytes + PLACE_WORDS * APART + 64 * i, "word number %d of many", i);
		list[i] = at + PLACE_WORDS * APART + 64 * i;
	}
	data_path = text("%s/data", test_dir());
	make_file(data_path, bytes, PLACES * APART, 0644);
}

/* Reserves a place in the address space, which the children inherit. */
static char *reserve(void)
{
	char *at = mmap(NULL, PLACES * APART, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	REQUIRE(at != MAP_FAILED, "no address space: %s", strerror(errno));
	make_data(at);
	return at;
}

static void map_untouched(char *at)
{
	int fd = open(data_path, O_RDONLY | O_CLOEXEC);

	if (mmap(at, PLACES * APART, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0) == MAP_FAILED)
		child_fail("mmap");
	close(fd);
}

static void fail_with_words(const char *const *argv)
{
	shared->got = syscall(SYS_execve, "/no/such/program", argv, environ) < 0 ? errno : 0;
}

static void fail_with_word(void *at)
{
	map_untouched(at);
	fail_with_words(LIST("touched", (char *)at + PLACE_WORD * APART, "last"));
	_exit(0);
}

static void fail_with_border(void *at)
{
	map_untouched(at);
	fail_with_words(LIST((char *)at + PLACE_BORDER * APART + 4090));
	_exit(0);
}

static void fail_with_list(void *at)
{
	map_untouched(at);
	fail_with_words((const char *const *)((char *)at + PLACE_LIST * APART));
	_exit(0);
}

static void fail_with_fresh_page(void *at)
{
	char *fresh = mmap(at, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	fail_with_words(LIST("fresh", fresh + 100, "last"));
	_exit(0);
}

static void *fail_in_thread(void *at)
{
	fail_with_words(LIST("thread", (char *)at + PLACE_WORD * APART));
	return NULL;
}

static void fail_by_thread(void *at)
{
	pthread_t thread;

	map_untouched(at);
	pthread_create(&thread, NULL, fail_in_thread, at);
	pthread_join(thread, NULL);
	_exit(0);
}

/* Task work of BPF programs: the kernel's types name it where it is there. */
static void need_task_work(void)
{
	const char *variant = getenv("OBSERVER_VARIANT");

	if (!kernel_names("bpf_task_work_schedule_resume_impl"))
		test_skip("this kernel has no task work for BPF programs (Linux 6.18)");
	if (variant && strcmp(variant, "modern") != 0)
		test_skip("the variant %s does without task work", variant);
}

static struct session *start(void)
{
	need_bpf();
	need_task_work();
	shared = shared_page();
	return session_start("--events", "exec,exec_fail");
}

static void check_whole(struct session *s, void (*body)(void *), char *at, const char *const *words)
{
	struct child c = child_start(body, at);
	size_t nr = 0;
	json_t *e;

	while (words[nr])
		nr++;
	CHECK_EQ(child_join(&c), 0);
	CHECK_EQ(shared->got, ENOENT);
	e = session_wait_event(s, TYPE_exec_fail, c.pid, 0);
	CHECK_NUMBER(e, "errno", ENOENT);
	CHECK_NUMBER(e, "ppid", getpid());
	CHECK_JSON_TEXT(e, "filename", "/no/such/program");
	CHECK_JSON_TEXT(e, "cwd", link_text("/proc/self/cwd"));
	CHECK_STRINGS(e, "argv", ((struct strings){(const char **)words, nr}));
	CHECK_ABSENT(e, "truncated");
	CHECK_ABSENT(e, "unreadable");
	CHECK_EQ(session_count_events(s, TYPE_exec_fail, c.pid), 1);
}

TEST(exec_fail_read_in_task_work)
{
	struct session *s = start();
	char *at = reserve();
	const char *many[NR_WORDS + 1] = {NULL};

	for (int i = 0; i < NR_WORDS; i++)
		many[i] = text("word number %d of many", i);
	check_whole(s, fail_with_word, at, LIST("touched", "/in/a/file", "last"));
	check_whole(s, fail_with_border, at, LIST("across the border of two pages"));
	check_whole(s, fail_with_list, at, many);
	check_whole(s, fail_with_fresh_page, at, LIST("fresh", "", "last"));
	check_whole(s, fail_by_thread, at, LIST("thread", "/in/a/file"));
	session_stop(s);
}

/* First failures of both kinds, then a success: the stream has them in that order. */
static void fail_and_succeed(void *hold)
{
	char *at = mmap(NULL, 8 * APART, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	for (int i = 0; i < 4; i++) {
		fail_with_words(LIST("plain", "word"));
		fail_with_words(LIST("fresh", at + 2 * i * APART));
	}
	child_exec(hold, LIST(hold), NULL);
}

TEST(exec_fail_put_off_in_order)
{
	struct session *s = start();
	char *hold = make_hold("hold");
	struct child c = child_start(fail_and_succeed, hold);
	size_t before = 0;

	child_wait(&c);
	session_wait_pid(s, c.pid);
	CHECK_EQ(session_count_events(s, TYPE_exec_fail, c.pid), 8);
	for (size_t i = 0; i < 8; i++) {
		json_t *e = session_wait_event(s, TYPE_exec_fail, c.pid, i);
		size_t place = session_place(s, TYPE_exec_fail, c.pid, i);

		CHECK(i == 0 || place > before, "failure %zu comes before the one before it", i);
		before = place;
		CHECK_STRINGS(
			e, "argv",
			((struct strings){(const char **)(i & 1 ? LIST("fresh", "") : LIST("plain", "word")), 2}));
	}
	CHECK(session_place(s, TYPE_exec, c.pid, 0) > before, "the success comes before a failure");
	child_end(&c);
	session_stop(s);
}

static void fail_without_end(void *at)
{
	for (;;) {
		char *fresh = mmap(at, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

		atomic_fetch_add(&shared->nr_begun, 1);
		syscall(SYS_execve, "/no/such/program", LIST("fresh", fresh), environ);
		atomic_fetch_add(&shared->nr_failed, 1);
	}
}

#define NR_KILLED 60

/* Killed at any moment: what was put off comes all the same, and the sum is exact (checked by each session's end). */
TEST(exec_fail_put_off_and_killed)
{
	struct session *s = start();
	char *at = reserve();
	size_t nr_events = 0;
	pid_t pids[NR_KILLED];

	for (int i = 0; i < NR_KILLED; i++) {
		struct child c = child_start(fail_without_end, at);

		sleep_ms(1 + i % 7);
		child_end(&c);
		pids[i] = c.pid;
	}
	session_stop(s);
	for (int i = 0; i < NR_KILLED; i++)
		nr_events += session_count_events(s, TYPE_exec_fail, pids[i]);
	CHECK(nr_events >= shared->nr_failed && nr_events <= shared->nr_begun, "%zu events of %u to %u calls",
	      nr_events, shared->nr_failed, shared->nr_begun);
}

/* A page that never comes: its faults are ours to answer, and nobody does. */
static void fail_with_page_that_never_comes(void *at)
{
	struct uffdio_api api = {.api = UFFD_API};
	struct uffdio_register range = {.range = {.start = (uintptr_t)at, .len = 4096},
					.mode = UFFDIO_REGISTER_MODE_MISSING};
	char *fresh = mmap(at, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);

	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &range))
		child_skip("userfaultfd");
	dprintf(1, ".");
	fail_with_words(LIST("fresh", fresh));
	_exit(0);
}

/* Its event has not come when observer ends: lost, by that cause, and the sum is exact. Those of others come. */
TEST(exec_fail_put_off_and_never_read)
{
	struct session *s = start();
	char *at = reserve();
	struct child c = child_start(fail_with_page_that_never_comes, at), other;
	struct summary sum;

	child_wait(&c);
	sleep_ms(100);
	other = child_start(fail_with_fresh_page, at);
	child_join(&other);
	session_wait_event(s, TYPE_exec_fail, other.pid, 0);
	session_stop(s);
	sum = session_summary_of(s, TYPE_exec_fail);
	CHECK_EQ(session_count_events(s, TYPE_exec_fail, c.pid), 0);
	CHECK_EQ(summary_cause(&sum, "unfinished"), 1);
	CHECK_EQ(sum.lost, 1);
	child_end(&c);
}

/* What observer run is given to run. */
MODE(fail_untouched)
{
	char *fresh = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)argc;
	(void)argv;
	syscall(SYS_execve, "/no/such/program", LIST("fresh", fresh, "last"), environ);
	return 0;
}

TEST(exec_fail_put_off_when_followed)
{
	char *path = text("%s/events", test_dir());
	struct outcome o;
	char *events;

	need_bpf();
	need_task_work();
	o = run_observer(&(struct session_options){.raw = true,
						   .args = LIST("run", "-o", text("json:%s", path), "--",
								link_text("/proc/self/exe"), "@fail_untouched")});
	CHECK_EQ(o.status, 0);
	events = read_whole(path, NULL);
	REQUIRE(events, "no events: %s", o.err);
	CHECK(line_with(events, "\"argv\":[\"fresh\",\"\",\"last\"]"), "no such failure in %.2000s", events);
}

TEST(exec_fail_of_run_at_fexit)
{
	char *path = text("%s/events", test_dir()), *events;
	struct outcome o;

	need_hook(TRIAL_EXECVEAT);
	o = run_observer(
		&(struct session_options){.raw = true,
					  .args = LIST("run", "--fail-hook", "fexit", "-o", text("json:%s", path), "--",
						       link_text("/proc/self/exe"), "@fail_untouched")});
	CHECK_EQ(o.status, 0);
	events = read_whole(path, NULL);
	REQUIRE(events, "no events: %s", o.err);
	CHECK(line_with(events, "\"filename\":\"/no/such/program\""), "no such failure in %.2000s", events);
}
