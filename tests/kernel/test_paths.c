/* SPDX-License-Identifier: GPL-2.0-only */
/* Paths of programs and working directories: long, deleted, renamed, odd names. Mounts are in test_mounts.c. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "child.h"
#include "expect.h"
#include "files.h"
#include "harness.h"
#include "json.h"
#include "session.h"

/* What a child does before it execs, and how. */
struct way {
	int cwd_fd, program_fd; /* 0: none */
	const char *filename;
};

static void go_and_exec(void *arg)
{
	const struct way *way = arg;

	if (way->cwd_fd && fchdir(way->cwd_fd) != 0)
		child_fail("fchdir");
	if (way->program_fd) {
		/* A number that the test can name in what it expects. */
		if (dup3(way->program_fd, 77, O_CLOEXEC) < 0)
			child_fail("dup3");
		syscall(SYS_execveat, 77, way->filename, (char *[]){"by fd", NULL}, environ,
			*way->filename ? 0 : AT_EMPTY_PATH);
		child_fail("execveat");
	}
	child_exec(way->filename, LIST("by path"), NULL);
}

/* Execs that way; checks every key against `facts`, whose pid and filename are put in here. */
static json_t *check_way(struct session *s, const struct way *way, struct facts facts)
{
	struct child c = child_start(go_and_exec, (void *)way);
	json_t *e;

	child_wait(&c);
	e = session_wait_pid(s, c.pid);
	facts.pid = c.pid;
	if (!facts.filename)
		facts.filename = way->filename;
	check_exec(e, &facts);
	child_end(&c);
	return e;
}

#define BY(...)	   (&(struct way){__VA_ARGS__})
#define FACTS(...) ((struct facts){__VA_ARGS__})

/* Makes `count` folders named `name` one below the other; returns a descriptor of the last, adds to *path. */
static int make_nested(int at, const char *name, size_t count, char *path)
{
	char *end = path + strlen(path);

	for (size_t i = 0; i < count; i++) {
		int below;

		REQUIRE(mkdirat(at, name, 0755) == 0, "cannot make '%.50s': %s", name, strerror(errno));
		below = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		REQUIRE(below >= 0, "cannot open '%.50s': %s", name, strerror(errno));
		close(at);
		at = below;
		end = stpcpy(stpcpy(end, "/"), name);
	}
	return at;
}

static void put_hold(int at)
{
	size_t length;
	const void *bytes = program_bytes(PROGRAM_HOLD, &length);
	int fd = openat(at, "hold", O_WRONLY | O_CREAT | O_CLOEXEC, 0755);

	REQUIRE(fd >= 0 && write(fd, bytes, length) == (ssize_t)length, "no program: %s", strerror(errno));
	close(fd);
}

/* Makes nested folders of about `bytes` bytes of path on a tmpfs, the program in the last; `path` gets the folder's. */
static int make_deep(const char *mount_name, size_t name_length, size_t bytes, char *path)
{
	char *name = memset(calloc(1, name_length + 1), 'd', name_length);
	int at;

	strcpy(path, own_tmpfs(mount_name, "size=128m,nr_inodes=100000"));
	at = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	at = make_nested(at, name, (bytes - strlen(path)) / (name_length + 1), path);
	put_hold(at);
	return at;
}

static void check_deep(size_t name_length, size_t bytes)
{
	char *path = calloc(1, 1 << 16);
	int dir = make_deep("deep", name_length, bytes, path);
	struct session *s = session_start_default();

	check_way(s, BY(.cwd_fd = dir, .filename = "./hold"), FACTS(.exe = text("%s/hold", path), .cwd = path));
	close(dir);
	session_stop(s);
}

TEST(path_of_6000_bytes)
{
	check_deep(200, 6000);
}

TEST(path_of_16000_bytes)
{
	check_deep(255, 16000);
}

TEST(path_of_8000_folders)
{
	check_deep(1, 16000);
}

/* Beyond 16 KiB the end is there and the mark. */
TEST(path_of_20000_bytes)
{
	char *path = calloc(1, 1 << 16);
	int dir = make_deep("deep", 100, 20000, path);
	struct session *s = session_start_default();
	json_t *e = check_way(s, BY(.cwd_fd = dir, .filename = "./hold"), FACTS(.cut_exe = true, .cut_cwd = true));
	struct bytes exe = json_bytes(e, "exe"), cwd = json_bytes(e, "cwd");

	CHECK(json_array_has(e, "truncated", "exe") && json_array_has(e, "truncated", "cwd"), "truncated is %s",
	      json_shown(e, "truncated"));
	CHECK(cwd.length > 15000 && !strcmp(cwd.data + cwd.length - 15000, path + strlen(path) - 15000),
	      "%zu bytes of cwd: %.400s", cwd.length, cwd.data);
	path = text("%s/hold", path);
	CHECK(exe.length > 15000 && !strcmp(exe.data + exe.length - 15000, path + strlen(path) - 15000),
	      "%zu bytes of exe: %.400s", exe.length, exe.data);
	close(dir);
	session_stop(s);
}

/* Names of each length, so that each size at which a name is stored or copied otherwise is met. */
TEST(path_with_names_of_every_length)
{
	struct session *s = session_start_default();

	for (size_t length = 1; length <= 255; length++) {
		char *dir = text("%s/%s", test_dir(), (char *)memset(calloc(1, length + 1), 'n', length)), *path;
		int fd;

		make_dir(dir);
		path = text("%s/%s", dir, (char *)memset(calloc(1, 257 - length), 'p', 256 - length));
		make_program(path, PROGRAM_HOLD);
		fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		check_way(s, BY(.cwd_fd = fd, .filename = path), FACTS(0));
		close(fd);
	}
	session_stop(s);
}

/* The longest name that execve takes: 4,095 bytes. One more is refused by the kernel. */
TEST(filename_of_4095_bytes)
{
	struct session *s = session_start_default();
	char *hold = make_hold("hold"), *name = calloc(1, 4096), *end;

	end = stpcpy(name, test_dir());
	while (strlen(name) + strlen("/hold") + 2 <= 4095)
		end = stpcpy(end, "/.");
	while (strlen(name) + strlen("/hold") < 4095)
		end = stpcpy(end, "/");
	strcpy(end, "/hold");
	CHECK_EQ(strlen(name), 4095);
	check_way(s, BY(.filename = name), FACTS(.exe = hold));
	session_stop(s);
}

TEST(filename_relative_and_linked)
{
	struct session *s = session_start_default();
	char *hold = make_hold("hold"), *link = text("%s/link", test_dir());
	int dir = open(test_dir(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const char *names[] = {"hold", "./hold", "link", ".//./hold"};
	json_t *e;

	REQUIRE(symlink("hold", link) == 0, "no link: %s", strerror(errno));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		e = check_way(s, BY(.cwd_fd = dir, .filename = names[i]), FACTS(0));
		CHECK_JSON_TEXT(e, "exe", hold);
		CHECK_JSON_TEXT(e, "cwd", test_dir());
	}
	close(dir);
	session_stop(s);
}

/* By descriptor: fexecve, and a name below a folder's descriptor; an O_PATH one serves as well. */
TEST(filename_by_descriptor)
{
	struct session *s = session_start_default();
	char *hold = make_hold("hold");
	int file = open(hold, O_RDONLY | O_CLOEXEC), place = open(hold, O_PATH | O_CLOEXEC);
	int dir = open(test_dir(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	check_way(s, BY(.program_fd = file, .filename = ""), FACTS(.filename = "/dev/fd/77"));
	check_way(s, BY(.program_fd = place, .filename = ""), FACTS(.filename = "/dev/fd/77"));
	check_way(s, BY(.program_fd = dir, .filename = "hold"), FACTS(.filename = "/dev/fd/77/hold"));
	/* An absolute name makes the descriptor meaningless. */
	check_way(s, BY(.program_fd = dir, .filename = hold), FACTS(0));
	close(file);
	close(place);
	close(dir);
	session_stop(s);
}

/* Execs the open file; says in the message which way of deleting or renaming it was. */
static json_t *check_open_file(struct session *s, int fd, const char *which, const char *exe, bool unlinked)
{
	unsigned int before = test_failures();
	json_t *e = check_way(s, BY(.program_fd = fd, .filename = ""), FACTS(.filename = "/dev/fd/77"));

	CHECK_JSON_TEXT(e, "exe", exe);
	CHECK_FLAG(e, "unlinked", unlinked);
	CHECK(test_failures() == before, "the case was: %s", which);
	close(fd);
	return e;
}

TEST(program_deleted_or_renamed)
{
	struct session *s = session_start_default();
	char *one = make_hold("one"), *two = text("%s/two", test_dir()), *odd = make_hold("odd (deleted)");
	char *linked = make_hold("linked"), *other = text("%s/other", test_dir());
	int fd = open(one, O_RDONLY | O_CLOEXEC), again;

	check_open_file(s, dup(fd), "there", one, false);
	rename(one, two);
	check_open_file(s, dup(fd), "renamed", two, false);
	/* The name is taken by another file. */
	make_hold("three");
	again = open(text("%s/three", test_dir()), O_RDONLY | O_CLOEXEC);
	rename(two, text("%s/three", test_dir()));
	check_open_file(s, again, "replaced", text("%s/three (deleted)", test_dir()), true);
	unlink(text("%s/three", test_dir()));
	check_open_file(s, fd, "deleted", text("%s/three (deleted)", test_dir()), true);
	/* A name that ends like that of a deleted file. */
	fd = open(odd, O_RDONLY | O_CLOEXEC);
	check_open_file(s, dup(fd), "an odd name", odd, false);
	unlink(odd);
	check_open_file(s, fd, "an odd name deleted", text("%s (deleted)", odd), true);
	/* The name that it was opened by is gone, another one is left. */
	REQUIRE(link(linked, other) == 0, "no second name: %s", strerror(errno));
	fd = open(linked, O_RDONLY | O_CLOEXEC);
	unlink(linked);
	check_open_file(s, fd, "one of two names", text("%s (deleted)", linked), true);
	session_stop(s);
}

/* A file that never had a name. */
TEST(program_without_a_name)
{
	struct session *s = session_start_default();
	int fd = open(test_dir(), O_TMPFILE | O_RDWR, 0755), reading;
	size_t length;
	const void *bytes = program_bytes(PROGRAM_HOLD, &length);

	if (fd < 0)
		test_skip("no files without a name here: %s", strerror(errno));
	REQUIRE(write(fd, bytes, length) == (ssize_t)length, "cannot write: %s", strerror(errno));
	reading = open(text("/proc/self/fd/%d", fd), O_RDONLY | O_CLOEXEC);
	close(fd);
	check_open_file(s, reading, "never named", link_text("/proc/self/fd/%d", reading), true);
	session_stop(s);
}

TEST(cwd_deleted_or_renamed)
{
	struct session *s = session_start_default();
	char *hold = make_hold("hold"), *dir = text("%s/dir", test_dir()), *moved = text("%s/moved", test_dir());
	char *odd = text("%s/x (deleted)", test_dir());
	json_t *e;
	int fd;

	make_dir(dir);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	rename(dir, moved);
	e = check_way(s, BY(.cwd_fd = fd, .filename = hold), FACTS(0));
	CHECK_JSON_TEXT(e, "cwd", moved);
	rmdir(moved);
	e = check_way(s, BY(.cwd_fd = fd, .filename = hold), FACTS(0));
	CHECK_JSON_TEXT(e, "cwd", text("%s (deleted)", moved));
	close(fd);
	make_dir(odd);
	fd = open(odd, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	e = check_way(s, BY(.cwd_fd = fd, .filename = hold), FACTS(0));
	CHECK_JSON_TEXT(e, "cwd", odd);
	close(fd);
	session_stop(s);
}

TEST(cwd_at_the_root)
{
	struct session *s = session_start_default();
	char *hold = make_hold("hold");
	int root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	json_t *e = check_way(s, BY(.cwd_fd = root, .filename = hold), FACTS(0));

	CHECK_JSON_TEXT(e, "cwd", "/");
	close(root);
	session_stop(s);
}

/* Every byte that a name can have, in program, folder and working directory. */
TEST(path_with_every_byte)
{
	struct session *s = session_start_default();

	for (int byte = 1; byte < 256; byte++) {
		char *dir = text("%s/d%c", test_dir(), byte), *path = text("%s/p%cq", dir, byte);
		int fd;

		if (byte == '/')
			continue;
		make_dir(dir);
		make_program(path, PROGRAM_HOLD);
		fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		check_way(s, BY(.cwd_fd = fd, .filename = path), FACTS(0));
		close(fd);
	}
	session_stop(s);
}
