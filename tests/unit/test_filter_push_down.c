/* SPDX-License-Identifier: GPL-2.0-only */
/* filter/push_down.c and the interpreter in events/filter.h: the kernel side's table and the rest here say what the
 * whole filter says. */
#include "check.h"
#include "filter/filter.h"
#include "filter_random.h"
#include "schema/tracepoint.h"

static bool every_field(const struct schema *s, const struct field *f)
{
	(void)s, (void)f;
	return true;
}

static bool no_field(const struct schema *s, const struct field *f)
{
	(void)s, (void)f;
	return false;
}

static const struct filter_place everywhere = {every_field};
static struct maker m;
static struct scratch scratch;

static struct filter *make(const char *text, const struct schema *s)
{
	const struct schema *const schemas[] = {s, NULL};
	struct filter *f = filter_new(NULL);
	struct error err = {};

	if (filter_add(f, "--where", text, &err) || filter_check(f, schemas, NULL, &err))
		check_true(false, __FILE__, __LINE__, "%s: %s", text, err.text);
	return f;
}

/* Compares both ways over some records; returns the number that passed. */
static int compare(struct random *r, const struct schema *s, const char *text)
{
	struct filter *whole = make(text, s), *rest = make(text, s);
	struct filter_table table;
	bool pushed = filter_push_down(rest, s, &everywhere, &table);
	int nr_passed = 0;

	for (int i = 0; i < 20; i++) {
		struct event e = {.schema = s, .scratch = &scratch};
		bool expected, actual;

		random_record(r, s, &m);
		e.parts[PART_RECORD].data = m.bytes;
		e.parts[PART_RECORD].size = m.size;
		scratch_reset(&scratch);
		expected = filter_keeps(whole, &e);
		actual = (!pushed || table_passes(&table, m.bytes, m.size)) && filter_keeps(rest, &e);
		check_true(expected == actual, __FILE__, __LINE__, "%s: %s: %d, not %d", s->name, text, actual,
			   expected);
		nr_passed += expected;
	}
	filter_free(whole);
	filter_free(rest);
	return nr_passed;
}

static void random_filters_say_the_same(void)
{
	static const struct schema *const schemas[] = {&schema_exec, &schema_exec_fail, &schema_exit, &schema_fork};
	struct random r = {.state = 20260101};
	int nr_passed = 0;

	for (int i = 0; i < 20000; i++) {
		_cleanup_buffer_ struct buffer text = {};
		const struct schema *s = schemas[i % 4];

		/* Computed kinds cannot be compared with literals of every form: the built-in ones all can. */
		random_filter(&r, s, 4, &text);
		buffer_append_char(&text, '\0');
		nr_passed += compare(&r, s, text.data);
	}
	/* Neither nearly all nor nearly none: the test would say nothing. */
	check_true(nr_passed > 100000 && nr_passed < 300000, __FILE__, __LINE__, "%d of 400000 passed", nr_passed);
}

/* Every kind of field that a tracepoint has. */
static const char format[] = "name: odd\nID: 300\nformat:\n"
			     "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
			     "\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"
			     "\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"
			     "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
			     "\tfield:s8 s8;\toffset:8;\tsize:1;\tsigned:1;\n"
			     "\tfield:u8 u8;\toffset:9;\tsize:1;\tsigned:0;\n"
			     "\tfield:short s16;\toffset:10;\tsize:2;\tsigned:1;\n"
			     "\tfield:int s32;\toffset:12;\tsize:4;\tsigned:1;\n"
			     "\tfield:long s64;\toffset:16;\tsize:8;\tsigned:1;\n"
			     "\tfield:unsigned long u64;\toffset:24;\tsize:8;\tsigned:0;\n"
			     "\tfield:bool yes;\toffset:32;\tsize:1;\tsigned:0;\n"
			     "\tfield:char name[16];\toffset:33;\tsize:16;\tsigned:0;\n"
			     "\tfield:const void * where;\toffset:56;\tsize:8;\tsigned:0;\n"
			     "\tfield:__data_loc char[] text;\toffset:64;\tsize:4;\tsigned:0;\n"
			     "\tfield:__rel_loc char[] near;\toffset:68;\tsize:4;\tsigned:0;\n"
			     "\tfield:int several[4];\toffset:72;\tsize:16;\tsigned:1;\n"
			     "\nprint fmt: \"%d\", REC->s8\n";

static void random_filters_of_a_tracepoint(void)
{
	struct random r = {.state = 20260102};
	struct tracepoint *t = NULL;
	int nr_passed = 0;

	CHECK_EQ(tracepoint_new("odd", format, strlen(format), &t, NULL), 0);
	CHECK_EQ(tracepoint_put_frame(t, &schema_tracepoint), 0);
	for (int i = 0; i < 10000; i++) {
		_cleanup_buffer_ struct buffer text = {};

		random_filter(&r, &t->schema, 4, &text);
		buffer_append_char(&text, '\0');
		nr_passed += compare(&r, &t->schema, text.data);
	}
	check_true(nr_passed > 50000 && nr_passed < 150000, __FILE__, __LINE__, "%d of 200000 passed", nr_passed);
	tracepoint_free(t);
}

static int count_steps(const char *text, const struct filter_place *place)
{
	struct filter *f = make(text, &schema_exec);
	struct filter_table table;
	bool pushed = filter_push_down(f, &schema_exec, place, &table);

	filter_free(f);
	return pushed ? (int)table.nr_steps : 0;
}

static void what_the_kernel_decides(void)
{
	static const struct filter_place nowhere = {no_field};
	static const struct {
		const char *text;
		int nr_steps;
	} rows[] = {
		{"pid == 1", 1},
		{"pid in (1, 2, 3)", 3},
		{"pid == 1 && uid == 0 && comm == \"a\"", 3},
		{"pid == 1 && argv == \"a\" && uid == 0", 2},
		{"pid == 1 && (argv == \"a\" || uid == 0)", 1},
		{"pid == 1 || argv == \"a\"", 0},
		{"comm ~ \"a*\"", 1},
		{"comm ~ \"a**\"", 1},
		{"comm ~ \"a?\"", 0},
		{"comm ~ \"*a\"", 0},
		{"comm =~ \"a\"", 0},
		{"filename == \"0123456789012345678901234567890x\"", 1},
		{"filename == \"0123456789012345678901234567890xy\"", 0},
		{"dev == 1", 0},
		{"truncated == \"argv\"", 0},
		{"exe == \"/a\"", 0},
		{"privileged && !memfd", 2},
		{"present(pid)", 1},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CHECK_EQ(count_steps(rows[i].text, &everywhere), rows[i].nr_steps);
		CHECK_EQ(count_steps(rows[i].text, &nowhere), 0);
	}
}

/* A table holds so many comparisons; what is beyond stays here. */
static void a_full_table(void)
{
	char text[2000], *at = text;

	for (int i = 0; i < 33; i++)
		at += sprintf(at, "%spid != %d", i ? " && " : "", i);
	CHECK_EQ(count_steps(text, &everywhere), 32);
	at = text;
	for (int i = 0; i < 33; i++)
		at += sprintf(at, "%spid == %d", i ? " || " : "uid == 0 && (", i);
	strcpy(at, ")");
	CHECK_EQ(count_steps(text, &everywhere), 1);
}

/* Of an event type that lacks the field nothing passes, and the kernel side knows it. */
static void a_type_without_the_field(void)
{
	const struct schema *const both[] = {&schema_exec, &schema_exit, NULL};
	struct filter *f = filter_new(NULL);
	_cleanup_buffer_ struct buffer text = {};
	struct filter_table table;

	CHECK_EQ(filter_add(f, "--where", "exit_code == 1 && comm =~ \"x\"", NULL), 0);
	CHECK_EQ(filter_check(f, both, NULL, NULL), 0);
	CHECK(filter_push_down(f, &schema_exec, &everywhere, &table));
	CHECK_EQ(table.nr_steps, 1);
	CHECK(!table_passes(&table, m.bytes, sizeof(struct exec_event)));
	CHECK(filter_push_down(f, &schema_exit, &everywhere, &table));
	CHECK_EQ(filter_pushed_rows(f, &schema_exit), 1ULL << EXIT_exit_code);
	filter_explain(f, &schema_exit, &text);
	CHECK_BUFFER(&text, "exit\n  in the kernel  exit_code == 1\n  in user space  comm =~ \"x\"\n");
	filter_free(f);
}

/* The kernel side must not be led astray by a table that makes no sense. */
static void a_table_that_makes_no_sense(void)
{
	struct random r = {.state = 7};
	struct filter_table table;
	int nr_passed = 0;

	for (int i = 0; i < 100000; i++) {
		for (size_t k = 0; k < sizeof(table); k += sizeof(uint64_t)) {
			uint64_t word = random_next(&r);

			memcpy((char *)&table + k, &word, sizeof(word));
		}
		for (int k = 0; k < FILTER_STEPS_MAX; k++)
			table.steps[k].flags &= 0xff;
		nr_passed += table_passes(&table, m.bytes, random_below(&r, MAKER_BYTES));
	}
	CHECK(nr_passed > 0);
}

int main(void)
{
	RUN(random_filters_say_the_same);
	RUN(random_filters_of_a_tracepoint);
	RUN(what_the_kernel_decides);
	RUN(a_full_table);
	RUN(a_type_without_the_field);
	RUN(a_table_that_makes_no_sense);
	scratch_done(&scratch);
	return test_main();
}
