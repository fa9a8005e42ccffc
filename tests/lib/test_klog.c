/* SPDX-License-Identifier: GPL-2.0-only */
/* lib/klog in the running kernel: each type, each level, each number of arguments, full ring, cut strings, and that a
 * line that is off leaves no instruction. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lib/klog/klog_read.h"
#include "tests/lib/load.h"
#include "tests/unit/check.h"

/* What the last runs logged, a line each, without the time. */
static char lines[32][1024];
static size_t nr_lines;
static struct klog_record last;

static int take_record(void *context, void *record, size_t bytes)
{
	struct lib_object *o = context;
	char line[1024];

	CHECK(klog_line(o->table, record, bytes, line, sizeof(line)) > 0);
	if (nr_lines < 32)
		snprintf(lines[nr_lines++], sizeof(lines[0]), "%s", strchr(line, ' ') + 1);
	memcpy(&last, record, sizeof(last));
	return 0;
}

/* Runs a program and reads what it logged. */
static void run_case(struct lib_object *o, const char *program)
{
	nr_lines = 0;
	lib_run(o, program);
	lib_read(o, "klog_ring", take_record);
}

static void check_case(struct lib_object *o, const char *program, const char *line)
{
	run_case(o, program);
	CHECK_EQ(nr_lines, 1);
	CHECK_TEXT(lines[0], line);
}

static const char *const user_text = "from user space";

static struct lib_object *open_at(enum klog_level level)
{
	struct lib_object *o = lib_open("klog_cases.bpf.o", level);

	lib_load(o);
	return o;
}

static void each_level(void)
{
	static const char *const texts[] = {"ERROR levels: an error", " WARN levels: a warning",
					    " INFO levels: some news", "DEBUG levels: a detail",
					    "TRACE levels: a step"};

	for (int level = KLOG_OFF; level < KLOG_LEVEL_MAX; level++) {
		struct lib_object *o = open_at(level);

		run_case(o, "levels");
		CHECK_EQ(nr_lines, level);
		for (int i = 0; i < level; i++)
			CHECK_TEXT(lines[i], texts[i]);
		lib_close(o);
	}
}

static void each_type(void)
{
	struct lib_object *o = open_at(KLOG_INFO);
	uint64_t address = (uint64_t)(long)user_text;

	check_case(o, "signed_numbers", " INFO signed_numbers: -8 -16 -32 -64 7|   42|42   |+42|00042");
	check_case(o, "unsigned_numbers", " INFO unsigned_numbers: 200 60000 4000000000 18000000000000000000 x 10 9 8");
	check_case(o, "hex_numbers",
		   " INFO hex_numbers: beef BEEF 0xbeef 0000beef ffffffffffffffff ff 0xffff888000001234");
	lib_write(o, "user_address", &address, sizeof(address));
	check_case(o, "texts", " INFO texts: array=a name kernel=uvwxyz pks=uvwxyz literal=it user=from user space");
	check_case(o, "hostile", " INFO hostile: 100% of a\\x0ab\\x1b[2J\\x9b\\\\");
	check_case(o, "evaluated_once", " INFO evaluated_once: 1 2");
	lib_close(o);
}

static void cut_strings(void)
{
	struct lib_object *o = open_at(KLOG_INFO);

	run_case(o, "cut_texts");
	CHECK_EQ(nr_lines, 2);
	CHECK_TEXT(lines[0], " INFO cut_texts: 0123456789abcdefghijklmnopqrstuv...|0123456789abcdefghijklmnopqrstu...|"
			     "0123456789abcdefghijklmnopqrstu|wxyz");
	CHECK_TEXT(lines[1], " INFO cut_texts: (null)|(unreadable)|(unreadable)");
	run_case(o, "counted");
	CHECK_EQ(nr_lines, 2);
	CHECK_TEXT(lines[0], " INFO counted: 01234|||012|    wxyz|wxyz    |");
	CHECK_TEXT(lines[1], " INFO counted: 30 31 32|30:31:32|303132|0123456789abcdefghijklmnopqrstuv...");
	lib_close(o);
}

static void each_number_of_arguments(void)
{
	struct lib_object *o = open_at(KLOG_INFO);
	char wanted[256] = " INFO many_arguments: none";

	run_case(o, "many_arguments");
	CHECK_EQ(nr_lines, KLOG_ARGS_MAX + 1);
	CHECK_TEXT(lines[0], wanted);
	strcpy(strrchr(wanted, ' '), "");
	for (int i = 0; i < KLOG_ARGS_MAX; i++) {
		sprintf(wanted + strlen(wanted), " %d", i);
		CHECK_TEXT(lines[i + 1], wanted);
	}
	lib_close(o);
}

/* A helper that is inlined into two programs; a subprogram has only its own name. */
static void the_program_is_named(void)
{
	struct lib_object *o = open_at(KLOG_DEBUG);

	check_case(o, "first_of_two", "DEBUG first_of_two: helped 1");
	check_case(o, "second_of_two", "DEBUG second_of_two: helped 2");
	check_case(o, "by_subprogram", "DEBUG subprogram: below 1");
	CHECK_EQ(last.pid, getpid());
	CHECK_EQ(last.lost, 0);
	lib_close(o);
}

static void single_sites(void)
{
	struct lib_object *o = lib_open("klog_cases.bpf.o", KLOG_INFO);
	const struct klog_switches switches = {o->on, sizeof(o->on)};
	unsigned int first = 0;

	for (size_t i = 0; i < klog_table_count(o->table); i++)
		if (!strcmp(klog_table_at(o->table, i)->function, "levels") && !first)
			first = klog_table_at(o->table, i)->line;
	CHECK_EQ(klog_choose_site(o->table, "lib/klog_cases.bpf.c", first, false, &switches), 1);
	CHECK_EQ(klog_choose_site(o->table, "klog_cases.bpf.c", first + 4, true, &switches), 1);
	CHECK_EQ(klog_choose_site(o->table, "log_cases.bpf.c", first, true, &switches), 0);
	CHECK_EQ(klog_choose_site(o->table, "klog_cases.bpf.c", 1, true, &switches), 0);
	lib_load(o);
	run_case(o, "levels");
	CHECK_EQ(nr_lines, 3);
	CHECK_TEXT(lines[0], " WARN levels: a warning");
	CHECK_TEXT(lines[2], "TRACE levels: a step");
	lib_close(o);
}

/* What finds no room is counted by level, and the next record tells of it. */
static void full_ring(void)
{
	struct lib_object *o = lib_open("klog_cases.bpf.o", KLOG_WARN);
	struct klog_counters counters = {};
	uint64_t seen = 0, lost = 0;

	bpf_map__set_max_entries(bpf_object__find_map_by_name(o->object, "klog_ring"), sysconf(_SC_PAGESIZE));
	lib_load(o);
	for (int i = 0; i < 1000; i++)
		lib_run(o, "one_line");
	nr_lines = 0;
	lib_read(o, "klog_ring", take_record);
	for (int cpu = 0; lib_counters(o, cpu, &counters); cpu++) {
		seen += counters.seen[KLOG_WARN];
		lost += counters.lost[KLOG_WARN];
		CHECK_EQ(counters.lost[KLOG_ERROR], 0);
	}
	CHECK_EQ(seen, 1000);
	CHECK(lost > 900 && lost < 1000);
	run_case(o, "one_line");
	CHECK(last.lost > 0 && last.seq >= last.lost);
	lib_close(o);
}

/* The load of the switch: an address in two halves, and a byte. */
#define SWITCH_BYTES (3 * 8)

/* Of a line that is off the verifier takes out all but the load of its switch. */
static void off_is_dead_code(void)
{
	struct lib_object *off = open_at(KLOG_OFF), *on = open_at(KLOG_WARN);
	unsigned int nothing = lib_xlated_bytes(off, "nothing");

	CHECK(lib_xlated_bytes(off, "one_line") <= nothing + SWITCH_BYTES);
	CHECK(lib_xlated_bytes(off, "levels") <= nothing + 5 * SWITCH_BYTES);
	CHECK(lib_xlated_bytes(on, "many_arguments") <= nothing + 21 * SWITCH_BYTES);
	CHECK(lib_xlated_bytes(on, "one_line") > nothing + 10 * SWITCH_BYTES);
	lib_close(off);
	lib_close(on);
}

int main(void)
{
	lib_need_bpf();
	RUN(each_level);
	RUN(each_type);
	RUN(cut_strings);
	RUN(each_number_of_arguments);
	RUN(the_program_is_named);
	RUN(single_sites);
	RUN(full_ring);
	RUN(off_is_dead_code);
	return test_main();
}
