/* SPDX-License-Identifier: GPL-2.0-only */
/* The report of made-up runs, to the byte. */
#include "report_story.h"

static void a_run_is_told_whole(void)
{
	story_begin(10);
	story_exec(0, 10, "/usr/bin/make", "make all");
	story_fork(100, 10, 11);
	story_exec(110, 11, "/usr/bin/cc", "/usr/bin/cc -c a.c");
	story_exit_like(510, 11, .utime_ms = 300, .stime_ms = 50, .rss_bytes = 64 << 20, .read_bytes = 4096);
	story_fork(520, 10, 12);
	story_exec(530, 12, "/usr/bin/cc", "cc -c b.c");
	story_exit_like(820, 12, .utime_ms = 200, .code = 1, .write_bytes = 2048);
	story_exit_like(1000, 10, .stime_ms = 10, .code = 2);
	STORY_CHECK("  WALL    CPU  EXIT  COMMAND\n"
		    " 1.00s 10.0ms     2  make all\n"
		    " 410ms  350ms     0  ├─ cc -c a.c\n"
		    " 300ms  200ms     1  └─ cc -c b.c\n"
		    "\n"
		    "Totals\n"
		    "processes    3, 3 execs; at most 1 at work at once, 2 living\n"
		    "ended        2 with another exit code than 0\n"
		    "wall time    1.00s\n"
		    "CPU time     560ms (user 500ms, system 60.0ms), 0.56 CPUs busy on average\n"
		    "max RSS      64M in cc -c a.c\n"
		    "storage      4.0K read, 2.0K written\n"
		    "\n"
		    "Programs, by CPU time\n"
		    "  RUNS    CPU    %   WALL MAXRSS FAILED  PROGRAM\n"
		    "     2  550ms   98  710ms    64M      1  cc\n"
		    "     1 10.0ms  1.7  1.00s      0      1  make\n"
		    "\n"
		    "Critical path: what the wall time was spent on, each moment once\n"
		    "    AT   SELF    %  COMMAND\n"
		    "     0  290ms   29   make all\n"
		    " 100ms  410ms   41     cc -c a.c\n"
		    " 520ms  300ms   30     cc -c b.c\n",
		    .columns = 80, .max_lines = REPORT_LINES);
}

static struct buffer tree_of(struct report_look look)
{
	struct buffer text = story_print(look);
	char *end = text.length ? memmem(text.data, text.length, "\n\n", 2) : NULL;

	if (end)
		text.length = end + 1 - text.data;
	return text;
}

static void check_tree(struct report_look look, const char *expected, struct check_place place)
{
	struct buffer text = tree_of(look);

	check_bytes(text.data, text.length, expected, strlen(expected), place);
	buffer_done(&text);
}
#define TREE_CHECK(expected, ...) check_tree((struct report_look){__VA_ARGS__}, expected, CHECK_PLACE(tree))
#define HEADING			  "  WALL    CPU  EXIT  COMMAND\n"

static void lines_are_cut_at_the_width(void)
{
	story_begin(10);
	story_exec(0, 10, "/bin/echo", "echo 0123456789 0123456789");
	story_exit_like(5, 10, 1);
	TREE_CHECK("  WALL    CPU  EXIT  COMMAND\n 5.0ms  1.0ms     0  echo 0123…\n", .columns = 31);
}

static void long_commands_are_whole_where_asked_for(void)
{
	char words[1000] = "echo ", expected[1100];

	memset(words + 5, 'x', sizeof(words) - 6);
	snprintf(expected, sizeof(expected), HEADING " 5.0ms  1.0ms     0  %s\n", words);
	story_begin(10);
	report_free(story);
	story = report_new(&(struct report_settings){.root_pid = 10, .whole = true}, NULL);
	story_exec(0, 10, "/bin/echo", words);
	story_exit_like(5, 10, 1);
	TREE_CHECK(expected, .columns = 0);
}

static void path_probes_are_no_failures(void)
{
	story_begin(10);
	story_exec_fail(0, 10, "/usr/local/bin/env", ENOENT);
	story_exec_fail(0, 10, "/usr/bin/env", ENOENT);
	story_exec(1, 10, "/bin/env", "env nosuch");
	story_exec_fail(2, 10, "/usr/bin/nosuch", ENOENT);
	story_exec_fail(2, 10, "/bin/nosuch", ENOENT);
	story_exec_fail(3, 10, "/bin/locked", EACCES);
	story_exit_like(5, 10, .code = 127);
	TREE_CHECK(HEADING " 5.0ms      0   127  env nosuch\n"
			   "                     ├─ exec failed: ENOENT nosuch (2 times)\n"
			   "                     └─ exec failed: EACCES locked\n",
		   .columns = 80);
}

static void a_success_of_another_name_makes_no_probe(void)
{
	struct buffer text;

	story_begin(10);
	story_exec_fail(0, 10, "/bin/gcc", ENOENT);
	story_exec_fail(0, 10, "/bin/cc", ENOENT);
	story_exec(1, 10, "/usr/bin/cc", "cc");
	story_exit_like(5, 10, 1);
	text = story_print((struct report_look){.columns = 80});
	CHECK(memmem(text.data, text.length, "exec failed: ENOENT gcc\n", 24) != NULL);
	CHECK(memmem(text.data, text.length, "failed execs 1\n", 15) != NULL);
	CHECK(memmem(text.data, text.length, "PATH probes  1 failed", 21) != NULL);
	buffer_done(&text);
}

static void hostile_names_stay_in_their_line(void)
{
	story_begin(10);
	story_exec(0, 10, "/tmp/a\nb\x1b[31m", "/tmp/a\nb\x1b[31m \x1b]0;x\a \xff");
	story_exit_like(5, 10, 1);
	TREE_CHECK(HEADING " 5.0ms  1.0ms     0  $'a\\nb\\x1b[31m' $'\\x1b]0;x\\x07' $'\\xff'\n", .columns = 80);
}

static void failures_are_red(void)
{
	story_begin(10);
	story_exec(0, 10, "/bin/a", "a");
	story_exit_like(5, 10, .signal = 11);
	TREE_CHECK("\x1b[1m  WALL    CPU  EXIT  COMMAND\x1b[0m\n 5.0ms      0  \x1b[31mSEGV\x1b[0m  \x1b[31ma\x1b[0m\n",
		   .columns = 80, .color = true);
}

static void execs_of_one_process_are_one_line(void)
{
	story_begin(10);
	story_exec(0, 10, "/bin/env", "env nice a");
	story_exec(1, 10, "/bin/nice", "nice a");
	story_exec(2, 10, "/bin/a", "a 1");
	story_fork(3, 10, 11);
	story_exit_like(4, 11, 1);
	story_exit_like(5, 10, 1);
	TREE_CHECK(HEADING " 5.0ms  1.0ms     0  env > nice > a 1\n 1.0ms  1.0ms     0  └─ a (fork)\n", .columns = 80);
}

/* 400 compilations of three processes each, and one that fails. */
static void tell_build(void)
{
	char words[64];
	uint32_t pid = 11;

	story_begin(10);
	story_exec(0, 10, "/usr/bin/make", "make");
	for (unsigned int i = 0; i < 400; i++, pid += 3) {
		uint64_t ms = 10 + i * 10;

		snprintf(words, sizeof(words), "cc -c f%u.c", i);
		story_fork(ms, 10, pid);
		story_exec(ms + 1, pid, "/bin/cc", words);
		story_fork(ms + 1, pid, pid + 1);
		story_exec(ms + 2, pid + 1, "/lib/cc1", "cc1");
		story_exit_like(ms + 6, pid + 1, 3);
		story_fork(ms + 6, pid, pid + 2);
		story_exec(ms + 7, pid + 2, "/bin/as", "as");
		story_exit_like(ms + 8, pid + 2, 1);
		story_exit_like(ms + 9, pid, .utime_ms = 1, .code = i == 399);
	}
	story_exit_like(5000, 10, 5);
}

static void large_trees_are_folded_and_counted(void)
{
	tell_build();
	TREE_CHECK(HEADING " 5.00s  5.0ms     0  make\n"
			   " 3.59s  399ms     0  ├─ 399 × cc -c …\n"
			   " 1.99s  1.19s     0  │  ├─ 399 × cc1\n"
			   " 798ms  399ms     0  │  └─ 399 × as\n"
			   " 9.0ms  1.0ms     1  └─ cc -c f399.c\n"
			   " 5.0ms  3.0ms     0     ├─ cc1\n"
			   " 2.0ms  1.0ms     0     └─ as\n"
			   "1201 processes in 7 branches; the times of N × are sums\n",
		   .columns = 80, .max_lines = 60);
}

static void what_is_not_shown_is_counted(void)
{
	tell_build();
	TREE_CHECK(HEADING " 5.00s  5.0ms     0  make\n"
			   " 3.59s  399ms     0  ├─ 399 × cc -c …\n"
			   " 1.99s  1.19s     0  │  ├─ 399 × cc1\n"
			   "                     │  └─ … 399 more processes, CPU 399ms\n"
			   "                     └─ … 3 more processes, CPU 5.0ms, 1 failed\n"
			   "1201 processes in 7 branches; the times of N × are sums\n",
		   .columns = 80, .max_lines = 3);
}

static void nothing_is_folded_where_all_is_asked_for(void)
{
	struct buffer text;
	size_t lines = 0;

	tell_build();
	text = tree_of((struct report_look){.columns = 80});
	for (size_t i = 0; i < text.length; i++)
		lines += text.data[i] == '\n';
	CHECK_EQ(lines, 1 + 1201);
	buffer_done(&text);
}

static void deep_levels_leave_room_for_the_command(void)
{
	struct buffer text;

	story_begin(10);
	story_exec(0, 10, "/bin/a", "a");
	for (uint32_t pid = 11; pid < 60; pid++)
		story_fork(pid, pid - 1, pid);
	for (uint32_t pid = 59; pid >= 10; pid--)
		story_exit_like(200 - pid, pid, 1);
	text = tree_of((struct report_look){.columns = 80});
	CHECK(memmem(text.data, text.length, "+38 ", 4) != NULL);
	CHECK(memmem(text.data, text.length, "└─ a (fork)\n", strlen("└─ a (fork)\n")) != NULL);
	buffer_done(&text);
}

static void what_lives_is_a_tree_too(void)
{
	const struct report_look look = {.columns = 40, .max_lines = REPORT_LINES};
	struct buffer text = {0};

	story_begin(0);
	story_starts[1] = STORY_MS(0);
	story_exec_type(5000, 1, "/sbin/init", "init", RECORD_snapshot);
	story_starts[20] = STORY_MS(4000);
	story_exec_type(5000, 20, "/bin/bash", "-bash", RECORD_snapshot);
	story_fork(5000, 1, 30);
	story_exit_like(6000, 30, 1);
	report_print_living(story, &look, &text);
	CHECK_BUFFER(&text, "    PID    AGE  COMMAND\n"
			    "      1  6.00s  init\n"
			    "     20  2.00s  -bash\n");
	report_free(story);
	buffer_done(&text);
}

int main(void)
{
	RUN(a_run_is_told_whole);
	RUN(lines_are_cut_at_the_width);
	RUN(long_commands_are_whole_where_asked_for);
	RUN(path_probes_are_no_failures);
	RUN(a_success_of_another_name_makes_no_probe);
	RUN(hostile_names_stay_in_their_line);
	RUN(failures_are_red);
	RUN(execs_of_one_process_are_one_line);
	RUN(large_trees_are_folded_and_counted);
	RUN(what_is_not_shown_is_counted);
	RUN(nothing_is_folded_where_all_is_asked_for);
	RUN(deep_levels_leave_room_for_the_command);
	RUN(what_lives_is_a_tree_too);
	return test_main();
}
