/* SPDX-License-Identifier: GPL-2.0-only */
/* --pin: the kernel side that outlives its reader. */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "files.h"
#include "harness.h"
#include "load.h"
#include "session.h"
#include "pins.h"

#define CYCLES 8 /* fifty take a minute: PIN_CYCLES=50 */

/* Observers come and go; most are killed, each third ends by itself, in the midst of it with a sum that adds up. */
static void storm_through(const char *out, const char *const *args)
{
	const char *wanted = getenv("PIN_CYCLES");
	int nr_cycles = wanted ? atoi(wanted) : CYCLES;
	struct session *s = start_with(out, args);
	struct load *l = load_new(nr_cycles * 1000, nr_cycles);
	struct summary sum;

	load_start(l, "vfork");
	for (int i = 0; i < nr_cycles; i++) {
		sleep_ms(30 + i * 7 % 50);
		kill(s->pid, i % 3 == 2 ? SIGTERM : SIGKILL);
		if (i % 3 == 2)
			session_finish(s, 0);
		else
			pins_end(s, SIGKILL);
		fail_to_exec("/nowhere");
		sleep_ms(i * 13 % 40);
		s = start_with(out, args);
		CHECK(strstr(session_errors(s), "goes on where another stopped"), "cycle %d: %s", i, session_errors(s));
	}
	load_join(l);
	sleep_ms(300);
	kill(s->pid, SIGINT);
	sum = session_finish(s, 0);
	CHECK_EQ(sum.lost, 0);
	CHECK(sum.seen >= l->count, "%llu events for %llu execs", (unsigned long long)sum.seen,
	      (unsigned long long)l->count);
	CHECK(sum.printed < sum.seen, "the last one printed all");
	for (enum type type = 0; type < TYPES; type++) {
		struct summary of = session_summary_of(s, type);

		if (of.found)
			CHECK_EQ(check_numbers_of(out, type_names[type]), of.seen);
	}
}

TEST(pinned_and_killed_in_a_storm)
{
	pins_begin();
	storm_through(text("%s/out", test_dir()), LIST("--fields", "cpu,seq,pid,argv"));
}

/* Two rings, and four kinds of numbers. */
TEST(pinned_with_all_events_and_killed_in_a_storm)
{
	char *out = text("%s/out", test_dir());

	pins_begin();
	storm_through(out, LIST("--failed", "--events", "exec,exit,fork", "--fields", "cpu,seq,pid,argv"));
	CHECK(check_numbers_of(out, "exec_fail") >= 1, "no failed exec");
}

/*
 * A ring that cannot hold what comes while nobody reads: each event is printed or told as lost, by one reader or the
 * next, also by those that end while it is full.
 */
TEST(pinned_with_a_ring_too_small)
{
	char *out = text("%s/out", test_dir());
	const char *const *const args = LIST("--ring", "16K", "--fields", "cpu,seq,pid,argv");
	struct session *s;
	struct summary sum;
	struct load *l;

	pins_begin();
	s = start_with(out, args);
	l = load_new(4000, 4);
	load_start(l, "vfork");
	for (int i = 0; i < 6; i++) {
		kill(s->pid, SIGTERM);
		session_finish(s, 0);
		sleep_ms(100);
		s = start_with(out, args);
	}
	load_join(l);
	kill(s->pid, SIGTERM);
	sum = session_finish(s, 0);
	CHECK(sum.seen >= l->count, "%llu events for %llu execs", (unsigned long long)sum.seen,
	      (unsigned long long)l->count);
	CHECK(strstr(read_whole(out, NULL), "\"cause\":\"ring_full\""), "nothing was lost");
}

/* What the kernel side drops has no number: it is in the sum by its counter alone. */
TEST(pinned_with_a_filter)
{
	char *out = text("%s/out", test_dir()), *tag;
	const char *const *const args = LIST("--where", "comm == \"hold\"", "--fields", "cpu,seq,pid,argv");
	struct session *s;
	struct summary sum;
	struct load *l;

	pins_begin();
	tag = run_between(args, out, "}");
	CHECK_EQ(count_lines(out, "exec", tag), 1);
	l = load_new(500, 1);
	load_run(l, "vfork");
	s = start_with(out, args);
	kill(s->pid, SIGTERM);
	sum = session_finish(s, 0);
	CHECK(sum.filtered >= l->count, "%llu filtered of %llu", (unsigned long long)sum.filtered,
	      (unsigned long long)l->count);
	CHECK(sum.earlier >= 1, "nothing earlier");
	check_numbers(out);
}

/* What happens while nobody reads is read by the next. */
TEST(pinned_while_nobody_reads)
{
	char *out = text("%s/out", test_dir()), *tag = new_tag(), *hold = make_hold("hold"), *have = NULL;
	struct session *s;
	struct child c;

	pins_begin();
	s = start_pinned(out, NULL);
	kill(s->pid, SIGTERM);
	session_finish(s, 0);
	c = child_hold(hold, LIST(hold, tag), NULL);
	child_end(&c);
	s = start_pinned(out, NULL);
	for (int i = 0; i < 200 && !(have && strstr(have, tag)); i++) {
		sleep_ms(20);
		have = read_whole(out, NULL);
	}
	CHECK(have && strstr(have, tag), "not read");
	kill(s->pid, SIGTERM);
	session_finish(s, 0);
	check_numbers(out);
}

TEST(pinned_with_failed_execs)
{
	char *out = text("%s/out", test_dir()), *tag;

	pins_begin();
	tag = run_between(LIST("--failed"), out, "\"exec_fail\"");
	CHECK_EQ(count_lines(out, "exec", tag), 1);
	CHECK_EQ(count_lines(out, "exec_fail", tag), 1);
}

TEST(pinned_with_failed_execs_by_fexit)
{
	char *out = text("%s/out", test_dir()), *tag;
	struct outcome o;

	pins_begin();
	o = run_observer_with("-o", "json", "--failed", "--fail-hook", "fexit", "--duration", "10ms");
	if (o.status)
		test_skip("no fexit here: %s", o.err);
	tag = run_between(LIST("--failed", "--fail-hook", "fexit"), out, "\"exec_fail\"");
	CHECK_EQ(count_lines(out, "exec_fail", tag), 1);
}

/* Of a time when nobody watched, parents are known as far as its events tell; later ones whole. */
TEST(pinned_with_a_table_of_processes)
{
	char *out = text("%s/out", test_dir());

	pins_begin();
	run_between(LIST("--ancestors", "2", "--events", "exec,exit,fork,snapshot", "--fields", "pid,comm,argv"), out,
		    "\"event\":\"snapshot\"");
	/* Each start tells what is there. */
	CHECK_EQ(count_lines(out, "snapshot", text("\"pid\":%d,", getpid())), 2);
}

TEST(pinned_with_log_lines)
{
	char *out = text("%s/out", test_dir()), *tag;

	pins_begin();
	tag = run_between(LIST("--klog", "info"), out, "\"event\":\"log\"");
	CHECK_EQ(count_lines(out, "exec", tag), 1);
}

TEST(pinned_by_the_classic_hook)
{
	char *out = text("%s/out", test_dir()), *tag;
	struct outcome o;

	pins_begin();
	o = run_observer_with("-o", "json", "--hook", "tracepoint", text("--pin=%s", pins_folder()), "--duration",
			      "10ms");
	if (o.status) {
		CHECK(strstr(o.err, "cannot be kept by this kernel"), "no reason: %s", o.err);
		CHECK(strstr(o.err, "hint: "), "no hint: %s", o.err);
		test_skip("the classic hook cannot be pinned here: %s", o.err);
	}
	tag = run_between(LIST("--hook", "tracepoint"), out, "}");
	CHECK_EQ(count_lines(out, "exec", tag), 1);
}

/* What older kernels load, with all that can be asked for. */
TEST(pinned_in_the_compat_variant)
{
	char *out = text("%s/out", test_dir()), *tag;

	pins_begin();
	setenv("OBSERVER_VARIANT", "compat", 1);
	tag = run_between(LIST("--failed", "--events", "exec,exit,fork", "--ancestors", "2", "--klog", "info"), out,
			  "\"exec_fail\"");
	CHECK_EQ(count_lines(out, "exec", tag), 1);
}

/* Takes what lies in the pinned ring, as a reader would that nobody knows of. */
static void rob_ring(void)
{
	size_t page = sysconf(_SC_PAGESIZE);
	int fd = bpf_obj_get(text("%s/events", pins_folder()));
	uint64_t *consumer = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	uint64_t *producer = mmap(NULL, page, PROT_READ, MAP_SHARED, fd, page);

	REQUIRE(consumer != MAP_FAILED && producer != MAP_FAILED, "the ring: %s", strerror(errno));
	*consumer = *producer;
	close(fd);
}

/* The sum is no matter of form: who takes a record out of the ring is found out, while nobody reads and while one does.
 */
TEST(pinned_and_read_by_another)
{
	char *out = text("%s/out", test_dir());
	struct session *s;

	pins_begin();
	s = start_pinned(out, NULL);
	kill(s->pid, SIGTERM);
	session_finish(s, 0);
	run_one();
	rob_ring();
	s = start_pinned(out, "--strict");
	CHECK(strstr(session_errors(s), "something else has read"), "not said: %s", session_errors(s));
	run_one();
	kill(s->pid, SIGTERM);
	session_join(s);
	CHECK(strstr(session_errors(s), "are unaccounted for"), "the sum adds up: %s", session_errors(s));
	CHECK(WIFEXITED(s->status) && WEXITSTATUS(s->status) == 3, "--strict: wait status %#x", s->status);
	session_close(s);
}

TEST(pinned_and_robbed_of_the_last)
{
	char *out = text("%s/out", test_dir());
	struct session *s;

	pins_begin();
	s = start_pinned(out, NULL);
	session_pause(s);
	run_one();
	rob_ring();
	kill(s->pid, SIGTERM);
	kill(s->pid, SIGCONT);
	session_join(s);
	CHECK(strstr(session_errors(s), "are unaccounted for"), "the sum adds up: %s", session_errors(s));
	session_close(s);
}

/* Three readers: what each tells and what those before told is what the kernel side saw. */
TEST(pinned_sum_over_three_readers)
{
	char *out = text("%s/out", test_dir());
	uint64_t told = 0;

	pins_begin();
	for (int i = 0; i < 3; i++) {
		struct session *s = start_pinned(out, NULL);
		struct summary sum;

		run_one();
		kill(s->pid, SIGTERM);
		sum = session_finish(s, 0);
		CHECK_EQ(sum.earlier, told);
		told = sum.seen;
	}
	CHECK_EQ(check_numbers(out), told);
}

TEST(pinned_with_other_options)
{
	char *out = text("%s/out", test_dir());

	pins_begin();
	leave_unread(out);
	check_replaced(out, "--env", "replaced what was pinned with other options", "exec");
}

/* Makes the pinned state that of another version: `word` as struct resume_key has them. */
enum { WORD_FRAME = 1, WORD_LAYOUT = 2 };

static void change_version(int word)
{
	int fd = bpf_obj_get(text("%s/resume", pins_folder()));
	uint64_t *words = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	REQUIRE(words != MAP_FAILED, "the state: %s", strerror(errno));
	words[word]++;
	munmap(words, 4096);
	close(fd);
}

TEST(pinned_by_another_version)
{
	char *out = text("%s/out", test_dir());

	pins_begin();
	leave_unread(out);
	change_version(WORD_LAYOUT);
	check_replaced(out, NULL, "replaced what another version left pinned", "exec");
}

/* So different that records can only be counted. */
TEST(pinned_by_a_version_of_another_age)
{
	char *out = text("%s/out", test_dir());

	pins_begin();
	leave_unread(out);
	change_version(WORD_FRAME);
	check_replaced(out, NULL, "replaced what another version left pinned", "unknown");
}

/* A loss that was found is told by the one who comes next where the finder was killed before it told. */
TEST(pinned_and_killed_while_replacing)
{
	char *out = text("%s/out", test_dir());
	struct session *s;
	int ends[2];

	pins_begin();
	leave_unread(out);
	REQUIRE(pipe2(ends, O_CLOEXEC) == 0, "no pipe: %s", strerror(errno));
	REQUIRE(fcntl(ends[1], F_SETPIPE_SZ, 4096) > 0, "no small pipe: %s", strerror(errno));
	REQUIRE(write(ends[1], text("%4096s", ""), 4096) == 4096, "the pipe takes no page");
	s = session_open(&(struct session_options){
		.args = LIST("-o", "json", text("--pin=%s", pins_folder()), "--env", "--fields", "cpu,seq,pid,argv"),
		.stdout_fd = ends[1],
		.raw = true});
	sleep_ms(100);
	pins_end(s, SIGKILL);
	close(ends[0]);
	close(ends[1]);
	s = start_pinned(out, "--env");
	CHECK(strstr(session_errors(s), "goes on where another stopped"), "not taken over: %s", session_errors(s));
	kill(s->pid, SIGINT);
	session_finish(s, 0);
	CHECK(strstr(read_whole(out, NULL), "\"cause\":\"replaced\""), "not told in the stream");
}

/* A newer observer of the same layout: other bytes, another version. */
static char *make_newer(void)
{
	struct outcome old = run_observer_with("--version");
	char *bytes, *path = text("%s/newer", test_dir()), version[32] = "";
	size_t length, nr;

	REQUIRE(sscanf(old.out, "observer %31s", version) == 1, "no version: %s", old.out);
	bytes = read_whole(observer_path(), &length);
	nr = strlen(version);
	for (char *at = bytes; (at = memmem(at, length - (size_t)(at - bytes), version, nr)); at += nr)
		at[nr - 1] += at[-1] != '_'; /* not LIBBPF_0.1.0 */
	make_file(path, bytes, length, 0755);
	return path;
}

TEST(pinned_and_upgraded_in_place)
{
	char *out = text("%s/out", test_dir()), *newer;
	struct outcome o;
	struct session *s;

	pins_begin();
	newer = make_newer();
	leave_unread(out);
	o = run_observer_with("--version");
	setenv("OBSERVER", newer, 1);
	CHECK(strcmp(o.out, run_observer_with("--version").out), "not another version: %s", o.out);
	s = start_pinned(out, NULL);
	CHECK(strstr(session_errors(s), "goes on where another stopped"), "not taken over: %s", session_errors(s));
	kill(s->pid, SIGINT);
	CHECK(session_finish(s, 0).printed >= 3, "what was unread is not there");
	check_numbers(out);
}

TEST(pinned_and_used_by_another)
{
	char *out = text("%s/out", test_dir());
	struct session *s;

	pins_begin();
	s = start_pinned(out, NULL);
	check_refused("another observer uses");
	CHECK(run_observer_with("unpin", pins_folder()).status == 1, "unpinned under a running one");
	kill(s->pid, SIGINT);
	session_finish(s, 0);
}

/* An end that had to give up its output leaves what was not written to the next. */
TEST(pinned_and_ended_with_a_blocked_output)
{
	char *out = text("%s/out", test_dir());
	struct session *s;
	struct load *l;
	int ends[2];

	pins_begin();
	REQUIRE(pipe2(ends, O_CLOEXEC) == 0, "no pipe: %s", strerror(errno));
	s = session_open(&(struct session_options){
		.args = LIST("-o", "json", text("--pin=%s", pins_folder()), "--fields", "cpu,seq,pid,argv"),
		.stdout_fd = ends[1],
		.raw = true});
	close(ends[1]);
	l = load_new(2000, 2);
	load_run(l, "vfork");
	kill(s->pid, SIGINT);
	sleep_ms(300);
	kill(s->pid, SIGINT);
	session_join(s);
	session_close(s);
	close(ends[0]);
	s = start_pinned(out, NULL);
	for (unsigned int i = 0; i < 1000 * test_patience() && count_lines(out, "exec", "") < l->count / 2; i++)
		sleep_ms(10);
	kill(s->pid, SIGINT);
	session_finish(s, 0);
	/* The pipe took 64 KiB; the rest, and some of it again, is here. */
	CHECK(check_numbers(out) >= l->count / 2, "not there");
}
