/* SPDX-License-Identifier: GPL-2.0-only */
/* Places where something is missing, and what is left behind in any place. */
#include <dirent.h>
#include <errno.h>
#include <linux/bpf.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "child.h"
#include "expect.h"
#include "files.h"
#include "harness.h"
#include "session.h"

/* Places where something is missing. */
static void hide(const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && mount("none", path, "tmpfs", 0, "size=4k") != 0)
		child_skip(text("hiding %s", path));
}

static void without_tracefs(void *arg)
{
	(void)arg;
	/* All of them: tracefs may be mounted on both, more than once. */
	while (umount2("/sys/kernel/debug/tracing", MNT_DETACH) == 0)
		;
	while (umount2("/sys/kernel/tracing", MNT_DETACH) == 0)
		;
	while (umount2("/sys/kernel/debug", MNT_DETACH) == 0)
		;
}

TEST(tracefs_not_mounted)
{
	char *before, *after;
	struct session *s;

	own_mounts();
	without_tracefs(NULL);
	before = read_whole("/proc/self/mountinfo", NULL);
	CHECK(!strstr(before, " - tracefs "), "tracefs is mounted still");
	s = session_start("--hook", "tracepoint");
	check_works_by(s, true);
	after = read_whole(text("/proc/%d/mountinfo", s->pid), NULL);
	CHECK_TEXT(after, before);
	session_stop(s);
	CHECK_TEXT(read_whole("/proc/self/mountinfo", NULL), before);
	s = session_start("--hook", "auto");
	check_works(s);
	session_stop(s);
}

static void without_proc(void *arg)
{
	(void)arg;
	hide("/proc");
	if (access("/proc/self", F_OK) == 0)
		child_fail("/proc is there still");
}

/* All of an event comes from the kernel: without /proc nothing is missing. */
TEST(proc_not_mounted)
{
	struct session *s;

	own_mounts();
	s = session_open(&(struct session_options){.args = (const char *const[]){NULL}, .prepare = without_proc});
	/* The same namespace was changed: bring /proc back for the test's own look at the process. */
	REQUIRE(umount2("/proc", MNT_DETACH) == 0, "cannot bring /proc back: %s", strerror(errno));
	check_works(s);
	session_stop(s);
}

static void hide_one(void *path)
{
	hide(path);
}

/* Either it works whole without this, or it says in one error what is missing. */
static void check_without(const char *path)
{
	struct session *s;

	own_mounts();
	s = session_open(&(struct session_options){
		.args = (const char *const[]){NULL}, .prepare = hide_one, .arg = (void *)path, .no_wait = true});
	for (int i = 0; i < 2500 && !strstr(session_errors(s), "\n"); i++)
		sleep_ms(4);
	umount2(path, MNT_DETACH);
	if (strstr(session_errors(s), "observer: ready")) {
		check_works(s);
		session_stop(s);
		return;
	}
	session_join(s);
	CHECK_EQ(s->status, 1 << 8);
	CHECK(!strncmp(session_errors(s), "observer: ", 10) && strstr(session_errors(s), "\nhint: "),
	      "not one error with a hint: %s", session_errors(s));
	session_close(s);
}

TEST(sys_not_mounted)
{
	check_without("/sys");
}

TEST(types_of_the_kernel_missing)
{
	check_without("/sys/kernel/btf");
}

/* With types from a file the kernel's own are not looked at. */
TEST(types_of_the_kernel_from_a_file)
{
	char *path = text("%s/types", test_dir());
	size_t length;
	char *types = read_whole("/sys/kernel/btf/vmlinux", &length);
	struct session *s;
	struct outcome o;

	if (!types)
		test_skip("this kernel does not show its types");
	make_file(path, types, length, 0644);
	own_mounts();
	s = session_open(
		&(struct session_options){.args = LIST("--btf", path), .prepare = hide_one, .arg = "/sys/kernel/btf"});
	check_works_by(s, true);
	session_stop(s);
	/* Hidden still: other hooks than tracepoint need them. */
	o = run_observer_with("--btf", path, "--events", "exec,exit", "--count", "1");
	CHECK_EQ(o.status, 1);
	CHECK(strstr(o.err, "\nhint: without /sys/kernel/btf/vmlinux only exec events"), "%s", o.err);
	umount2("/sys/kernel/btf", MNT_DETACH);
	s = session_start("--btf", path, "--events", "exec,exit");
	check_works(s);
	session_stop(s);
}

TEST(types_of_the_kernel_from_a_bad_file)
{
	char *path = text("%s/types", test_dir()), *types, *named = text("the kernel's types from '%s'", path);
	size_t length;
	struct outcome o;

	need_bpf();
	o = run_observer_with("--btf", path);
	CHECK_EQ(o.status, 1);
	CHECK(strstr(o.err, named) && strstr(o.err, "No such file") && strstr(o.err, "\nhint: "), "%s", o.err);
	types = read_whole("/sys/kernel/btf/vmlinux", &length);
	if (!types)
		test_skip("this kernel does not show its types");
	make_file(path, types, length / 2, 0644);
	o = run_observer_with("--btf", path);
	CHECK_EQ(o.status, 1);
	CHECK(strstr(o.err, named) && strstr(o.err, "neither BTF nor") && strstr(o.err, "\nhint: "), "%s", o.err);
}

/* What the kernel holds for observer's programs, by their ids, as its descriptors tell. */
static size_t bpf_programs_of(pid_t pid, uint32_t *ids, size_t most)
{
	DIR *dir = opendir(text("/proc/%d/fdinfo", pid));
	struct dirent *entry;
	size_t nr = 0;

	REQUIRE(dir, "no fdinfo of observer");
	while ((entry = readdir(dir)) && nr < most) {
		char *info = read_whole(text("/proc/%d/fdinfo/%s", pid, entry->d_name), NULL);
		char *id = info ? line_value(info, "prog_id") : NULL;

		if (id)
			ids[nr++] = (uint32_t)strtoul(id, NULL, 10);
	}
	closedir(dir);
	return nr;
}

static bool program_exists(uint32_t id)
{
	union bpf_attr attr = {.prog_id = id};
	int fd = (int)syscall(SYS_bpf, BPF_PROG_GET_FD_BY_ID, &attr, sizeof(attr));

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static void check_nothing_stays(const char *hook, int signal_number)
{
	struct session *s = session_start("--hook", hook);
	uint32_t ids[16];
	size_t nr = bpf_programs_of(s->pid, ids, 16);

	CHECK(nr > 0, "no program among observer's descriptors");
	kill(s->pid, signal_number);
	session_join(s);
	session_close(s);
	for (size_t i = 0; i < nr; i++) {
		/* The kernel frees them a moment later. */
		for (int tries = 0; tries < 500 && program_exists(ids[i]); tries++)
			sleep_ms(10);
		CHECK(!program_exists(ids[i]), "program %u is still there after %s", ids[i], strsignal(signal_number));
	}
}

TEST(nothing_stays_attached)
{
	check_nothing_stays("tp_btf", SIGINT);
	check_nothing_stays("tracepoint", SIGINT);
	check_nothing_stays("tp_btf", SIGKILL);
	check_nothing_stays("tracepoint", SIGKILL);
}

/* It may be run from a folder that is gone, without environment, without standard input. */
static void bare(void *dir)
{
	if (chdir(dir) != 0 || rmdir(dir) != 0)
		child_skip("a folder that is gone");
	clearenv();
	close(0);
}

TEST(bare_surroundings)
{
	char *dir = text("%s/gone", test_dir());
	struct session *s;

	make_dir(dir);
	s = session_open(&(struct session_options){.args = (const char *const[]){NULL}, .prepare = bare, .arg = dir});
	check_works(s);
	session_stop(s);
}
