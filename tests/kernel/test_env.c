/* SPDX-License-Identifier: GPL-2.0-only */
/* The environment: only when asked for, whole or a choice, exact. */

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

/* Environment. */
static json_t *check_env(struct session *s, const char *const *envp, const char *const *expected)
{
	struct child c = child_hold(hold, LIST(hold), envp);
	json_t *e = session_wait_pid(s, c.pid);
	struct strings list = {(const char **)expected, 0};

	while (expected && expected[list.nr])
		list.nr++;
	check_plain(e, c.pid, hold);
	if (expected)
		CHECK_STRINGS(e, "env", list);
	else
		CHECK_ABSENT(e, "env");
	child_end(&c);
	return e;
}

TEST(env_only_when_asked)
{
	struct session *s = start();

	check_env(s, LIST("A=1", "B=2"), NULL);
	session_stop(s);
}

TEST(env_whole)
{
	const char *const *list = LIST("A=1", "no equals sign", "=", "B=two words", "A=again", "", "N=line\nbreak");
	const char **megabyte = long_list(16, 65536);
	struct session *s;

	hold = make_hold("hold");
	s = session_start("--env");
	check_env(s, list, list);
	CHECK_ABSENT(check_env(s, LIST("A=\xc3\xa4"), LIST("A=\xc3\xa4")), "env_b64");
	CHECK(json_has(check_env(s, LIST("A=\xff", "B=1"), LIST("A=\xff", "B=1")), "env_b64"), "no exact bytes");
	allow_arguments(4 << 20);
	check_env(s, megabyte, megabyte);
	session_stop(s);
}

/* Both lists long at once: the pieces of one are not taken for the other's. */
TEST(env_and_argv_long)
{
	const char **words = long_list(8, 130000), **variables = long_list(20000, 40);
	struct session *s;
	struct child c;
	json_t *e;

	hold = make_hold("hold");
	s = session_start("--env", "--ring", "8M");
	allow_arguments(4 << 20);
	c = child_hold(hold, words, variables);
	e = session_wait_pid(s, c.pid);
	check_plain(e, c.pid, hold);
	CHECK_STRINGS(e, "argv", ((struct strings){words, 8}));
	CHECK_STRINGS(e, "env", ((struct strings){variables, 20000}));
	child_end(&c);
	session_stop(s);
}

TEST(env_empty)
{
	struct session *s;
	struct child c;
	json_t *e;

	hold = make_hold("hold");
	s = session_start("--env");
	c = child_hold(hold, LIST(hold), (const char *const[]){NULL});
	e = session_wait_pid(s, c.pid);
	check_plain(e, c.pid, hold);
	CHECK_NUMBER(e, "env_bytes", 0);
	CHECK_STRINGS(e, "env", (struct strings){0});
	child_end(&c);
	session_stop(s);
}

TEST(env_choice)
{
	const char *const *all =
		LIST("HOME=/root", "LC_ALL=C", "LC_TIME=de", "LCX=1", "HOMER=2", "PATH=/bin", "lc_x=3", "HOME=b");
	struct session *s;

	hold = make_hold("hold");
	s = session_start("--env=HOME,LC_*");
	check_env(s, all, LIST("HOME=/root", "LC_ALL=C", "LC_TIME=de", "HOME=b"));
	check_env(s, LIST("PATH=/bin"), (const char *const[]){NULL});
	session_stop(s);
}
