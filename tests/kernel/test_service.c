/* SPDX-License-Identifier: GPL-2.0-only */
/* What a service lives through: files that are rotated, a limit of memory. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "expect.h"
#include "files.h"
#include "harness.h"
#include "load.h"
#include "session.h"

/* Runs a program whose line must come into the file `path`. */
static void run_into(const char *path)
{
	char *tag = new_tag(), *have = NULL, *hold = make_hold("hold");
	struct child c = child_hold(hold, LIST(hold, tag), NULL);

	for (int i = 0; i < 500 && !(have && strstr(have, tag)); i++) {
		sleep_ms(20);
		have = read_whole(path, NULL);
	}
	CHECK(have && strstr(have, tag), "the program is not in '%s'", path);
	child_end(&c);
}

static struct session *start_appending(const char *path)
{
	return session_start_raw(LIST("--append", "-o", text("json:%s", path)));
}

static void stop(struct session *s)
{
	struct summary sum;

	kill(s->pid, SIGINT);
	sum = session_finish(s, 0);
	CHECK(sum.found, "no sum: %s", session_errors(s));
}

TEST(file_written_on_by_append)
{
	char *path = text("%s/out", test_dir()), *content;

	make_file(path, "before\n", 7, 0640);
	for (int i = 0; i < 2; i++) {
		struct session *s = start_appending(path);

		run_into(path);
		stop(s);
	}
	content = read_whole(path, NULL);
	CHECK(!strncmp(content, "before\n{", 8), "it begins with %.40s", content);
	CHECK(content[strlen(content) - 1] == '\n', "half a line at its end");
}

TEST(file_opened_anew_on_sighup)
{
	char *path = text("%s/out", test_dir()), *old = text("%s.1", path);
	struct session *s = start_appending(path);

	run_into(path);
	for (int i = 0; i < 3; i++) {
		rename(path, old);
		kill(s->pid, SIGHUP);
		for (int k = 0; k < 500 && access(path, F_OK); k++)
			sleep_ms(20);
		run_into(path);
	}
	stop(s);
}

/* Half a second of storm under rotation: each event is in one of the files, once, and no line is torn. */
TEST(file_opened_anew_in_a_storm)
{
	char *path = text("%s/out", test_dir());
	struct session *s = start_appending(path);
	struct load *l = load_new(2000, 4);
	uint64_t nr_lines = 0;
	struct summary sum;
	int nr_files = 0;

	load_start(l, "vfork");
	for (; nr_files < 10; nr_files++) {
		sleep_ms(50);
		rename(path, text("%s.%d", path, nr_files));
		kill(s->pid, SIGHUP);
	}
	load_join(l);
	kill(s->pid, SIGINT);
	sum = session_finish(s, 0);
	for (int i = -1; i < nr_files; i++) {
		char *content = read_whole(i < 0 ? path : text("%s.%d", path, i), NULL);
		size_t length = content ? strlen(content) : 0;

		CHECK(!length || content[length - 1] == '\n', "half a line at the end of file %d", i);
		for (char *line = strstr(content ? content : "", "{\"event\":\"exec\""); line;
		     line = strstr(line + 1, "\n{\"event\":\"exec\""))
			nr_lines++;
	}
	CHECK_EQ(nr_lines, sum.printed);
}

TEST(file_that_cannot_be_opened_anew)
{
	char *folder = text("%s/logs", test_dir()), *moved = text("%s/moved", test_dir());
	struct session *s;

	make_dir(folder);
	s = start_appending(text("%s/out", folder));
	run_into(text("%s/out", folder));
	rename(folder, moved);
	kill(s->pid, SIGHUP);
	run_into(text("%s/out", moved));
	CHECK(strstr(session_errors(s), "cannot open output file"), "no error: %s", session_errors(s));
	stop(s);
}

static struct load *limited;

static bool visit(json_t *object, void *group)
{
	(void)group;
	return load_visit(object, limited);
}

/* All of it, with the ring that is the default and all fields. */
TEST(memory_limit_of_32_megabytes)
{
	char *group = memory_group(32 << 20);
	struct summary sum;
	struct session *s;

	limited = load_new(4000, 4);
	s = session_open(&(struct session_options){
		.args = (const char *const[]){NULL}, .prepare = memory_group_join, .arg = group, .visit = visit});
	load_run(limited, "vfork");
	sum = session_stop(s);
	load_check_rest(limited, sum.lost);
}
