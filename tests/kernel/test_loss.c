/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Nothing lost in silence: storms with serial numbers against rings that are too small, readers that are stopped, slow
 * or gone. That the sum is exact and that each gap in the stream is explained where it lies is checked by each
 * session's end.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "files.h"
#include "harness.h"
#include "json.h"
#include "load.h"
#include "session.h"
#include "stream.h"

/* With the default ring and all fields: whatever is lost is counted; at this calm rate nothing is. */
TEST(storm_of_one_thread)
{
	struct load *l = load_new(3000, 4);
	struct session *s = load_session(l, (const char *const[]){NULL});
	struct summary sum;

	l->count /= (uint64_t)sysconf(_SC_NPROCESSORS_ONLN);
	l->one_thread = true;
	load_run(l, "vfork");
	sum = session_stop(s);
	load_check_rest(l, sum.lost);
	load_check_all(l);
}

static void check_storm(const char *mode, const char *const *args, uint64_t count)
{
	struct load *l = load_new(count, 10);
	struct session *s = load_session(l, args);
	struct summary sum;

	load_run(l, mode);
	sum = session_stop(s);
	load_check_rest(l, sum.lost);
	CHECK(sum.seen >= l->count, "%llu seen of at least %llu", (unsigned long long)sum.seen,
	      (unsigned long long)l->count);
	CHECK_EQ(sum.unread, 0);
	if (sum.lost == 0)
		load_check_all(l);
}

TEST(storm_of_vforks)
{
	check_storm("vfork", (const char *const[]){NULL}, 20000);
}

TEST(storm_of_a_chain)
{
	check_storm("chain", (const char *const[]){NULL}, 20000);
}

TEST(storm_through_the_classic_hook)
{
	check_storm("vfork", LIST("--hook", "tracepoint"), 10000);
}

TEST(storm_into_a_small_ring)
{
	check_storm("vfork", LIST("--ring", "64K"), 20000);
	check_storm("chain", LIST("--ring", "64K"), 20000);
}

TEST(storm_with_few_fields)
{
	check_storm("vfork", LIST("--fields", "cpu,seq,argv"), 20000);
}

#define STOP_SECONDS 3 /* half a minute is the same and takes longer: STOP_SECONDS=30 */

/* The reader sleeps through the storm: much is lost, all of it is accounted for, and the hint names a larger ring. */
TEST(storm_while_the_reader_is_stopped)
{
	const char *wanted = getenv("STOP_SECONDS");
	struct load *l = load_new(20000, 10);
	struct session *s = load_session(l, LIST("--ring", "64K"));
	struct summary sum;

	session_pause(s);
	load_run(l, "vfork");
	sleep_ms(1000 * (wanted ? atoi(wanted) : STOP_SECONDS));
	kill(s->pid, SIGCONT);
	sum = session_stop(s);
	load_check_rest(l, sum.lost);
	CHECK(sum.lost > 0 && summary_cause(&sum, "ring_full") == sum.lost, "lost %llu, not for want of room",
	      (unsigned long long)sum.lost);
	CHECK(s->nr_lost_events > 0, "no lost event in the stream");
	CHECK(strstr(session_errors(s), "--ring"), "no hint names a ring that would have held it: %s",
	      session_errors(s));
}

/* The hint is true: with the ring that it names, the same burst is held. */
TEST(storm_hint_of_a_larger_ring)
{
	struct load *l = load_new(4000, 5), *again = load_new(4000, 5);
	struct session *s = load_session(l, LIST("--ring", "64K"));
	char *hint, *size;

	session_pause(s);
	load_run(l, "vfork");
	kill(s->pid, SIGCONT);
	session_stop(s);
	hint = strstr(session_errors(s), "--ring");
	REQUIRE(hint, "no hint: %s", session_errors(s));
	size = hint + strlen("--ring") + 1;
	size = text("%.*s", (int)strspn(size, "0123456789KMG"), size);
	again->count = l->count < again->count ? l->count : again->count;
	s = load_session(again, LIST("--ring", size));
	session_pause(s);
	load_run(again, "vfork");
	kill(s->pid, SIGCONT);
	CHECK_EQ(session_stop(s).lost, 0);
	load_check_all(again);
}

/* Stopped and continued over and over while the storm goes on. */
TEST(storm_with_stops_and_continues)
{
	struct load *l = load_new(20000, 8);
	struct session *s = load_session(l, LIST("--ring", "128K"));
	struct summary sum;

	load_start(l, "vfork");
	for (int i = 0; i < 20; i++) {
		session_pause(s);
		sleep_ms(30);
		kill(s->pid, SIGCONT);
		sleep_ms(30);
	}
	load_join(l);
	sum = session_stop(s);
	load_check_rest(l, sum.lost);
}

/* Ended in the middle of it: what the ring still held, and what came after the signal, is accounted for. */
static void check_end_in_storm(int signal_number)
{
	struct load *l = load_new(20000, 8);
	struct session *s = load_session(l, (const char *const[]){NULL});

	load_start(l, "vfork");
	sleep_ms(300);
	kill(s->pid, signal_number);
	session_finish(s, 0);
	load_join(l);
	CHECK_EQ(l->nr_twice, 0);
	CHECK(l->nr_printed > 0, "nothing of the storm was printed");
}

TEST(storm_ended_by_sigint)
{
	check_end_in_storm(SIGINT);
}

TEST(storm_ended_by_sigterm)
{
	check_end_in_storm(SIGTERM);
}

/* A reader that takes little at a time: lines counted by the test itself, since the session does not see them. */
struct reader {
	int fd;
	unsigned int rest_ms;
	uint64_t close_after; /* bytes; 0: never */
	uint64_t nr_bytes, nr_lines, nr_lost;
	bool in_line;
};

static void *read_slowly(void *arg)
{
	static char bytes[65536];
	struct reader *r = arg;
	char *carried = calloc(1, 1);
	ssize_t got;

	while ((got = read(r->fd, bytes, r->rest_ms ? 8192 : sizeof(bytes))) > 0) {
		r->nr_bytes += (uint64_t)got;
		for (ssize_t i = 0; i < got; i++)
			r->nr_lines += bytes[i] == '\n';
		r->in_line = bytes[got - 1] != '\n';
		if (r->close_after && r->nr_bytes >= r->close_after)
			break;
		if (r->rest_ms)
			sleep_ms(r->rest_ms);
	}
	free(carried);
	close(r->fd);
	return NULL;
}

static struct session *start_into_pipe(struct reader *r, pthread_t *thread, const char *const *args)
{
	struct session *s;
	int ends[2];

	REQUIRE(pipe2(ends, O_CLOEXEC) == 0, "no pipe: %s", strerror(errno));
	s = session_open(&(struct session_options){.args = args, .stdout_fd = ends[1], .raw = true});
	close(ends[1]);
	r->fd = ends[0];
	pthread_create(thread, NULL, read_slowly, r);
	return s;
}

TEST(storm_with_a_slow_reader)
{
	struct reader r = {.rest_ms = 3};
	struct load *l = load_new(8000, 6);
	struct summary sum;
	struct session *s;
	pthread_t thread;

	s = start_into_pipe(&r, &thread, LIST("-o", "log", "--ring", "64K"));
	load_run(l, "vfork");
	kill(s->pid, SIGINT);
	sum = session_finish(s, 0);
	pthread_join(thread, NULL);
	CHECK(r.nr_lines >= sum.printed, "%llu lines for %llu printed", (unsigned long long)r.nr_lines,
	      (unsigned long long)sum.printed);
	CHECK(!r.in_line, "half a line at the end");
}

/* A reader that goes away (observer | head) ends it quietly, with status 0 and a sum that says what was not read. */
TEST(storm_with_a_closed_reader)
{
	struct reader r = {.close_after = 100000};
	struct load *l = load_new(10000, 6);
	struct summary sum;
	struct session *s;
	pthread_t thread;

	s = start_into_pipe(&r, &thread, LIST("-o", "json"));
	load_run(l, "vfork");
	sum = session_finish(s, 0);
	pthread_join(thread, NULL);
	CHECK(r.nr_lines <= sum.printed + 1, "%llu lines were read of %llu", (unsigned long long)r.nr_lines,
	      (unsigned long long)sum.printed);
	CHECK(!strstr(session_errors(s), "rror") && !strstr(session_errors(s), "ipe"), "not quiet: %s",
	      session_errors(s));
}

TEST(strict_status)
{
	struct load *l = load_new(5000, 5);
	struct session *s = load_session(l, LIST("--strict", "--ring", "64K"));
	struct summary sum;
	struct child c;
	char *hold = make_hold("hold");

	session_pause(s);
	load_run(l, "vfork");
	kill(s->pid, SIGCONT);
	kill(s->pid, SIGINT);
	sum = session_finish(s, 3);
	CHECK(sum.lost > 0, "nothing was lost");
	/* Without a loss it changes nothing. */
	s = session_start("--strict");
	c = child_hold(hold, LIST(hold), NULL);
	session_wait_pid(s, c.pid);
	child_end(&c);
	session_stop(s);
}

/* `lost` is never reduced by --fields. */
TEST(lost_events_have_all_their_keys)
{
	struct load *l = load_new(5000, 5);
	struct session *s = session_open(
		&(struct session_options){.args = LIST("--fields", "pid", "--ring", "64K"), .keep_all = true});
	static const char *const keys[] = {"event", "time", "cause", "count", "of", "cpu", "from", "to"};

	session_pause(s);
	load_run(l, "vfork");
	kill(s->pid, SIGCONT);
	session_stop(s);
	CHECK(s->nr_lost_events > 0, "nothing was lost");
	for (size_t i = 0; i < s->nr_objects; i++) {
		bool is_lost = !strcmp(json_text(s->objects[i], "event"), "lost");

		for (size_t j = 0; is_lost && j < sizeof(keys) / sizeof(keys[0]); j++)
			CHECK(json_has(s->objects[i], keys[j]), "lost without '%s'", keys[j]);
		if (!is_lost)
			CHECK_EQ(json_object_size(s->objects[i]), 2);
	}
}

/* In the views for people a loss has a line of its own. */
TEST(lost_events_in_text)
{
	static const char *const formats[] = {"log", "table"};

	for (size_t i = 0; i < 2; i++) {
		struct load *l = load_new(3000, 3);
		struct session *s = session_open(
			&(struct session_options){.args = LIST("-o", formats[i], "--ring", "64K"), .raw = true});
		struct summary sum;

		session_pause(s);
		load_run(l, "vfork");
		kill(s->pid, SIGCONT);
		session_wait_output(s, "ring_full");
		kill(s->pid, SIGINT);
		sum = session_finish(s, 0);
		CHECK(sum.lost > 0, "nothing was lost");
	}
}

/* Long arguments among short execs never cost a short one. */
TEST(long_argv_among_short_execs)
{
	struct load *l = load_new(3000, 5);
	struct session *s = load_session(l, LIST("--ring", "1M"));
	char *hold = make_hold("hold"), *huge = memset(calloc(1, 131001), 'h', 131000);
	struct summary sum;

	load_start(l, "vfork");
	for (int i = 0; i < 20; i++) {
		struct child c = child_hold(hold, LIST(hold, huge, huge, huge, huge, huge, huge, huge, huge), NULL);

		child_end(&c);
	}
	load_join(l);
	sum = session_stop(s);
	load_check_rest(l, sum.lost);
}

/* Each sees all, whatever the other does. */
TEST(two_observers)
{
	struct load *l = load_new(8000, 6), again = *l;
	struct session *first, *second;
	struct summary sum, other;

	again.printed = calloc(l->count, 1);
	first = load_session(l, (const char *const[]){NULL});
	second = load_session(&again, LIST("--ring", "64K"));
	session_pause(second);
	load_run(l, "vfork");
	kill(second->pid, SIGCONT);
	other = session_stop(second);
	sum = session_stop(first);
	load_check_rest(l, sum.lost);
	load_check_rest(&again, other.lost);
	CHECK(other.lost > 0, "the stopped one lost nothing");
}
