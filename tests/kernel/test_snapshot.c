/* SPDX-License-Identifier: GPL-2.0-only */
/* What was there already when observer started: each process of /proc, the same entities later, nothing in between. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "files.h"
#include "harness.h"
#include "json.h"
#include "lives.h"
#include "session.h"

static struct session *start(void)
{
	return session_start("--events", "exec,exit,fork,snapshot");
}

/* A process as /proc tells it. */
struct seen {
	pid_t pid;
	unsigned long long start; /* clock ticks since boot */
	char *stat, *status, *comm, *exe, *cwd;
};

static unsigned long long start_ticks(const char *stat)
{
	const char *at = stat ? strrchr(stat, ')') : NULL;

	for (int i = 2; at && i < 22; i++)
		at = strchr(at + 1, ' ');
	return at ? strtoull(at, NULL, 10) : 0;
}

static struct seen look_at(pid_t pid)
{
	struct seen p = {.pid = pid, .stat = read_proc(pid, "stat", NULL)};

	p.status = read_proc(pid, "status", NULL);
	p.comm = read_proc(pid, "comm", NULL);
	if (p.comm && *p.comm)
		p.comm[strlen(p.comm) - 1] = '\0';
	p.exe = link_text("/proc/%d/exe", pid);
	p.cwd = link_text("/proc/%d/cwd", pid);
	p.start = start_ticks(p.stat);
	return p;
}

static struct seen *look_at_all(size_t *ret_nr)
{
	DIR *proc = opendir("/proc");
	struct seen *all = calloc(65536, sizeof(*all));
	struct dirent *entry;

	*ret_nr = 0;
	REQUIRE(proc, "no /proc");
	while ((entry = readdir(proc)) && *ret_nr < 65536)
		if (isdigit((unsigned char)entry->d_name[0]))
			all[(*ret_nr)++] = look_at(atoi(entry->d_name));
	closedir(proc);
	return all;
}

/* The kernel's own workers show what they do behind their name. */
static bool same_name(const char *comm, const char *name)
{
	size_t length = strlen(comm);

	return !strcmp(comm, name) || (!strncmp(comm, name, length) && (length == 15 || strchr("-+/", name[length])));
}

static void check_snapshot(const json_t *e, const struct seen *p)
{
	unsigned int uid = (unsigned int)strtoul(line_value(p->status, "Uid"), NULL, 10);
	uint64_t tick_ns = 1000000000U / (uint64_t)sysconf(_SC_CLK_TCK);

	CHECK_NUMBER(e, "pid", p->pid);
	CHECK_NUMBER(e, "ppid", strtoul(line_value(p->status, "PPid"), NULL, 10));
	CHECK_EQ(json_number(e, "start_ns") / tick_ns, p->start);
	CHECK(json_text(e, "comm") && same_name(json_text(e, "comm"), p->comm), "comm is %s, /proc says %s",
	      json_shown(e, "comm"), p->comm);
	CHECK_NUMBER(e, "uid", uid);
	CHECK_JSON_TEXT(e, "exe", p->exe);
	if (p->exe)
		CHECK_JSON_TEXT(e, "cwd", p->cwd);
	CHECK(json_has(e, "argv") || json_array_has(e, "unreadable", "argv"), "no argv, and no word of it");
}

TEST(snapshot_has_every_process)
{
	char *hold = make_hold("hold"), *odd = make_hold("odd \n name");
	struct child first = child_hold(hold, LIST(hold), NULL), second = child_hold(odd, LIST(odd), NULL);
	size_t nr_before, nr_compared = 0;
	struct seen *before = look_at_all(&nr_before);
	struct session *s = start();

	session_read(s);
	for (size_t i = 0; i < nr_before; i++) {
		struct seen *p = &before[i], now = look_at(p->pid);
		unsigned int failures = test_failures();
		json_t *e;

		/* Both before and after, and no exec in between. */
		if (!p->stat || !p->status || !p->comm || !now.stat || !now.status || now.start != p->start ||
		    !strstr(now.status, "PPid") || session_count_pid(s, p->pid) ||
		    strcmp(p->exe ? p->exe : "", now.exe ? now.exe : "") != 0 ||
		    strcmp(line_value(p->status, "PPid"), line_value(now.status, "PPid")) != 0)
			continue;
		e = session_find_event(s, TYPE_snapshot, p->pid, 0);
		/* A kernel may hide a process from root, and then from its iterators too. */
		if (!e && !link_text("/proc/%d/ns/pid", p->pid))
			continue;
		if (!CHECK(e, "process %d (%.15s) is not in the snapshot", p->pid, line_value(p->status, "Name")))
			continue;
		nr_compared++;
		CHECK_EQ(session_count_events(s, TYPE_snapshot, p->pid), 1);
		/* What it does meanwhile may differ. */
		if (p->cwd && now.cwd && !strcmp(p->cwd, now.cwd))
			check_snapshot(e, p);
		else if (!p->cwd)
			check_snapshot(e, p);
		if (test_failures() != failures)
			fprintf(stderr, "the event was: %.2000s\n", json_dumps(e, JSON_COMPACT));
	}
	CHECK(nr_compared > 4, "only %zu processes were compared", nr_compared);
	CHECK(session_find_event(s, TYPE_snapshot, first.pid, 0), "the first child is missing");
	CHECK(session_find_event(s, TYPE_snapshot, second.pid, 0), "the second child is missing");
	/* Observer itself is there, the threads of others are not. */
	CHECK_EQ(session_count_events(s, TYPE_snapshot, s->pid), 1);
	child_end(&first);
	child_end(&second);
	session_stop(s);
}

/* Standard error takes nothing, so that observer gets no further than to the word that it is ready. */
static void say_nothing(void *arg)
{
	int *ends = arg;

	fcntl(ends[1], F_SETFL, O_NONBLOCK);
	while (write(ends[1], "", 1) == 1)
		;
	fcntl(ends[1], F_SETFL, 0);
	dup2(ends[1], 2);
}

TEST(snapshot_is_written_before_ready)
{
	int ends[2];
	struct session *s;

	REQUIRE(pipe(ends) == 0, "no pipe: %s", strerror(errno));
	s = session_open(&(struct session_options){
		.args = LIST("--events", "snapshot"), .no_wait = true, .prepare = say_nothing, .arg = ends});
	session_wait_event(s, TYPE_snapshot, getpid(), 0);
	session_wait_event(s, TYPE_snapshot, s->pid, 0);
	kill(s->pid, SIGKILL);
	session_join(s);
	session_close(s);
	close(ends[0]);
	close(ends[1]);
}

/* One process before and after. */
static void sleep_then_exec(void *hold)
{
	(void)!write(1, ".", 1);
	raise(SIGSTOP);
	child_exec(hold, LIST(hold, "later"), NULL);
}

TEST(snapshot_and_later_events_are_one)
{
	char *hold = make_hold("hold");
	struct child c = child_start(sleep_then_exec, hold), other = child_hold(hold, LIST(hold), NULL);
	struct session *s;
	json_t *e, *exec, *end;

	child_wait(&c);
	s = start();
	e = session_wait_event(s, TYPE_snapshot, c.pid, 0);
	CHECK_JSON_TEXT(e, "exe", link_text("/proc/self/exe"));
	while (kill(c.pid, SIGCONT) == 0 && session_count_pid(s, c.pid) == 0)
		sleep_ms(5);
	exec = session_wait_pid(s, c.pid);
	check_same_entity(exec, e);
	CHECK_JSON_TEXT(exec, "parent_entity_id", json_text(e, "parent_entity_id"));
	CHECK(json_number(exec, "boot_ns") > json_number(e, "boot_ns"), "the exec is older than the snapshot");
	kill(c.pid, SIGKILL);
	end = check_exit(s, c.pid, child_join(&c));
	check_same_entity(end, e);
	CHECK_JSON_TEXT(end, "exe", hold);
	/* One that never calls exec: its program is known from the snapshot. */
	kill(other.pid, SIGTERM);
	end = check_exit(s, other.pid, child_join(&other));
	check_same_entity(end, session_wait_event(s, TYPE_snapshot, other.pid, 0));
	CHECK_JSON_TEXT(end, "exe", hold);
	session_stop(s);
}

/* The parent of everything is the test, which was there. */
TEST(snapshot_tells_the_parents)
{
	char *hold = make_hold("hold");
	struct session *s = start();
	struct child c = child_hold(hold, LIST(hold), NULL);

	CHECK_JSON_TEXT(session_wait_pid(s, c.pid), "parent_entity_id",
			json_text(session_wait_event(s, TYPE_snapshot, getpid(), 0), "entity_id"));
	child_end(&c);
	session_stop(s);
}

/* A process whose leader has ended is one still; its threads are not. */
static void *stay(void *arg)
{
	(void)!write(1, ".", 1);
	for (;;)
		pause();
	return arg;
}

static void leave_threads(void *arg)
{
	pthread_t thread;

	(void)arg;
	for (int i = 0; i < 3; i++)
		pthread_create(&thread, NULL, stay, NULL);
	sleep_ms(50);
	syscall(SYS_exit, 0);
}

TEST(snapshot_of_a_process_without_leader)
{
	struct child c = child_start(leave_threads, NULL);
	struct session *s;
	json_t *e;

	child_wait(&c);
	while (!strstr(read_proc(c.pid, "stat", NULL), ") Z "))
		sleep_ms(1);
	s = start();
	e = session_wait_event(s, TYPE_snapshot, c.pid, 0);
	CHECK_JSON_TEXT(e, "comm", "kernel_tests");
	CHECK_NUMBER(e, "ppid", getpid());
	CHECK_EQ(session_count_events(s, TYPE_snapshot, c.pid), 1);
	kill(c.pid, SIGKILL);
	check_same_entity(check_exit(s, c.pid, child_join(&c)), e);
	session_stop(s);
}

/* Lives of all lengths while observer starts: each is in the snapshot or in the stream, from its beginning on. */
static void storm_of_forks(void *arg)
{
	unsigned int seed = 1;

	(void)arg;
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		if (fork() == 0) {
			/* Some live so long that the snapshot meets them even where the storm is held up. */
			usleep((useconds_t)(rand_r(&seed) % (rand_r(&seed) % 8 ? 30000 : 600000)));
			_exit(0);
		}
		rand_r(&seed);
		usleep(400);
	}
}

/* A text that is unique to a process, for the sets below. */
static const char *entity(const json_t *e)
{
	return json_text(e, "entity_id");
}

/* Ends of children of that process so far. */
static size_t nr_ends(struct session *s, pid_t parent)
{
	size_t nr = 0;

	session_read(s);
	for (size_t i = 0; i < s->nr_objects; i++) {
		json_t *e = s->objects[i];

		nr += !strcmp(json_text(e, "event"), "exit") && json_has(e, "ppid") &&
		      json_number(e, "ppid") == (uint64_t)parent;
	}
	return nr;
}

TEST(snapshot_and_stream_leave_nothing_out)
{
	for (int round = 0; round < 4; round++) {
		struct child c = child_start(storm_of_forks, NULL);
		json_t *known = json_object();
		uint64_t last_snapshot_ns = 0;
		size_t nr_exits = 0, nr_snapshots = 0;
		struct session *s;

		sleep_ms(100);
		s = session_open(&(struct session_options){
			.args = LIST("--events", "exec,exit,fork,snapshot", "--ring", "16M"), .keep_all = true});
		sleep_ms(300);
		/* The check below asks for as many; a slow machine needs longer. */
		for (int i = 0; i < 100 * (int)test_patience() && nr_ends(s, c.pid) <= 100; i++)
			sleep_ms(100);
		child_end(&c);
		session_stop(s);
		CHECK_EQ(session_summary_of(s, TYPE_fork).lost + session_summary_of(s, TYPE_exit).lost +
				 session_summary_of(s, TYPE_snapshot).lost,
			 0);
		for (size_t i = 0; i < s->nr_objects; i++) {
			json_t *e = s->objects[i];

			if (!strcmp(json_text(e, "event"), "snapshot") && json_number(e, "boot_ns") > last_snapshot_ns)
				last_snapshot_ns = json_number(e, "boot_ns");
		}
		for (size_t i = 0; i < s->nr_objects; i++) {
			json_t *e = s->objects[i];
			const char *type = json_text(e, "event");

			if (!strcmp(type, "fork") || !strcmp(type, "snapshot") || !strcmp(type, "exec")) {
				json_object_set_new(known, entity(e), json_true());
				nr_snapshots += !strcmp(type, "snapshot") && json_number(e, "ppid") == (uint64_t)c.pid;
				continue;
			}
			if (!json_has(e, "ppid") || json_number(e, "ppid") != (uint64_t)c.pid)
				continue;
			nr_exits++;
			/* One that ended before the snapshot came to it needs none. */
			CHECK(json_object_get(known, entity(e)) || json_number(e, "boot_ns") < last_snapshot_ns,
			      "process %s ends, and nothing was told of it before", json_shown(e, "pid"));
		}
		CHECK(nr_exits > 100 && nr_snapshots > 0, "%zu ends and %zu snapshots are too few", nr_exits,
		      nr_snapshots);
	}
}

TEST(snapshot_only_when_asked)
{
	struct session *s = session_start("--events", "exec,exit");
	struct summary sum;

	session_stop(s);
	sum = session_summary_of(s, TYPE_snapshot);
	CHECK_EQ(s->nr_events[TYPE_snapshot], 0);
	CHECK_EQ(sum.printed, 0);
}
