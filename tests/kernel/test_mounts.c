/* SPDX-License-Identifier: GPL-2.0-only */
/* Paths across mounts and roots: bind, overlay, detached and unmounted mounts, chroot, other mount namespaces. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "child.h"
#include "expect.h"
#include "files.h"
#include "harness.h"
#include "json.h"
#include "session.h"

#ifndef SYS_open_tree
#define SYS_open_tree 428
#endif
#define OPEN_TREE_CLONE_FLAG 1

static void unmount(void *path)
{
	umount2(path, MNT_DETACH);
}

static void bind(const char *from, const char *to)
{
	own_mounts();
	REQUIRE(mount(from, to, NULL, MS_BIND, NULL) == 0, "cannot bind '%s' to '%s': %s", from, to, strerror(errno));
	test_on_end(unmount, (void *)to);
}

/* A plain exec of `path`, by default as the test sees it; /proc/PID/exe says `exe`. */
static void check_path(struct session *s, const char *path, const char *exe)
{
	struct child c = child_hold(path, LIST(path), NULL);
	json_t *e = session_wait_pid(s, c.pid);

	check_plain(e, c.pid, path);
	CHECK_JSON_TEXT(e, "exe", exe);
	child_end(&c);
}

TEST(mount_bind)
{
	char *from = text("%s/from", test_dir()), *to = text("%s/to", test_dir()),
	     *deep = text("%s/to/sub/below", test_dir());
	char *file = text("%s/file", test_dir());
	struct session *s;

	own_mounts();
	make_dir(from);
	make_dir(to);
	make_dir(text("%s/sub", from));
	make_dir(text("%s/sub/below", from));
	make_program(text("%s/sub/hold", from), PROGRAM_HOLD);
	make_file(file, "", 0, 0755);
	bind(from, to);
	/* A mount within a mount, and one of a single file. */
	bind(text("%s/sub", from), deep);
	bind(text("%s/sub/hold", from), file);
	s = session_start_default();
	check_path(s, text("%s/sub/hold", from), text("%s/sub/hold", from));
	check_path(s, text("%s/sub/hold", to), text("%s/sub/hold", to));
	check_path(s, text("%s/hold", deep), text("%s/hold", deep));
	check_path(s, file, file);
	session_stop(s);
}

TEST(mount_moved)
{
	char *first = own_tmpfs("first", "size=1m"), *second = text("%s/second", test_dir());
	struct session *s;

	make_dir(second);
	make_program(text("%s/hold", first), PROGRAM_HOLD);
	s = session_start_default();
	check_path(s, text("%s/hold", first), text("%s/hold", first));
	REQUIRE(mount(first, second, NULL, MS_MOVE, NULL) == 0, "cannot move: %s", strerror(errno));
	test_on_end(unmount, second);
	check_path(s, text("%s/hold", second), text("%s/hold", second));
	session_stop(s);
}

/* Many mounts one upon the other and one within the other. */
TEST(mount_nested_deeply)
{
	char *path = text("%s", own_tmpfs("base", "size=4m"));
	struct session *s;

	for (int i = 0; i < 24; i++) {
		path = text("%s/level%d", path, i);
		make_dir(path);
		REQUIRE(mount("none", path, "tmpfs", 0, "size=64k") == 0, "cannot mount: %s", strerror(errno));
		test_on_end(unmount, path);
	}
	make_program(text("%s/hold", path), PROGRAM_HOLD);
	s = session_start_default();
	check_path(s, text("%s/hold", path), text("%s/hold", path));
	session_stop(s);
}

TEST(mount_overlay)
{
	char *base = own_tmpfs("layers", "size=4m"), *where = text("%s/merged", base);
	const char *names[] = {"lower", "upper", "work", "merged"};
	struct session *s;
	struct child c;
	char *program;

	for (size_t i = 0; i < 4; i++)
		make_dir(text("%s/%s", base, names[i]));
	make_program(text("%s/lower/below", base), PROGRAM_HOLD);
	make_program(text("%s/upper/above", base), PROGRAM_HOLD);
	if (mount("overlay", where, "overlay", 0,
		  text("lowerdir=%s/lower,upperdir=%s/upper,workdir=%s/work", base, base, base)) != 0)
		test_skip("overlay cannot be mounted: %s", strerror(errno));
	test_on_end(unmount, where);
	s = session_start_default();
	for (size_t i = 0; i < 2; i++) {
		program = text("%s/%s", where, i ? "above" : "below");
		c = child_hold(program, LIST(program), NULL);
		check_exec(session_wait_pid(s, c.pid), &(struct facts){.pid = c.pid, .filename = program});
		CHECK_JSON_TEXT(session_wait_pid(s, c.pid), "exe", program);
		child_end(&c);
	}
	session_stop(s);
}

static void exec_descriptor(void *fd)
{
	if (dup3(*(int *)fd, 77, O_CLOEXEC) < 0)
		child_fail("dup3");
	syscall(SYS_execveat, 77, "", (char *[]){"by fd", NULL}, environ, AT_EMPTY_PATH);
	child_fail("execveat");
}

static void check_descriptor(struct session *s, int fd, const char *exe)
{
	struct child c = child_start(exec_descriptor, &fd);
	json_t *e;

	child_wait(&c);
	e = session_wait_pid(s, c.pid);
	check_plain(e, c.pid, "/dev/fd/77");
	CHECK_JSON_TEXT(e, "exe", exe);
	child_end(&c);
	close(fd);
}

/* A tree of mounts that hangs nowhere: the path ends at its root. */
TEST(mount_detached)
{
	char *base = own_tmpfs("base", "size=1m");
	struct session *s = session_start_default();
	int tree, fd;

	make_dir(text("%s/sub", base));
	make_program(text("%s/sub/hold", base), PROGRAM_HOLD);
	tree = (int)syscall(SYS_open_tree, AT_FDCWD, base, OPEN_TREE_CLONE_FLAG | O_CLOEXEC);
	if (tree < 0)
		test_skip("no detached mounts: %s", strerror(errno));
	fd = openat(tree, "sub/hold", O_RDONLY | O_CLOEXEC);
	check_descriptor(s, fd, "/sub/hold");
	close(tree);
	session_stop(s);
}

/* Not a memfd, but a file that is called so, at the root of a mount, there and deleted. */
TEST(mount_with_a_false_memfd)
{
	char *base = own_tmpfs("base", "size=1m");
	struct session *s = session_start_default();
	int tree, fd;
	struct child c;
	json_t *e;

	make_program(text("%s/memfd:x", base), PROGRAM_HOLD);
	tree = (int)syscall(SYS_open_tree, AT_FDCWD, base, OPEN_TREE_CLONE_FLAG | O_CLOEXEC);
	if (tree < 0)
		test_skip("no detached mounts: %s", strerror(errno));
	fd = openat(tree, "memfd:x", O_RDONLY | O_CLOEXEC);
	unlinkat(tree, "memfd:x", 0);
	c = child_start(exec_descriptor, &fd);
	child_wait(&c);
	e = session_wait_pid(s, c.pid);
	CHECK_JSON_TEXT(e, "exe", "/memfd:x (deleted)");
	CHECK_FLAG(e, "memfd", false);
	CHECK_FLAG(e, "unlinked", true);
	check_plain(e, c.pid, "/dev/fd/77");
	child_end(&c);
	close(fd);
	close(tree);
	session_stop(s);
}

/* Unmounted while the file is open. */
TEST(mount_gone)
{
	char *base = own_tmpfs("base", "size=1m");
	struct session *s = session_start_default();
	int fd;

	make_dir(text("%s/sub", base));
	make_program(text("%s/sub/hold", base), PROGRAM_HOLD);
	fd = open(text("%s/sub/hold", base), O_RDONLY | O_CLOEXEC);
	REQUIRE(umount2(base, MNT_DETACH) == 0, "cannot unmount: %s", strerror(errno));
	check_descriptor(s, fd, "/sub/hold");
	session_stop(s);
}

static void chroot_and_exec(void *dir)
{
	if (chroot(dir) != 0)
		child_skip("chroot");
	if (chdir("/inside") != 0)
		child_fail("chdir");
	child_exec("/hold", LIST("/hold"), NULL);
}

TEST(root_changed)
{
	char *jail = text("%s/jail", test_dir());
	struct session *s = session_start_default();
	struct child c;
	json_t *e;

	make_dir(jail);
	make_dir(text("%s/inside", jail));
	make_program(text("%s/hold", jail), PROGRAM_HOLD);
	c = child_start(chroot_and_exec, jail);
	child_wait(&c);
	e = session_wait_pid(s, c.pid);
	check_plain(e, c.pid, "/hold");
	CHECK_JSON_TEXT(e, "exe", text("%s/hold", jail));
	CHECK_JSON_TEXT(e, "cwd", text("%s/inside", jail));
	child_end(&c);
	session_stop(s);
}

/* The working directory may lie outside of the root. */
static void chroot_leaving_cwd(void *dir)
{
	if (chdir(test_dir()) != 0 || chroot(dir) != 0)
		child_skip("chroot");
	child_exec("/hold", LIST("/hold"), NULL);
}

TEST(root_changed_with_cwd_outside)
{
	char *jail = text("%s/jail", test_dir());
	struct session *s = session_start_default();
	struct child c;
	json_t *e;

	make_dir(jail);
	make_program(text("%s/hold", jail), PROGRAM_HOLD);
	c = child_start(chroot_leaving_cwd, jail);
	child_wait(&c);
	e = session_wait_pid(s, c.pid);
	check_plain(e, c.pid, "/hold");
	CHECK_JSON_TEXT(e, "cwd", test_dir());
	child_end(&c);
	session_stop(s);
}

static void mount_in_own_namespace(void *dir)
{
	char *path = text("%s/inner", (char *)dir), *program = text("%s/hold", path);
	size_t length;
	const void *bytes = program_bytes(PROGRAM_HOLD, &length);
	int fd;

	if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		child_skip("mount namespace");
	mkdir(path, 0755);
	if (mount("none", path, "tmpfs", 0, "size=1m") != 0)
		child_skip("tmpfs");
	fd = open(program, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	if (fd < 0 || write(fd, bytes, length) != (ssize_t)length)
		child_fail("program");
	close(fd);
	if (chdir(path) != 0)
		child_fail("chdir");
	child_exec(program, LIST(program), NULL);
}

TEST(mount_of_another_namespace)
{
	struct session *s = session_start_default();
	struct child c = child_start(mount_in_own_namespace, (void *)test_dir());
	json_t *e;

	child_wait(&c);
	e = session_wait_pid(s, c.pid);
	check_plain(e, c.pid, text("%s/inner/hold", test_dir()));
	CHECK_JSON_TEXT(e, "exe", text("%s/inner/hold", test_dir()));
	child_end(&c);
	session_stop(s);
}

static void pivot_and_exec(void *dir)
{
	size_t length;
	const void *bytes = program_bytes(PROGRAM_HOLD, &length);
	int fd;

	if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		child_skip("mount namespace");
	if (mount("none", dir, "tmpfs", 0, "size=1m") != 0)
		child_skip("tmpfs");
	fd = open(text("%s/hold", (char *)dir), O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	if (fd < 0 || write(fd, bytes, length) != (ssize_t)length)
		child_fail("program");
	close(fd);
	if (chdir(dir) != 0 || syscall(SYS_pivot_root, ".", ".") != 0)
		child_skip("pivot_root");
	if (umount2(".", MNT_DETACH) != 0 || chdir("/") != 0)
		child_fail("old root");
	child_exec("/hold", LIST("/hold"), NULL);
}

/* As containers do: the whole old tree is gone from the process's view. */
TEST(root_pivoted)
{
	char *dir = text("%s/newroot", test_dir());
	struct session *s = session_start_default();
	struct child c;
	json_t *e;

	make_dir(dir);
	c = child_start(pivot_and_exec, dir);
	child_wait(&c);
	e = session_wait_pid(s, c.pid);
	check_plain(e, c.pid, "/hold");
	CHECK_JSON_TEXT(e, "exe", "/hold");
	CHECK_JSON_TEXT(e, "cwd", "/");
	child_end(&c);
	session_stop(s);
}
