/* SPDX-License-Identifier: GPL-2.0-only */
/* What observer needs, what it gives up, what it leaves behind, and what it says where it cannot work. */
#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "child.h"
#include "expect.h"
#include "files.h"
#include "harness.h"
#include "session.h"

#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#define CAP_BPF	    39
#endif
#define NOBODY 65534

static void check_dropped(pid_t tid, const char *which)
{
	char *status = read_whole(text("/proc/%s", which), NULL);
	static const char *const sets[] = {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"};

	REQUIRE(status, "no status of thread %d", tid);
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
		CHECK(!strcmp(line_value(status, sets[i]), "0000000000000000"), "%s is %s", sets[i],
		      line_value(status, sets[i]));
	CHECK_TEXT(line_value(status, "NoNewPrivs"), "1");
	CHECK_TEXT(line_value(status, "Seccomp"), "2");
}

/* Once ready it can do nothing more: each of its threads. */
static void check_all_dropped(struct session *s)
{
	DIR *tasks = opendir(text("/proc/%d/task", s->pid));
	struct dirent *entry;
	size_t nr = 0;

	REQUIRE(tasks, "no threads of observer in /proc");
	while ((entry = readdir(tasks))) {
		if (entry->d_name[0] == '.')
			continue;
		check_dropped(atoi(entry->d_name), text("%d/task/%s/status", s->pid, entry->d_name));
		nr++;
	}
	closedir(tasks);
	CHECK(nr > 0, "no thread at all");
}

TEST(rights_are_given_up)
{
	struct session *s = session_start("--hook", "tp_btf");

	check_all_dropped(s);
	check_works(s);
	session_stop(s);
	s = session_start("--hook", "tracepoint");
	check_all_dropped(s);
	check_works_by(s, true);
	session_stop(s);
}

/* Also with files as outputs, which it had to open for writing. */
TEST(rights_are_given_up_with_files)
{
	struct session *s = session_start("-o", text("log:%s/log", test_dir()));

	check_all_dropped(s);
	check_works(s);
	session_stop(s);
}

static void become_nobody(const unsigned long long *capabilities)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	unsigned long long set = *capabilities;
	struct __user_cap_data_struct data[2] = {{(uint32_t)set, (uint32_t)set, (uint32_t)set},
						 {(uint32_t)(set >> 32), (uint32_t)(set >> 32), (uint32_t)(set >> 32)}};

	prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
	if (setgroups(0, NULL) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0 || setresuid(NOBODY, NOBODY, NOBODY) != 0)
		child_skip("changing ids");
	if (syscall(SYS_capset, &header, data) != 0)
		child_skip("capset");
	for (int i = 0; i < 64; i++)
		if (set & 1ULL << i && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0) != 0)
			child_skip("ambient capabilities");
}

static void nobody_with_two(void *arg)
{
	struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};

	(void)arg;
	/* What a unit's LimitMEMLOCK does: before Linux 5.11 BPF memory counts against it. */
	setrlimit(RLIMIT_MEMLOCK, &all);
	become_nobody(&(unsigned long long){1ULL << CAP_BPF | 1ULL << CAP_PERFMON});
}

static void nobody(void *arg)
{
	(void)arg;
	become_nobody(&(unsigned long long){0});
}

/* The program as this user can run it, wherever the build folder is. */
static void observer_for_all(void)
{
	char *copy = text("%s/observer", test_dir());
	size_t length;
	char *bytes = read_whole(observer_path(), &length);

	REQUIRE(bytes, "cannot read '%s'", observer_path());
	make_file(copy, bytes, length, 0755);
	setenv("OBSERVER", copy, 1);
}

TEST(user_with_two_capabilities)
{
	struct session *s;

	observer_for_all();
	s = session_open(&(struct session_options){.args = (const char *const[]){NULL}, .prepare = nobody_with_two});
	CHECK_TEXT(line_value(read_proc(s->pid, "status", NULL), "Uid"), "65534\t65534\t65534\t65534");
	check_works(s);
	session_stop(s);
	s = session_open(&(struct session_options){.args = LIST("--hook", "tp_btf"), .prepare = nobody_with_two});
	check_works(s);
	session_stop(s);
}

/* One error, with a hint, and the exit status; no events, nothing that would be left attached. */
static void check_refused(const struct session_options *options, int status)
{
	struct outcome o = run_observer(options);
	char *line = o.err;
	size_t nr_errors = 0;

	CHECK_EQ(o.status, status);
	CHECK_TEXT(o.out, "");
	CHECK(strstr(o.err, "hint: "), "no hint: %s", o.err);
	CHECK(!strstr(o.err, "observer: ready"), "it was ready: %s", o.err);
	for (; *line; line += strcspn(line, "\n") + 1)
		nr_errors += !strncmp(line, "observer: ", 10);
	CHECK(nr_errors == 1, "not one error: %s", o.err);
	CHECK(!strstr(o.err, "libbpf:"), "the library speaks: %s", o.err);
}

static void nobody_with_little_memory(void *arg)
{
	struct rlimit little = {65536, 65536};

	(void)arg;
	setrlimit(RLIMIT_MEMLOCK, &little);
	become_nobody(&(unsigned long long){1ULL << CAP_BPF | 1ULL << CAP_PERFMON});
}

/* Where BPF memory counts against the limit of locked memory, the hint is to raise it; elsewhere the limit changes
 * nothing. */
TEST(user_with_little_locked_memory)
{
	char *errors;
	struct session *s;

	observer_for_all();
	s = session_open(&(struct session_options){
		.args = LIST("-o", "json"), .raw = true, .prepare = nobody_with_little_memory, .no_wait = true});
	while (!session_has_ended(s) && !strstr(session_errors(s), "observer: ready"))
		sleep_ms(4);
	if (!s->ended) {
		session_stop(s);
		return;
	}
	errors = session_errors(s);
	CHECK_EQ(s->status, 1 << 8);
	CHECK(strstr(errors, "hint: ") && (strstr(errors, "MEMLOCK") || strstr(errors, "ulimit -l")),
	      "no hint of the limit: %s", errors);
	session_close(s);
}

TEST(user_without_capabilities)
{
	observer_for_all();
	check_refused(&(struct session_options){.raw = true, .prepare = nobody, .args = LIST("-o", "json")}, 1);
	check_refused(&(struct session_options){.raw = true, .prepare = nobody, .args = LIST("--hook", "tp_btf")}, 1);
	check_refused(&(struct session_options){.raw = true, .prepare = nobody, .args = LIST("--hook", "tracepoint")},
		      1);
}

/* As in a container: bpf(2) fails with EPERM, whoever asks. */
static void forbid_bpf(void *arg)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bpf, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof(code) / sizeof(code[0]), code};

	(void)arg;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) != 0)
		child_skip("seccomp");
}

TEST(container_that_forbids_bpf)
{
	check_refused(&(struct session_options){.raw = true, .prepare = forbid_bpf, .args = LIST("-o", "json")}, 1);
}

/* A memory limit that the ring does not fit into. */
/* Before Linux 5.11 BPF memory is not charged to control groups. */
static void try_large_ring(void *group)
{
	memory_group_join(group);
	_exit(ring_buffer_open(64 << 20) < 0 ? 0 : 1);
}

TEST(memory_limit_too_small)
{
	char *group = memory_group(32 << 20);
	struct child c;

	c = child_start(try_large_ring, group);
	if (child_join(&c) != 0)
		test_skip("the kernel does not count BPF memory in control groups");
	check_refused(&(struct session_options){.raw = true,
						.prepare = memory_group_join,
						.arg = group,
						.args = LIST("-o", "json", "--ring", "64M")},
		      1);
}
