/* SPDX-License-Identifier: GPL-2.0-only */
/* Bills of ended children, and checks of exit events that hold for each of them. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "files.h"
#include "harness.h"
#include "json.h"
#include "lives.h"

static uint64_t time_ns(const struct timeval *t)
{
	return (uint64_t)t->tv_sec * 1000000000U + (uint64_t)t->tv_usec * 1000;
}

uint64_t bill_cpu_ns(const struct bill *bill)
{
	return time_ns(&bill->usage.ru_utime) + time_ns(&bill->usage.ru_stime);
}

struct bill bill_take(struct child *c)
{
	struct bill bill = {.pid = c->pid};
	siginfo_t info;
	char *io;

	REQUIRE(waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOWAIT) == 0, "waitid: %s", strerror(errno));
	bill.ended_ns = now_ns(CLOCK_BOOTTIME);
	io = read_proc(c->pid, "io", NULL);
	if (io && line_value(io, "read_bytes") && line_value(io, "write_bytes")) {
		bill.has_io = true;
		bill.read_bytes = strtoull(line_value(io, "read_bytes"), NULL, 10);
		bill.write_bytes = strtoull(line_value(io, "write_bytes"), NULL, 10);
	}
	REQUIRE(wait4(c->pid, &bill.status, 0, &bill.usage) == c->pid, "wait4: %s", strerror(errno));
	test_disown_process(c->pid);
	close(c->ready);
	return bill;
}

void check_exit_status(const json_t *e, int wait_status)
{
	CHECK_JSON_TEXT(e, "event", "exit");
	if (WIFEXITED(wait_status)) {
		CHECK_NUMBER(e, "exit_code", WEXITSTATUS(wait_status));
		CHECK_ABSENT(e, "signal");
		CHECK_ABSENT(e, "signal_name");
		CHECK_FLAG(e, "core", false);
		return;
	}
	CHECK_ABSENT(e, "exit_code");
	CHECK_NUMBER(e, "signal", WTERMSIG(wait_status));
	if (WTERMSIG(wait_status) < 32)
		CHECK_JSON_TEXT(e, "signal_name", sigabbrev_np(WTERMSIG(wait_status)));
	else
		CHECK(json_text(e, "signal_name"), "no signal_name of signal %d", WTERMSIG(wait_status));
	CHECK_FLAG(e, "core", WCOREDUMP(wait_status));
}

json_t *check_exit(struct session *s, pid_t pid, int wait_status)
{
	json_t *e = session_wait_event(s, TYPE_exit, pid, 0);
	unsigned int before = test_failures();

	check_exit_status(e, wait_status);
	CHECK_NUMBER(e, "duration_ns", json_number(e, "boot_ns") - json_number(e, "start_ns"));
	CHECK(json_number(e, "boot_ns") <= now_ns(CLOCK_BOOTTIME), "it ends in the future");
	CHECK_ABSENT(e, "unreadable");
	CHECK_EQ(session_count_events(s, TYPE_exit, pid), 1);
	if (test_failures() != before)
		fprintf(stderr, "the event was: %.2000s\n", json_dumps(e, JSON_COMPACT));
	return e;
}

void check_same_entity(const json_t *one, const json_t *other)
{
	CHECK_JSON_TEXT(one, "entity_id", json_text(other, "entity_id"));
	CHECK_NUMBER(one, "start_ns", json_number(other, "start_ns"));
	CHECK_NUMBER(one, "pid", json_number(other, "pid"));
}

bool cpu_close(uint64_t actual_ns, uint64_t expected_ns)
{
	uint64_t tick_ns = 1000000000U / (uint64_t)sysconf(_SC_CLK_TCK);
	uint64_t apart = actual_ns > expected_ns ? actual_ns - expected_ns : expected_ns - actual_ns;

	return apart <= expected_ns / 10 + tick_ns;
}

bool cpu_close_at_exit(const json_t *e, uint64_t actual_ns, uint64_t expected_ns, uint64_t ended_ns)
{
	uint64_t event_ns = json_number(e, "boot_ns"), later_ns = ended_ns > event_ns ? ended_ns - event_ns : 0;

	if (actual_ns + later_ns < expected_ns)
		return cpu_close(actual_ns + later_ns, expected_ns);
	return actual_ns < expected_ns || cpu_close(actual_ns, expected_ns);
}

void burn_user(unsigned int ms)
{
	uint64_t end = now_ns(CLOCK_THREAD_CPUTIME_ID) + ms * 1000000ULL;
	volatile uint64_t sink = 0;

	while (now_ns(CLOCK_THREAD_CPUTIME_ID) < end)
		for (int i = 0; i < 100000; i++)
			sink += (uint64_t)i;
}

void burn_system(unsigned int ms)
{
	static char bytes[1 << 16];
	uint64_t end = now_ns(CLOCK_THREAD_CPUTIME_ID) + ms * 1000000ULL;
	int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	while (now_ns(CLOCK_THREAD_CPUTIME_ID) < end)
		for (int i = 0; i < 50; i++)
			(void)!read(zero, bytes, sizeof(bytes));
	close(zero);
}
