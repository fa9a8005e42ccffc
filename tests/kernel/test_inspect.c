/* SPDX-License-Identifier: GPL-2.0-only */
/* observer inspect: what it says of a running observer agrees with the kernel, with bpftool, and with what happens. */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "files.h"
#include "harness.h"
#include "json.h"
#include "session.h"

#define NOBODY	  65534
#define MANY_MAPS 300

static struct outcome inspect(const char *const *args)
{
	return run_observer(&(struct session_options){.args = args, .raw = true});
}

/* All objects of an output in JSON. */
static json_t *objects_of(const char *out)
{
	json_t *all = json_array();

	for (size_t length; *out; out += length + (out[length] == '\n')) {
		json_t *object;

		length = strcspn(out, "\n");
		object = session_parse(out, length);
		REQUIRE(object, "no JSON: %.*s", (int)length, out);
		json_array_append_new(all, object);
	}
	return all;
}

/* The object of this type with that name and process. */
static json_t *find(json_t *all, const char *event, const char *name, pid_t pid)
{
	json_t *object;
	size_t i;

	json_array_foreach(all, i, object) if (!strcmp(json_text(object, "event"), event) &&
					       json_text(object, "name") && !strcmp(json_text(object, "name"), name) &&
					       json_has(object, "pid") &&
					       json_number(object, "pid") == (uint64_t)pid) return object;
	return NULL;
}

static json_t *require(json_t *all, const char *event, const char *name, pid_t pid)
{
	json_t *object = find(all, event, name, pid);

	REQUIRE(object, "no %s %s of process %d", event, name, pid);
	return object;
}

/* The number is one of the array's. */
static bool has_id(const json_t *object, const char *key, uint64_t id)
{
	const json_t *array = json_object_get(object, key);

	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *item = json_array_get(array, i);

		if (json_is_integer(item) && (uint64_t)json_integer_value(item) == id)
			return true;
	}
	return false;
}

static void make_execs(int nr)
{
	for (int i = 0; i < nr; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			execl("/bin/true", "true", NULL);
			_exit(127);
		}
		waitpid(pid, NULL, 0);
	}
}

/* Execs without an end, in a process of their own. */
static pid_t start_execs(void)
{
	pid_t pid = fork();

	if (pid == 0)
		for (;;) {
			make_execs(1);
			sleep_ms(5);
		}
	test_own_process(pid);
	return pid;
}

static void stop_execs(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	test_disown_process(pid);
}

/* Skips where the kernel keeps no statistics for this process. */
static void need_statistics(void)
{
	union bpf_attr attr = {.enable_stats.type = BPF_STATS_RUN_TIME};
	int fd;

	need_bpf();
	fd = syscall(SYS_bpf, BPF_ENABLE_STATS, &attr, sizeof(attr));
	if (fd < 0)
		test_skip("the kernel keeps no statistics of runs: %s", strerror(errno));
	close(fd);
}

TEST(inspect_running_observer)
{
	struct session *s;
	struct outcome o;
	json_t *all, *program, *map;
	pid_t execs;

	need_statistics();
	s = session_start("--hook", "tp_btf", "--ring", "1M");
	execs = start_execs();
	o = inspect(LIST("inspect", "-o", "json", "--interval", "500ms"));
	stop_execs(execs);
	CHECK_EQ(o.status, 0);
	all = objects_of(o.out);
	program = require(all, "program", "trace_sched_process_exec", s->pid);
	CHECK_JSON_TEXT(program, "attached", "tp_btf sched_process_exec");
	CHECK_JSON_TEXT(program, "type", "tracing");
	CHECK_JSON_TEXT(program, "comm", "observer");
	CHECK_NUMBER(program, "uid", getuid());
	CHECK_NUMBER(program, "holders", 1);
	CHECK(json_number(program, "runs") > 0, "it did not run: %s", o.out);
	CHECK(json_number(program, "ns_per_run") == json_number(program, "run_ns") / json_number(program, "runs"),
	      "the mean is another: %s", o.out);
	CHECK(json_number(program, "interval_ns") >= 500000000, "a shorter interval: %s", o.out);
	CHECK(json_number(program, "translated") > 0, "no size: %s", o.out);
	map = require(all, "map", "events", s->pid);
	CHECK_JSON_TEXT(map, "type", "ringbuf");
	CHECK_NUMBER(map, "entries", 1 << 20);
	CHECK(has_id(map, "program_ids", json_number(program, "id")), "the map is none of the program: %s",
	      json_shown(map, "program_ids"));
	CHECK(has_id(program, "map_ids", json_number(map, "id")), "nor the reverse: %s",
	      json_shown(program, "map_ids"));
	session_stop(s);
}

TEST(inspect_classic_tracepoint)
{
	struct session *s;
	json_t *program;

	need_bpf();
	s = session_start("--hook", "tracepoint");
	program = require(objects_of(inspect(LIST("inspect", "-o", "json", "--interval", "0")).out), "program",
			  "trace_sched_process_exec", s->pid);
	CHECK_JSON_TEXT(program, "attached", "tracepoint sched_process_exec");
	CHECK_ABSENT(program, "runs");
	session_stop(s);
}

/* The same numbers as bpftool gives, where it is installed. */
static void compare_with_bpftool(const json_t *ours, const char *object, const char *const *keys)
{
	char *path = text("%s/bpftool.json", test_dir());
	char *command = text("PATH=$PATH:/usr/sbin:/sbin bpftool -j %s show id %llu >%s 2>/dev/null", object,
			     (unsigned long long)json_number(ours, "id"), path);
	json_t *theirs = system(command) ? NULL : json_load_file(path, 0, NULL);

	if (!theirs)
		test_skip("bpftool is not installed, or shows nothing");
	for (; *keys; keys += 2) {
		const json_t *value = json_object_get(theirs, keys[1]);

		if (json_is_integer(value))
			CHECK(json_number(ours, keys[0]) == (uint64_t)json_integer_value(value),
			      "%s is %s, bpftool has %lld", keys[0], json_shown(ours, keys[0]),
			      (long long)json_integer_value(value));
		else
			CHECK(value && !strcmp(json_text(ours, keys[0]), json_string_value(value)),
			      "%s is %s, bpftool has %s", keys[0], json_shown(ours, keys[0]),
			      value ? json_string_value(value) : "nothing");
	}
}

TEST(inspect_agrees_with_bpftool)
{
	struct session *s;
	json_t *all;

	need_bpf();
	s = session_start("--hook", "tp_btf");
	all = objects_of(inspect(LIST("inspect", "-o", "json", "--interval", "0")).out);
	compare_with_bpftool(require(all, "program", "trace_sched_process_exec", s->pid), "prog",
			     LIST("type", "type", "tag", "tag", "uid", "uid", "translated", "bytes_xlated", "jited",
				  "bytes_jited", "memlock", "bytes_memlock"));
	compare_with_bpftool(require(all, "map", "events", s->pid), "map",
			     LIST("type", "type", "name", "name", "key_size", "bytes_key", "value_size", "bytes_value",
				  "entries", "max_entries", "memlock", "bytes_memlock"));
	session_stop(s);
}

static uint64_t total_runs(pid_t pid)
{
	json_t *all = objects_of(inspect(LIST("inspect", "-o", "json", "--interval", "0")).out);

	return json_number(require(all, "program", "trace_sched_process_exec", pid), "total_runs");
}

/* Runs are counted while it measures, and no longer; where others have switched the statistics on, nothing can be said.
 */
TEST(inspect_leaves_statistics_off)
{
	struct session *s;
	uint64_t before, after;

	need_statistics();
	s = session_start("--hook", "tp_btf");
	before = total_runs(s->pid);
	make_execs(20);
	if (total_runs(s->pid) != before)
		test_skip("statistics are on already");
	inspect(LIST("inspect", "-o", "json", "--interval", "200ms"));
	after = total_runs(s->pid);
	make_execs(20);
	CHECK_EQ(total_runs(s->pid), after);
	session_stop(s);
}

TEST(inspect_choice)
{
	struct session *s;
	struct outcome o;
	char *id;

	need_bpf();
	s = session_start("--hook", "tp_btf");
	o = inspect(LIST("inspect", "-o", "json", "--interval", "0", "--name", "trace_sched_process_e*"));
	id = text("%llu", (unsigned long long)json_number(
				  require(objects_of(o.out), "program", "trace_sched_process_exec", s->pid), "id"));
	CHECK(!strstr(o.out, "\"remember_root\""), "another program: %s", o.out);
	CHECK(strstr(o.out, "\"events\""), "its maps are missing: %s", o.out);
	o = inspect(LIST("inspect", "-o", "json", "--interval", "0", "--id", id));
	CHECK(json_array_size(objects_of(o.out)) > 1, "not the program and its maps: %s", o.out);
	o = inspect(LIST("inspect", "--interval", "0", "--all"));
	CHECK(o.status == 0 && strstr(o.out, "trace_sched_process_exec") && strstr(o.out, "bpftool prog show"),
	      "the page: %s", o.out);
	o = inspect(LIST("inspect", "-v", "--interval", "0", "--id", id));
	CHECK(strstr(o.out, text("bpftool prog show id %s", id)), "no command of bpftool: %s", o.out);
	o = inspect(LIST("inspect", "-o", "log"));
	CHECK(o.status == 2 && strstr(o.err, "the formats are: table, json"), "another format: %s", o.err);
	o = inspect(LIST("inspect", "--count", "2"));
	CHECK(o.status == 2 && strstr(o.err, "--watch --count 2"), "a count of nothing: %s", o.err);
	o = inspect(LIST("inspect", "--fields", "help"));
	CHECK(o.status == 0 && strstr(o.out, "ns_per_run") && strstr(o.out, "value_size"), "the fields: %s", o.out);
	o = inspect(LIST("inspect", "--interval", "0", "--name", "nothing\x1b[31m*"));
	CHECK_EQ(o.status, 1);
	CHECK(strstr(o.err, "hint: ") && !strchr(o.err, '\x1b'), "the error: %s", o.err);
	session_stop(s);
}

static int bpf(int command, union bpf_attr *attr)
{
	int fd = syscall(SYS_bpf, command, attr, sizeof(*attr));

	if (fd < 0)
		test_skip("bpf command %d: %s", command, strerror(errno));
	return fd;
}

/* A program that does nothing. */
static int load_nothing(void)
{
	static const struct bpf_insn code[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
		.insns = (uintptr_t)code,
		.insn_cnt = sizeof(code) / sizeof(code[0]),
		.license = (uintptr_t) "GPL",
		.prog_name = "has_many_maps",
	};

	return bpf(BPF_PROG_LOAD, &attr);
}

static void bind_maps(int program, int nr)
{
	for (int i = 0; i < nr; i++) {
		union bpf_attr map = {.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1};
		int fd = bpf(BPF_MAP_CREATE, &map);
		union bpf_attr bind = {.prog_bind_map = {.prog_fd = program, .map_fd = fd}};

		bpf(BPF_PROG_BIND_MAP, &bind);
		close(fd);
	}
}

TEST(inspect_many_maps)
{
	json_t *all, *program;
	int fd;

	need_bpf();
	fd = load_nothing();
	bind_maps(fd, MANY_MAPS);
	all = objects_of(inspect(LIST("inspect", "-o", "json", "--interval", "0", "--name", "has_many_maps")).out);
	program = require(all, "program", "has_many_maps", getpid());
	CHECK_EQ(json_array_size(json_object_get(program, "map_ids")), MANY_MAPS);
	CHECK_EQ(json_array_size(all), MANY_MAPS + 1);
	close(fd);
}

TEST(inspect_watch_in_a_pipe)
{
	struct session *s;
	struct outcome o;

	need_bpf();
	s = session_start("--hook", "tp_btf");
	o = inspect(LIST("inspect", "--watch", "--interval", "100ms", "--count", "3", "--name",
			 "trace_sched_process_exec"));
	CHECK_EQ(o.status, 0);
	CHECK(!strncmp(o.out, "TIME", 4) && !strchr(o.out, '\x1b'), "no plain lines: %s", o.out);
	o = inspect(LIST("inspect", "--watch", "--interval", "100ms", "--count", "2", "-o", "json", "--fields",
			 "id,runs,entries"));
	CHECK_EQ(o.status, 0);
	CHECK(json_array_size(objects_of(o.out)) >= 4, "too few objects: %s", o.out);
	session_stop(s);
}

static void become_nobody(void *arg)
{
	(void)arg;
	if (setgid(NOBODY) || setuid(NOBODY))
		child_fail("become nobody");
}

TEST(inspect_without_rights)
{
	struct outcome o;

	if (getuid() != 0)
		test_skip("needs root, to become another");
	o = run_observer(
		&(struct session_options){.args = LIST("inspect", "--all"), .raw = true, .prepare = become_nobody});
	CHECK_EQ(o.status, 1);
	CHECK_TEXT(o.out, "");
	CHECK(strstr(o.err, "CAP_SYS_ADMIN") && strstr(o.err, "hint: "), "the error: %s", o.err);
}
