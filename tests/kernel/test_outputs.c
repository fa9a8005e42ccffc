/* SPDX-License-Identifier: GPL-2.0-only */
/* What the outputs make of real events: formats, files, terminals, hostile names, full disks. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "expect.h"
#include "files.h"
#include "harness.h"
#include "json.h"
#include "load.h"
#include "session.h"

/* Waits for a word in a file that observer writes. */
static char *wait_in_file(const char *path, const char *word)
{
	for (int i = 0; i < 5000; i++, sleep_ms(2)) {
		char *output = read_whole(path, NULL);

		if (output && strstr(output, word))
			return output;
	}
	REQUIRE(false, "'%s' does not appear in '%s'", word, path);
	return NULL;
}

/* 2024-07-06T13:33:30.024915Z  INFO observer: 54304 502 /usr/bin/sed 12 */
TEST(log_line)
{
	char *hold = make_hold(new_tag()), *line, *rest;
	struct session *s = session_start_raw(LIST("-o", "log"));
	struct child c = child_hold(hold, LIST("x"), NULL);
	struct tm tm = {0};

	line = line_with(session_wait_output(s, hold), hold);
	rest = strptime(line, "%Y-%m-%dT%H:%M:%S.", &tm);
	REQUIRE(rest && strspn(rest, "0123456789") == 6, "the time of '%s'", line);
	CHECK(llabs((long long)timegm(&tm) - (long long)time(NULL)) < 30, "the time of '%s'", line);
	CHECK_TEXT(rest + 6, text("Z  INFO observer: %d %d %s %zu", c.pid, getuid(), hold, strlen(hold)));
	child_end(&c);
	session_stop(s);
}

/* No blanks between tokens, keys in the order of the list that --fields help prints. */
TEST(json_line)
{
	char *hold = make_hold(new_tag()), *line, *help = run_observer_with("--fields", "help").out;
	struct session *s = session_start_raw(LIST("-o", "json"));
	struct child c = child_hold(hold, LIST("x"), NULL);
	const char *key, *last = help;
	bool in_string = false;
	json_t *e, *value;

	line = line_with(session_wait_output(s, hold), hold);
	for (char *at = line; *at; at++) {
		CHECK(in_string || (*at != ' ' && *at != '\t'), "a blank between tokens: %s", at);
		if (*at == '\\')
			at++;
		else if (*at == '"')
			in_string = !in_string;
	}
	e = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
	json_object_foreach(e, key, value)
	{
		const char *at = strstr(last, text("\n  %s ", key));

		CHECK(at, "'%s' is not listed by --fields help, or comes too early", key);
		last = at ? at : last;
	}
	child_end(&c);
	session_stop(s);
}

TEST(fields_chosen)
{
	struct session *s =
		session_open(&(struct session_options){.args = LIST("--fields", "uid,pid,exe,argv"), .keep_all = true});
	char *hold = make_hold("hold"), *tag = new_tag();
	struct child c = child_hold(hold, LIST(hold, tag), NULL);
	json_t *e = session_wait_tag(s, tag);

	CHECK_NUMBER(e, "pid", c.pid);
	CHECK_NUMBER(e, "uid", getuid());
	CHECK_JSON_TEXT(e, "exe", hold);
	CHECK_JSON_TEXT(e, "event", "exec");
	CHECK_EQ(json_object_size(e), 5);
	child_end(&c);
	session_stop(s);
}

/* Each field alone gives the value that it has among all: nothing leans on another one's being collected. */
TEST(fields_one_by_one)
{
	struct session *all = session_start("--env"), *s;
	char *hold = make_hold("hold"), *tag;
	struct child c = child_hold(hold, LIST(hold, "x"), LIST("A=1")), again;
	json_t *whole = session_wait_pid(all, c.pid), *value, *one;
	static const char *const varying[] = {"time",	 "boot_ns", "cpu",	"seq",	     "pid",
					      "old_pid", "vpid",    "start_ns", "entity_id", NULL};
	const char *key;

	json_object_foreach(whole, key, value)
	{
		size_t i = 0;

		s = session_open(&(struct session_options){.args = LIST("--fields", text("argv,%s", key))});
		tag = new_tag();
		again = child_hold(hold, LIST(hold, tag), LIST("A=1"));
		one = session_wait_tag(s, tag);
		CHECK(json_has(one, key), "'%s' is missing when asked for alone", key);
		while (varying[i] && strcmp(varying[i], key) != 0)
			i++;
		if (!varying[i] && strncmp(key, "argv", 4) != 0)
			CHECK(json_equal(value, json_object_get(one, key)), "'%s' alone is %s, among all %s", key,
			      json_shown(one, key), json_shown(whole, key));
		child_end(&again);
		session_stop(s);
	}
	child_end(&c);
	session_stop(all);
}

TEST(outputs_several)
{
	char *json = text("%s/a.json", test_dir()), *log = text("%s/b.log", test_dir()), *hold = make_hold(new_tag());
	struct session *s =
		session_start_raw(LIST("-o", text("json:%s", json), "-o", text("log:%s", log), "-o", "table"));
	struct child c = child_hold(hold, LIST(hold), NULL);
	char *line;
	json_t *e;

	CHECK(line_with(session_wait_output(s, hold), hold), "not in the table");
	line = line_with(wait_in_file(json, hold), hold);
	e = json_loads(line, 0, NULL);
	REQUIRE(e, "no JSON: %s", line);
	check_plain(e, c.pid, hold);
	CHECK(strstr(wait_in_file(log, hold), text(": %d %d %s ", c.pid, getuid(), hold)), "not in the log");
	child_end(&c);
	session_stop(s);
}

/* A file that is there is begun anew; nothing goes to standard output. */
TEST(output_into_a_file)
{
	char *json = text("%s/a.json", test_dir()), *hold = make_hold(new_tag());
	struct session *s;
	struct child c;

	make_file(json, "stale\n", 6, 0644);
	s = session_start_raw(LIST("-o", text("json:%s", json)));
	c = child_hold(hold, LIST(hold), NULL);
	CHECK(!strstr(wait_in_file(json, hold), "stale"), "the old content stayed");
	child_end(&c);
	session_stop(s);
	CHECK_TEXT(read_whole(s->out_path, NULL), "");
}

static bool has_raw(const char *line)
{
	static const char *const forbidden[] = {"\x1b",		"\r",		"\t",		"\x07",
						"\x7f",		"\xc2\x9b",	"\xe2\x80\xae", "\xe2\x80\x8b",
						"\xef\xbb\xbf", "\xe2\x80\xa8", "\xff",		NULL};

	for (size_t i = 0; forbidden[i]; i++)
		if (strstr(line, forbidden[i]))
			return true;
	return false;
}

TEST(hostile_names_stay_one_line)
{
	char *tag = new_tag(), *name = text("%s-%s", tag, hostile), *hold = make_hold(name);
	static const char *const formats[] = {"log", "table", "json"};

	for (size_t i = 0; i < 3; i++) {
		struct session *s = session_start_raw(LIST("-o", formats[i]));
		struct child c = child_hold(hold, LIST(hold, hostile, tag), LIST(text("A=%s", hostile)));
		char *output = session_wait_output(s, tag), *line = line_with(output, tag), *after;

		/* One more exec: what follows the hostile line is a line of its own. */
		after = make_hold(new_tag());
		child_end(&c);
		c = child_hold(after, LIST("y"), NULL);
		output = session_wait_output(s, after);
		CHECK(strlen(line_with(output, after)) < strlen(output), "all in one line");
		CHECK(utf8_valid(output, strlen(output)), "%s: not UTF-8", formats[i]);
		if (i < 2)
			CHECK(!has_raw(line), "%s: %s", formats[i], shown(line, strlen(line)));
		else
			CHECK(json_loads(line, 0, NULL), "no JSON: %s", shown(line, strlen(line)));
		child_end(&c);
		session_stop(s);
	}
}

/* The same with names that come from elsewhere: the process's, its parent's, the folder's, the group's. */
TEST(hostile_columns_stay_one_line)
{
	char *tag = new_tag(), *dir = text("%s/%s", test_dir(), hostile), *hold;
	struct session *s = session_start_raw(
		LIST("-o", "table", "--fields", "pid,comm,parent_comm,cwd,exe,filename,argv,env", "--env"));
	struct child c;
	char *line;

	make_dir(dir);
	hold = text("%s/%s", dir, "\x1b[1mx\nhold");
	make_program(hold, PROGRAM_HOLD);
	c = child_hold(hold, LIST(hostile, tag), LIST(hostile));
	line = line_with(session_wait_output(s, tag), tag);
	CHECK(!has_raw(line), "%s", shown(line, strlen(line)));
	child_end(&c);
	session_stop(s);
}

/* Full disks. */
TEST(output_to_a_full_device)
{
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct session *s;
	struct summary sum;
	struct child c;
	char *hold = make_hold("hold");

	if (full < 0)
		test_skip("no /dev/full: %s", strerror(errno));
	s = session_open(&(struct session_options){.args = LIST("-o", "json"), .raw = true, .stdout_fd = full});
	c = child_hold(hold, LIST(hold), NULL);
	sum = session_finish(s, 1);
	CHECK_EQ(sum.printed, 0);
	CHECK(sum.unread > 0, "what was not written is not counted: %s", session_errors(s));
	CHECK(strstr(session_errors(s), "No space left"), "the reason is missing: %s", session_errors(s));
	child_end(&c);
	close(full);
}

static void check_whole_lines(const char *path, uint64_t expected)
{
	size_t length, nr = 0;
	char *output = read_whole(path, &length);

	REQUIRE(output, "no output file");
	CHECK(length == 0 || output[length - 1] == '\n', "half a line at the end of %zu bytes", length);
	for (char *line = output; *line; line = strchr(line, '\n') + 1, nr++) {
		char *one = text("%.*s", (int)strcspn(line, "\n"), line);

		CHECK(json_loads(one, 0, NULL), "not whole: %s", shown(one, strlen(one)));
	}
	CHECK_EQ(nr, expected);
}

TEST(output_to_a_full_disk)
{
	char *disk = own_tmpfs("disk", "size=64k"), *path = text("%s/out", disk);
	struct session *s = session_start_raw(LIST("-o", text("json:%s", path)));
	struct load *l = load_new(1000, 5);
	struct summary sum;

	load_run(l, "vfork");
	sum = session_finish(s, 1);
	CHECK(sum.printed > 0 && sum.unread > 0, "printed %llu, unread %llu", (unsigned long long)sum.printed,
	      (unsigned long long)sum.unread);
	check_whole_lines(path, sum.printed);
}

/* Ended by a full disk, started again once there is room: it goes on behind the last whole line. */
TEST(output_to_a_disk_with_room_again)
{
	char *disk = own_tmpfs("disk", "size=64k"), *path = text("%s/out", disk);
	uint64_t printed = 0;

	for (int i = 0; i < 2; i++) {
		struct session *s = session_start_raw(LIST("--append", "-o", text("json:%s", path)));
		struct load *l = load_new(1000, 5);

		load_run(l, "vfork");
		if (i)
			kill(s->pid, SIGINT);
		printed += session_finish(s, i ? 0 : 1).printed;
		check_whole_lines(path, printed);
		REQUIRE(mount("none", disk, NULL, MS_REMOUNT, "size=16m") == 0, "no more room: %s", strerror(errno));
	}
}

/* One output that fails does not end the others; it says its own count. */
TEST(output_that_fails_beside_another)
{
	char *disk = own_tmpfs("disk", "size=64k"), *path = text("%s/out", disk), *good = text("%s/good", test_dir());
	struct session *s = session_start_raw(LIST("-o", text("json:%s", good), "-o", text("json:%s", path)));
	struct load *l = load_new(1000, 5);
	struct summary sum;
	char *unwritten;

	load_run(l, "vfork");
	kill(s->pid, SIGINT);
	sum = session_finish(s, 1);
	CHECK_EQ(sum.unread, 0);
	CHECK(sum.printed >= l->count, "the good output printed %llu of %llu", (unsigned long long)sum.printed,
	      (unsigned long long)l->count);
	CHECK(strstr(session_errors(s), path), "the failed output is not named: %s", session_errors(s));
	check_whole_lines(good, sum.printed);
	unwritten = strstr(session_errors(s), ": unwritten ");
	REQUIRE(unwritten, "the failed output has no count: %s", session_errors(s));
	check_whole_lines(path, sum.printed - strtoull(unwritten + strlen(": unwritten "), NULL, 10));
}
