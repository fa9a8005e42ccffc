/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs that others interpret: #! lines, chains of them, by descriptor, and binfmt_misc. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "child.h"
#include "expect.h"
#include "files.h"
#include "harness.h"
#include "json.h"
#include "session.h"

static char *hold;

static struct session *start(void)
{
	hold = make_hold("hold");
	return session_start_default();
}

static char *make_script(const char *name, const char *content)
{
	char *path = text("%s/%s", test_dir(), name);

	make_file(path, content, strlen(content), 0755);
	return path;
}

static void check_script(struct session *s, const char *script, const char *interp, const char *const *expected_argv)
{
	struct child c = child_hold(script, LIST("argv0", "x", "y"), NULL);
	json_t *e = session_wait_pid(s, c.pid);
	struct strings list = {(const char **)expected_argv, 0};

	while (expected_argv[list.nr])
		list.nr++;
	check_exec(e, &(struct facts){.pid = c.pid, .filename = script, .interp = interp});
	CHECK_JSON_TEXT(e, "exe", hold);
	CHECK_STRINGS(e, "argv", list);
	child_end(&c);
}

TEST(script_simple)
{
	struct session *s = start();
	char *plain = make_script("plain", text("#!%s\n", hold)),
	     *word = make_script("word", text("#!  %s\t-x  y \nrest", hold));

	check_script(s, plain, hold, LIST(hold, plain, "x", "y"));
	/* All that follows the interpreter is one argument. */
	check_script(s, word, hold, LIST(hold, "-x  y", word, "x", "y"));
	session_stop(s);
}

/* A script whose interpreter is a script, and so on: the last interpreter is the one that runs. */
TEST(script_chain)
{
	struct session *s = start();
	char *first = make_script("first", text("#!%s one\n", hold));
	char *second = make_script("second", text("#!%s two\n", first));
	char *third = make_script("third", text("#!%s\n", second));
	char *fourth = make_script("fourth", text("#!%s four\n", third));

	check_script(s, second, hold, LIST(hold, "one", first, "two", second, "x", "y"));
	check_script(s, fourth, hold, LIST(hold, "one", first, "two", second, third, "four", fourth, "x", "y"));
	session_stop(s);
}

static void exec_in_dir(void *arg)
{
	const char *const *call = arg;

	if (chdir(call[0]) != 0)
		child_fail("chdir");
	child_exec(call[1], LIST("argv0"), NULL);
}

/* The interpreter is named relative to the working directory. */
TEST(script_with_relative_interpreter)
{
	struct session *s = start();
	struct child c;
	json_t *e;

	make_script("script", "#!./hold\n");
	c = child_start(exec_in_dir, (void *)LIST(test_dir(), "./script"));
	child_wait(&c);
	e = session_wait_pid(s, c.pid);
	check_exec(e, &(struct facts){.pid = c.pid, .filename = "./script", .interp = "./hold"});
	CHECK_JSON_TEXT(e, "exe", hold);
	child_end(&c);
	session_stop(s);
}

struct by_descriptor {
	const char *path, *name; /* opened; name below it, or "" */
};

static void exec_descriptor(void *arg)
{
	const struct by_descriptor *by = arg;
	int fd = open(by->path, O_RDONLY | O_CLOEXEC);

	/* Not to be closed by the exec: the interpreter could not open it. */
	if (fd < 0 || dup2(fd, 77) < 0)
		child_fail("open");
	syscall(SYS_execveat, 77, by->name, (char *[]){"argv0", "x", NULL}, environ, *by->name ? 0 : AT_EMPTY_PATH);
	child_fail("execveat");
}

TEST(script_by_descriptor)
{
	struct session *s = start();
	struct by_descriptor file = {make_script("script", text("#!%s\n", hold)), ""}, dir = {test_dir(), "script"};
	struct child c = child_start(exec_descriptor, &file);
	json_t *e;

	child_wait(&c);
	e = session_wait_pid(s, c.pid);
	check_exec(e, &(struct facts){.pid = c.pid, .filename = "/dev/fd/77", .interp = hold});
	CHECK_STRINGS(e, "argv", ((struct strings){(const char **)LIST(hold, "/dev/fd/77", "x"), 3}));
	child_end(&c);
	c = child_start(exec_descriptor, &dir);
	child_wait(&c);
	e = session_wait_pid(s, c.pid);
	check_exec(e, &(struct facts){.pid = c.pid, .filename = "/dev/fd/77/script", .interp = hold});
	CHECK_STRINGS(e, "argv", ((struct strings){(const char **)LIST(hold, "/dev/fd/77/script", "x"), 3}));
	child_end(&c);
	session_stop(s);
}

/* The line may be 255 bytes long since Linux 5.1 (BINPRM_BUF_SIZE): the interpreter's name with it. */
TEST(script_with_long_interpreter)
{
	struct session *s = start();
	size_t length = 250 - strlen(test_dir());
	char *dirs = text("%s", test_dir()), *script;

	while (strlen(dirs) + 2 + strlen("hold") < length)
		dirs = text("%s/.", dirs);
	dirs = text("%s/hold", dirs);
	script = make_script("script", text("#!%s\n", dirs));
	check_script(s, script, dirs, LIST(dirs, script, "x", "y"));
	session_stop(s);
}

/* binfmt_misc: registered for this test only, removed at its end. */
static char *binfmt_dir;

static void binfmt_remove(void *name)
{
	write_text(text("%s/%s", binfmt_dir, (char *)name), "-1");
}

static void binfmt_mount(void)
{
	if (binfmt_dir)
		return;
	own_mounts();
	binfmt_dir = text("%s/binfmt", test_dir());
	make_dir(binfmt_dir);
	if (mount("none", binfmt_dir, "binfmt_misc", 0, NULL) != 0)
		test_skip("no binfmt_misc: %s", strerror(errno));
}

static void binfmt_unmount(void *arg)
{
	(void)arg;
	umount2(binfmt_dir, MNT_DETACH);
}

static void binfmt_register(const char *magic, const char *interpreter, const char *flags)
{
	char *name = text("%s-%d", magic, getpid()), *line;

	binfmt_mount();
	line = text(":%s:M::%s::%s:%s", name, magic, interpreter, flags);
	if (strlen(line) > 1900 || write_text(text("%s/register", binfmt_dir), line) != 0)
		test_skip("nothing can be registered with binfmt_misc: %s", strerror(errno));
	test_on_end(binfmt_unmount, NULL);
	test_on_end(binfmt_remove, name);
}

static void check_binfmt(const char *flags, const char *const *tail)
{
	struct session *s = start();
	char *magic = text("ObsT%d", getpid()), *program = make_script("program", text("%s...", magic));

	binfmt_register(magic, hold, flags);
	if (*tail)
		check_script(s, program, hold, LIST(hold, program, tail[0], "x", "y"));
	else
		check_script(s, program, hold, LIST(hold, program, "x", "y"));
	session_stop(s);
}

TEST(binfmt_misc_plain)
{
	check_binfmt("", (const char *const[]){NULL});
}

TEST(binfmt_misc_keeping_argv0)
{
	check_binfmt("P", LIST("argv0"));
}

TEST(binfmt_misc_open_and_credentials)
{
	check_binfmt("OC", (const char *const[]){NULL});
}

/* The interpreter was opened when it was registered: it need not be where it was, and still runs. */
TEST(binfmt_misc_fixed)
{
	struct session *s = start();
	char *magic = text("ObsT%d", getpid()), *program = make_script("program", text("%s...", magic));
	char *moved = text("%s/moved", test_dir());
	struct child c;
	json_t *e;

	binfmt_register(magic, hold, "F");
	rename(hold, moved);
	c = child_hold(program, LIST("argv0"), NULL);
	e = session_wait_pid(s, c.pid);
	check_exec(e, &(struct facts){.pid = c.pid, .filename = program, .interp = hold});
	CHECK_JSON_TEXT(e, "exe", moved);
	child_end(&c);
	session_stop(s);
}

/* A script whose interpreter is a program of binfmt_misc. */
TEST(binfmt_misc_below_a_script)
{
	struct session *s = start();
	char *magic = text("ObsT%d", getpid()), *program = make_script("program", text("%s...", magic));
	char *script = make_script("script", text("#!%s arg\n", program));

	binfmt_register(magic, hold, "");
	check_script(s, script, hold, LIST(hold, program, "arg", script, "x", "y"));
	session_stop(s);
}
