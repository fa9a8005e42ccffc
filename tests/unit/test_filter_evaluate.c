/* SPDX-License-Identifier: GPL-2.0-only */
/* filter/evaluate.c: what holds for an event. */
#include <signal.h>

#include "../golden/maker.h"
#include "check.h"
#include "events/events.h"
#include "filter/filter.h"

#undef errno

static struct maker m;
static struct scratch scratch;

/* Everything but present fields stays as a fresh record has it: spans absent, numbers 0. */
static struct event make_exec(void)
{
	memset(&m, 0, sizeof(m));
	m.size = sizeof(m.exec);
	m.header = (struct record){.boot_ns = 5, .cpu = 2, .type = RECORD_exec, .seq = 7};
	m.exec.pid = 42;
	m.exec.uid = 1000;
	m.exec.start_ns = 1500000000;
	m.exec.cap_effective = 0x200001;
	m.exec.privileged = 1;
	memcpy(m.exec.comm.bytes, "sixteen-bytes-15", COMM_BYTES); /* and no NUL */
	maker_text(&m, &m.exec.filename, "/usr/bin/a b");
	maker_list(&m, &m.exec.argv, "rm\0-rf\0--force-it\0\xff");
	maker_path(&m, &m.exec.exe, PATH_DELETED, "usr/bin/gone");
	m.exec.truncated = ROW_BIT(EXEC_env);
	m.exec.unreadable = ROW_BIT(EXEC_gid) | ROW_BIT(EXEC_interp);
	return (struct event){.schema = &schema_exec, .parts[PART_RECORD] = {m.bytes, m.size}, .scratch = &scratch};
}

static bool holds(const char *text, const struct event *e)
{
	static const struct schema *const all[] = {&schema_exec, &schema_exit, &schema_lost, NULL};
	struct filter *f = filter_new(NULL);
	struct error err = {};
	bool kept;

	if (filter_add(f, "--where", text, &err) || filter_check(f, all, NULL, &err))
		check_true(false, __FILE__, __LINE__, "%s: %s", text, err.text);
	scratch_reset(&scratch);
	kept = filter_keeps(f, e);
	filter_free(f);
	return kept;
}

static void check_all(const char *const *texts, const struct event *e, bool expected)
{
	for (; *texts; texts++)
		check_true(holds(*texts, e) == expected, __FILE__, __LINE__, "%s is %d", *texts, !expected);
}

static void what_holds(void)
{
	static const char *const texts[] = {
		"pid == 42",
		"pid != 41",
		"pid < 43",
		"pid <= 42",
		"pid > 0x29",
		"pid >= 42",
		"pid & 0x20",
		"pid in (1, 42)",
		"uid == 1000",
		"start_ns == 1.5s",
		"start_ns == 1500ms",
		"start_ns > 1400000000",
		"cap_effective & 0x200000",
		"privileged",
		"privileged == true",
		"privileged != false",
		"!memfd",
		"comm == \"sixteen-bytes-15\"",
		"comm ~ \"six*15\"",
		"comm ~ \"*-b?te?-*\"",
		"comm =~ \"^s.x\"",
		"comm =~ \"15$\"",
		"comm != \"sixteen-bytes-1\"",
		"filename == '/usr/bin/a b'",
		"filename ~ \"/usr/*\"",
		"filename =~ \"a b$\"",
		"argv == \"-rf\"",
		"argv == \"\xff\"",
		"argv ~ \"*--force*\"",
		"argv in (\"x\", \"rm\")",
		"argv != \"rm\"",
		"exe == \"/usr/bin/gone (deleted)\"",
		"truncated == \"env\"",
		"unreadable ~ \"int*\"",
		"present(pid)",
		"present(argv)",
		"!present(tty)",
		"cpu == 2 && seq == 7",
		"pid == 1 || pid == 42",
		"pid == 42 && uid == 1000 && privileged",
		"!(pid == 1 && uid == 1000)",
		"pid == 1 && uid == 1 || pid == 42",
		"(pid == 42 || pid == 1) && uid == 1000",
		NULL,
	};
	struct event e = make_exec();

	check_all(texts, &e, true);
}

static void what_does_not(void)
{
	static const char *const texts[] = {
		"pid == 41",
		"pid != 42",
		"pid < 42",
		"pid & 0x1",
		"pid in (1, 2)",
		"pid > 18446744073709551615",
		"memfd",
		"!privileged",
		"comm == \"sixteen-bytes-1\"",
		"comm ~ \"six\"",
		"comm =~ \"^15\"",
		"filename ~ \"usr*\"",
		"argv == \"rm -rf\"",
		"argv == \"\"",
		"truncated == \"argv\"",
		"exe ~ \"*/gone\"",
		"pid == 42 && uid == 1",
		"pid == 1 || uid == 1",
		NULL,
	};
	struct event e = make_exec();

	check_all(texts, &e, false);
}

/* Absent: not collected, unreadable, marked as not known, or of another event type. */
static void absent_makes_comparisons_false(void)
{
	static const char *const false_ones[] = {
		"tty == \"x\"",	  "tty != \"x\"",   "tty ~ \"*\"",	  "gid == 0",	    "gid != 0",
		"gid >= 0",	  "present(gid)",   "mntns == 0",	  "mntns != 1",	    "env == \"A=1\"",
		"exit_code == 0", "exit_code != 0", "present(exit_code)", "interp ~ \"*\"", NULL,
	};
	static const char *const true_ones[] = {"!(tty == \"x\")", "!(gid == 0)", "!(exit_code == 0)",
						"!present(exit_code) && pid == 42", NULL};
	struct event e = make_exec();

	check_all(false_ones, &e, false);
	check_all(true_ones, &e, true);
}

static void other_types_and_names(void)
{
	struct exit_event exit = {.signal = SIGKILL, .exit_code = ~0ULL, .duration_ns = 2000000000};
	struct event e = {.schema = &schema_exit, .parts[PART_RECORD] = {&exit, sizeof(exit)}, .scratch = &scratch};
	struct lost_event lost = {};
	struct event control = {.schema = &schema_lost, .parts[PART_RECORD] = {&lost, sizeof(lost)}};
	static const char *const texts[] = {"signal == KILL", "signal == SIGKILL", "signal == 9 && duration_ns > 1s",
					    "!(exit_code == 0)", NULL};
	static const char *const false_ones[] = {"exit_code != 0", "signal == TERM", "filename ~ \"*\"", NULL};

	check_all(texts, &e, true);
	check_all(false_ones, &e, false);
	CHECK(holds("pid == 1", &control));
}

int main(void)
{
	RUN(what_holds);
	RUN(what_does_not);
	RUN(absent_makes_comparisons_false);
	RUN(other_types_and_names);
	scratch_done(&scratch);
	return test_main();
}
