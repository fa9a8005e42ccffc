/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line as a user meets it: wrong usage, order of options, what is said when it is ready. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "child.h"
#include "expect.h"
#include "files.h"
#include "harness.h"
#include "session.h"

/* Exit status, one error line, a hint; nothing on standard output. `names` must stand in the error. */
static void check_error(const char *const *args, int status, const char *names)
{
	struct outcome o = run_observer(&(struct session_options){.args = args, .raw = true});
	char *line = strchr(o.err, '\n');

	CHECK(o.status == status, "status %d, expected %d, for %s: %s", o.status, status, args[0], o.err);
	CHECK_TEXT(o.out, "");
	CHECK(!strncmp(o.err, "observer: ", 10) && strstr(o.err, names), "the error does not name '%s': %s", names,
	      o.err);
	CHECK(line && !strncmp(line + 1, "hint: ", 6), "no hint behind the error: %s", o.err);
	CHECK(line && strchr(line + 1, '\n') && !strchr(line + 1, '\n')[1], "more than an error and a hint: %s", o.err);
}

TEST(usage_errors)
{
	check_error(LIST("--no-such-option"), 2, "--no-such-option");
	check_error(LIST("-Z"), 2, "Z");
	check_error(LIST("no-such-command"), 2, "no-such-command");
	check_error(LIST("--hook", "kprobe"), 2, "kprobe");
	check_error(LIST("--fields", "pid,nothing"), 2, "nothing");
	check_error(LIST("--fields", ""), 2, "");
	check_error(LIST("-o", "xml"), 2, "xml");
	check_error(LIST("-o", "xml:/tmp/x"), 2, "xml");
	check_error(LIST("--ring", "many"), 2, "many");
	check_error(LIST("--ring", "0"), 2, "0");
	check_error(LIST("--ring", "-1"), 2, "-1");
	check_error(LIST("--ring", "99999999999999999999"), 2, "99999999999999999999");
	check_error(LIST("--max-argv", "x"), 2, "x");
	check_error(LIST("--count", "x"), 2, "x");
	check_error(LIST("--count", "-5"), 2, "-5");
	check_error(LIST("--duration", "soon"), 2, "soon");
	check_error(LIST("--duration", "-1s"), 2, "-1s");
	check_error(LIST("--hook"), 2, "--hook");
}

/* A hostile argument is not repeated raw to a terminal. */
TEST(usage_error_with_hostile_text)
{
	struct outcome o = run_observer_with("--\x1b[31mred\n");

	CHECK_EQ(o.status, 2);
	CHECK(!strchr(o.err, '\x1b'), "raw escape in: %s", shown(o.err, strlen(o.err)));
}

TEST(output_that_cannot_be_opened)
{
	need_bpf();
	check_error(LIST("-o", "json:/no/such/folder/file"), 1, "/no/such/folder/file");
	check_error(LIST("-o", text("json:%s", test_dir())), 1, test_dir());
}

TEST(help_and_version)
{
	struct outcome o = run_observer_with("--version");

	CHECK_EQ(o.status, 0);
	CHECK(!strncmp(o.out, "observer ", 9) && strchr(o.out, '\n') && !strchr(o.out, '\n')[1], "version: %s", o.out);
	CHECK_TEXT(o.err, "");
	o = run_observer_with("--version", "-v");
	CHECK(strstr(o.out, "libbpf"), "the libraries are missing: %s", o.out);
	o = run_observer_with("--help");
	CHECK_EQ(o.status, 0);
	CHECK_TEXT(o.err, "");
	CHECK(strstr(o.out, "--ring") && strstr(o.out, "--fields") && strstr(o.out, "exec"), "help: %s", o.out);
	o = run_observer_with("--fields", "help");
	CHECK_EQ(o.status, 0);
	CHECK(strstr(o.out, "argv") && strstr(o.out, "unreadable"), "fields: %s", o.out);
}

/* With the command's word or without, options before it and behind it. */
TEST(command_and_options_in_any_order)
{
	const char *const *lines[] = {LIST("--count", "1"), LIST("exec", "--count", "1"), LIST("--count", "1", "exec"),
				      LIST("--count=1", "-o", "log"), LIST("exec", "-ojson", "--count=1")};
	char *hold = make_hold("hold");

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct session *s = session_open(&(struct session_options){.args = lines[i], .raw = true});
		struct child c = child_hold(hold, LIST(hold), NULL);

		CHECK_EQ(session_finish(s, 0).printed, 1);
		child_end(&c);
	}
}

/* -q says nothing when ready, the service manager is told all the same. */
static void ask_for_notice(void *path)
{
	setenv("NOTIFY_SOCKET", path, 1);
}

static char *wait_notice(int fd)
{
	struct pollfd wait_for = {.fd = fd, .events = POLLIN};
	char message[512] = {0};

	REQUIRE(poll(&wait_for, 1, 20000) > 0, "no notice");
	REQUIRE(recv(fd, message, sizeof(message) - 1, 0) > 0, "no notice: %s", strerror(errno));
	return text("%s", message);
}

TEST(ready_by_notice)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	char *hold = make_hold("hold");
	struct session *s;
	struct child c;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/notify", test_dir());
	REQUIRE(bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0, "no socket: %s", strerror(errno));
	s = session_open(&(struct session_options){
		.args = LIST("-q"), .prepare = ask_for_notice, .arg = address.sun_path, .no_wait = true});
	CHECK(strstr(wait_notice(fd), "READY=1"), "another notice");
	c = child_hold(hold, LIST(hold), NULL);
	check_plain(session_wait_pid(s, c.pid), c.pid, hold);
	CHECK(!strstr(session_errors(s), "ready"), "not quiet: %s", session_errors(s));
	child_end(&c);
	kill(s->pid, SIGTERM);
	session_join(s);
	CHECK_EQ(s->status, 0);
	session_close(s);
	close(fd);
}

/* Ready means that nothing is missed any more: an exec at once after the word is there. */
TEST(ready_means_ready)
{
	char *hold = make_hold("hold");

	for (int i = 0; i < 20; i++) {
		struct session *s = session_start_default();
		struct child c = child_hold(hold, LIST(hold), NULL);

		session_wait_pid(s, c.pid);
		child_end(&c);
		session_stop(s);
	}
}
