/* SPDX-License-Identifier: GPL-2.0-only */
/* Log lines of the kernel program among the events: --klog, --klog-site, --klog-list. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "files.h"
#include "harness.h"
#include "json.h"
#include "session.h"

/* The line of an exec, and the kernel program's own before it, say the same. */
TEST(klog_line_before_its_event)
{
	struct session *s = session_start_raw(LIST("-o", "log", "--klog", "info"));
	char *hold = make_hold("hold"), *out, *logged, *event;
	struct child c = child_hold(hold, LIST(hold), NULL);
	char *wanted = text(" INFO observer: %d %d %s %zu\n", (int)c.pid, (int)getuid(), hold, strlen(hold));

	out = session_wait_output(s, wanted);
	event = strstr(out, wanted);
	wanted = text(" INFO trace_sched_process_exec: %d %d %s %zu\n", (int)c.pid, (int)getuid(), hold, strlen(hold));
	logged = strstr(out, wanted);
	CHECK(logged && logged < event, "no '%s' before the event", wanted);
	child_end(&c);
	session_stop(s);
}

static void start_and_end(void)
{
	char *hold = make_hold("hold");
	struct child c = child_hold(hold, LIST(hold), NULL);

	child_end(&c);
}

static json_t *find_log(struct session *s, const char *key, const char *value)
{
	for (size_t i = 0; i < s->nr_objects; i++) {
		const char *its = json_text(s->objects[i], key);

		if (!strcmp(json_text(s->objects[i], "event"), "log") && its && !strcmp(its, value))
			return s->objects[i];
	}
	return NULL;
}

TEST(klog_in_json)
{
	struct session *s = session_open(
		&(struct session_options){.args = LIST("--klog", "debug", "--max-argv", "3"), .keep_all = true});
	char *hold = make_hold("hold");
	struct child c = child_hold(hold, LIST(hold), NULL);
	char *message = text("%d %d %s %zu", (int)c.pid, (int)getuid(), hold, strlen(hold));
	json_t *line, *args;

	session_wait_pid(s, c.pid);
	child_end(&c);
	session_stop(s);
	line = find_log(s, "message", message);
	REQUIRE(line, "no log line '%s'", message);
	CHECK_TEXT(json_text(line, "level"), "info");
	CHECK_TEXT(json_text(line, "program"), "trace_sched_process_exec");
	CHECK_TEXT(json_text(line, "function"), "log_exec");
	CHECK_TEXT(json_text(line, "file"), "src/bpf/process.bpf.c");
	CHECK(json_integer_value(json_object_get(line, "line")) > 0, "no line");
	CHECK_EQ(json_integer_value(json_object_get(line, "pid")), c.pid);
	args = json_object_get(line, "args");
	CHECK_EQ(json_array_size(args), 4);
	CHECK_EQ(json_integer_value(json_array_get(args, 0)), c.pid);
	CHECK_TEXT(json_string_value(json_array_get(args, 2)), hold);
	line = find_log(s, "level", "debug");
	REQUIRE(line, "nothing was logged of arguments that were cut");
	CHECK(strstr(json_text(line, "message"), ", 3 asked for"), "%s", json_text(line, "message"));
}

/* One site on, while the level is off; every other is not there. */
TEST(klog_of_one_site)
{
	struct outcome list = run_observer_with("--klog-list");
	char *at = strstr(list.out, " log_exec: "), *place;
	struct session *s;
	struct summary sum;

	CHECK_EQ(list.status, 0);
	REQUIRE(at, "log_exec is not in the list:\n%s", list.out);
	*at = '\0';
	place = strrchr(list.out, '/') + 1;
	s = session_open(&(struct session_options){
		.args = LIST("--klog-site", text("%s=on", place), "--events", "exec,fork"), .keep_all = true});
	start_and_end();
	sum = session_stop(s);
	CHECK(sum.seen > 0, "no exec");
	for (size_t i = 0; i < s->nr_objects; i++)
		if (!strcmp(json_text(s->objects[i], "event"), "log"))
			CHECK_TEXT(json_text(s->objects[i], "function"), "log_exec");
	CHECK(find_log(s, "function", "log_exec"), "nothing was logged");
}

TEST(klog_of_tracepoints)
{
	struct session *s = session_open(&(struct session_options){
		.args = LIST("trace", "task:task_newtask", "-o", "log", "--klog", "trace"), .raw = true});
	char *out, *event;

	start_and_end();
	out = session_wait_output(s, " INFO observer: ");
	event = strstr(out, " INFO observer: ");
	CHECK(strstr(out, "TRACE trace_tracepoint: tracepoint 0: record of ") < event,
	      "no log line before the event: %s", out);
	CHECK(strstr(out, "TRACE trace_tracepoint: "), "no log line: %s", out);
	kill(s->pid, SIGINT);
	session_join(s);
	CHECK(strstr(session_errors(s), "\nlog trace: seen "), "no sum: %s", session_errors(s));
	session_close(s);
}

TEST(klog_of_no_such_site)
{
	static const char *const wrong[] = {"process.bpf.c:1=on", "nowhere.c:5=off", "x", "a:b=on", ":5=on",
					    "a:1=maybe"};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct outcome o = run_observer_with("--klog-site", wrong[i]);

		CHECK_EQ(o.status, 2);
		CHECK(strstr(o.err, "--klog-list"), "no hint: %s", o.err);
	}
}

/* More log lines than their share of the ring holds are lost, and said to be, level by level; no event is pushed out.
 */
TEST(klog_lost_is_counted)
{
	struct session *s = session_open(
		&(struct session_options){.args = LIST("--klog", "trace", "--ring", "128K"), .keep_all = true});
	struct summary sum;
	uint64_t told = 0, printed = 0;
	char *errors, *line;

	session_pause(s);
	for (int i = 0; i < 130; i++)
		start_and_end();
	kill(s->pid, SIGCONT);
	sum = session_stop(s);
	CHECK_EQ(sum.lost, 0);
	errors = session_errors(s);
	line = strstr(errors, "log trace: ");
	REQUIRE(line, "no sum of the level: %s", errors);
	for (size_t i = 0; i < s->nr_objects; i++) {
		const char *event = json_text(s->objects[i], "event"), *level = json_text(s->objects[i], "level");

		if (!level || strcmp(level, "trace") != 0)
			continue;
		if (!strcmp(event, "log"))
			printed++;
		else
			told += json_integer_value(json_object_get(s->objects[i], "count"));
	}
	CHECK(told > 0, "nothing was lost: the ring is too large for this test");
	CHECK(strstr(line, text("printed %llu", (unsigned long long)printed)), "printed %llu: %s",
	      (unsigned long long)printed, line);
	CHECK(strstr(line, text("lost %llu (ring_full", (unsigned long long)told)), "lost %llu: %s",
	      (unsigned long long)told, line);
}
