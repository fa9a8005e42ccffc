/* SPDX-License-Identifier: GPL-2.0-only */
/* Ways to end: a count, a time, signals, readers that went away. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "files.h"
#include "harness.h"
#include "load.h"
#include "session.h"

TEST(count_of_events)
{
	struct load *l = load_new(500, 5);
	struct session *s = load_session(l, LIST("--count", "10"));
	struct summary sum;

	load_run(l, "vfork");
	sum = session_finish(s, 0);
	CHECK_EQ(sum.printed, 10);
	CHECK_EQ(s->nr_events[TYPE_exec], 10);
}

TEST(duration)
{
	uint64_t begin = now_ns(CLOCK_MONOTONIC), took_ms;
	struct session *s = session_start("--duration", "1s");

	session_finish(s, 0);
	took_ms = (now_ns(CLOCK_MONOTONIC) - begin) / 1000000;
	CHECK(took_ms >= 1000 && took_ms < 10000, "one second took %llu ms", (unsigned long long)took_ms);
}

static void ignore_signals(void *arg)
{
	(void)arg;
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
}

/* As under nohup or from a script's background job. */
TEST(signals_inherited_as_ignored)
{
	struct session *s = session_open(&(struct session_options){.prepare = ignore_signals});

	kill(s->pid, SIGTERM);
	session_finish(s, 0);
	s = session_open(&(struct session_options){.prepare = ignore_signals});
	session_stop(s);
}

/* Without anything to write it need not notice; the next exec makes it. */
TEST(closed_reader_of_few_events)
{
	char *hold = make_hold("hold");
	struct session *s;
	struct child c;
	int ends[2];

	REQUIRE(pipe2(ends, O_CLOEXEC) == 0, "no pipe: %s", strerror(errno));
	s = session_open(&(struct session_options){.args = LIST("-o", "log"), .stdout_fd = ends[1], .raw = true});
	close(ends[1]);
	close(ends[0]);
	c = child_hold(hold, LIST(hold), NULL);
	session_finish(s, 0);
	CHECK(!strstr(session_errors(s), "hint"), "not quiet: %s", session_errors(s));
	child_end(&c);
}
