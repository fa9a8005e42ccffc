/* SPDX-License-Identifier: GPL-2.0-only */
/* schema/kinds.c, load.c, path.c, print.c: each kind, read out of a record and shown; hostile records. */
#include <sys/sysmacros.h>

#include "../golden/maker.h"
#include "check.h"

static struct maker m;
static struct scratch scratch;

static struct event event(void)
{
	return maker_event(&m, &schema_exec, &scratch);
}

static struct value get(const char *name)
{
	struct event e = event();
	struct value v;

	event_get(&e, schema_find_field(&schema_exec, name), &v);
	return v;
}

static bool is_absent(const char *name)
{
	return get(name).type == VALUE_ABSENT;
}

/* The field's text or JSON, NUL-terminated, valid until the next call. */
static const char *show(const char *name, bool json)
{
	static struct buffer out;
	const struct field *f = schema_find_field(&schema_exec, name);
	struct value v = get(name);
	struct event e = event();

	out.length = 0;
	if (v.type == VALUE_ABSENT)
		return NULL;
	if (json)
		kinds[f->kind].print_json(&e, &v, &out);
	else
		kinds[f->kind].print_text(&e, &v, &out);
	buffer_append_char(&out, 0);
	return out.data;
}

#define CHECK_SHOWN(name, text, json)                                                                                  \
	do {                                                                                                           \
		CHECK_TEXT(show(name, false), text);                                                                   \
		CHECK_TEXT(show(name, true), json);                                                                    \
	} while (0)

static void every_kind_is_complete(void)
{
	for (int i = 0; i < KIND_MAX; i++) {
		CHECK(kinds[i].name && kinds[i].json && kinds[i].load && kinds[i].print_text && kinds[i].print_json);
		for (int k = 0; k < i; k++)
			CHECK(strcmp(kinds[i].name, kinds[k].name));
	}
	CHECK_TEXT(kinds[KIND_u32].name, "u32");
	CHECK_TEXT(kinds[KIND_time].name, "time");
}

static void numbers_are_digits(void)
{
	maker_begin_exec(&m);
	m.exec.pid = 0;
	m.exec.ppid = 4294967295;
	m.exec.ino = ~0ULL;
	m.exec.uid = 4294967295;
	m.exec.start_ns = 1;
	CHECK_SHOWN("pid", "0", "0");
	CHECK_SHOWN("ppid", "4294967295", "4294967295");
	CHECK_SHOWN("ino", "18446744073709551615", "18446744073709551615");
	CHECK_SHOWN("uid", "4294967295", "4294967295");
	CHECK_SHOWN("start_ns", "1", "1");
}

static void numbers_that_are_not_known_are_absent(void)
{
	maker_begin_exec(&m);
	CHECK_SHOWN("cpu", "1", "1");
	CHECK_SHOWN("seq", "41", "41");
	m.exec.header.cpu = ~0U;
	m.exec.header.seq = ~0ULL;
	m.exec.netns = 0;
	m.exec.pidns = 1;
	CHECK(is_absent("cpu"));
	CHECK(is_absent("seq"));
	CHECK(is_absent("netns"));
	CHECK_SHOWN("pidns", "1", "1");
	m.exec.header.cpu = m.exec.header.seq = 0;
	CHECK_SHOWN("cpu", "0", "0");
	CHECK_SHOWN("seq", "0", "0");
}

static void bit_sets_have_16_digits(void)
{
	maker_begin_exec(&m);
	m.exec.cap_permitted = 0x1ffffffffff;
	CHECK_SHOWN("cap_permitted", "000001ffffffffff", "\"000001ffffffffff\"");
	CHECK_SHOWN("cap_effective", "0000000000000000", "\"0000000000000000\"");
	m.exec.cap_permitted = ~0ULL;
	CHECK_SHOWN("cap_permitted", "ffffffffffffffff", "\"ffffffffffffffff\"");
}

static void flags_are_always_there(void)
{
	maker_begin_exec(&m);
	m.exec.privileged = 1;
	m.exec.memfd = 256;
	CHECK_SHOWN("privileged", "true", "true");
	CHECK_SHOWN("memfd", "true", "true");
	CHECK_SHOWN("unlinked", "false", "false");
}

/* makedev(3) is what st_dev is made with. */
static void devices_are_as_stat_says(void)
{
	static const unsigned int pairs[][2] = {{0, 0}, {8, 1}, {254, 255}, {259, 256}, {4095, 1048575}, {0, 1048575}};

	maker_begin_exec(&m);
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		m.exec.dev = pairs[i][0] << 20 | pairs[i][1];
		CHECK_EQ(get("dev").u, makedev(pairs[i][0], pairs[i][1]));
	}
}

static void comm_ends_at_nul_or_at_its_size(void)
{
	maker_begin_exec(&m);
	CHECK_SHOWN("comm", "sed", "\"sed\"");
	memcpy(m.exec.comm.bytes, "exactly-16-bytes", 16);
	CHECK_SHOWN("comm", "exactly-16-bytes", "\"exactly-16-bytes\"");
	memset(m.exec.comm.bytes, 0, 16);
	CHECK_SHOWN("comm", "", "\"\"");
	memcpy(m.exec.comm.bytes, "a\0b", 4);
	CHECK_SHOWN("comm", "a", "\"a\"");
	memcpy(m.exec.comm.bytes, "\x1b\"\\\n", 5);
	CHECK_SHOWN("comm", "\\x1b\"\\\\\\n", "\"\\u001b\\\"\\\\\\n\"");
}

static void text_without_offset_is_absent(void)
{
	maker_begin_exec(&m);
	CHECK(is_absent("filename"));
	maker_text(&m, &m.exec.filename, "/bin/\xff x");
	CHECK_SHOWN("filename", "/bin/\\xff x", "\"/bin/\xef\xbf\xbd x\"");
	maker_text(&m, &m.exec.filename, "");
	CHECK_SHOWN("filename", "", "\"\"");
}

static void terminals_are_named_by_their_files(void)
{
	static const char *const names[][2] = {
		{"pts0", "pts/0"}, {"pts12", "pts/12"}, {"tty1", "tty1"}, {"ttyS0", "ttyS0"},
		{"pts", "pts"},	   {"ptsx", "ptsx"},	{"p", "p"},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		maker_begin_exec(&m);
		maker_text(&m, &m.exec.tty, names[i][0]);
		CHECK_TEXT(show("tty", false), names[i][1]);
	}
	maker_begin_exec(&m);
	CHECK(is_absent("tty"));
}

static void check_path(enum path_end end, const char *components, const char *expected)
{
	maker_begin_exec(&m);
	maker_path(&m, &m.exec.exe, end, components);
	CHECK_TEXT(show("exe", false), expected);
}

static void paths_are_as_readlink_says(void)
{
	check_path(PATH_AT_ROOT, "", "/");
	check_path(PATH_AT_ROOT, "x", "/x");
	check_path(PATH_AT_ROOT, "usr/bin/sed", "/usr/bin/sed");
	check_path(PATH_DELETED, "tmp/x", "/tmp/x (deleted)");
	check_path(PATH_DELETED, "", "/ (deleted)");
	check_path(PATH_PSEUDO, "memfd:x", "/memfd:x (deleted)");
	check_path(PATH_CUT, "b/c", ".../b/c");
	check_path(PATH_CUT, "", ".../");
}

static void paths_may_lack_their_last_nul(void)
{
	maker_begin_exec(&m);
	maker_put(&m, &m.exec.cwd, "\0c\0b\0a", 6);
	CHECK_TEXT(show("cwd", false), "/a/b/c");
	maker_put(&m, &m.exec.cwd, "\0\0\0", 3);
	CHECK_TEXT(show("cwd", false), "//");
	maker_put(&m, &m.exec.cwd, "\0", 1);
	CHECK_TEXT(show("cwd", false), "/");
	maker_put(&m, &m.exec.cwd, "", 0);
	CHECK(is_absent("cwd"));
	maker_put(&m, &m.exec.cwd, "\4a\0", 3);
	CHECK(is_absent("cwd"));
	maker_put(&m, &m.exec.cwd, "\xff", 1);
	CHECK(is_absent("cwd"));
}

/* Longer than any chunk that is there: what is put together fills one of exactly its size. */
static void long_paths_are_whole(void)
{
	static char stored[20000];
	struct value v;

	memset(stored, 'p', sizeof(stored));
	for (int end = PATH_AT_ROOT; end <= PATH_CUT; end++) {
		size_t around = end == PATH_CUT ? 3 : end == PATH_AT_ROOT ? 0 : 10;

		scratch_done(&scratch);
		stored[0] = end;
		maker_begin_exec(&m);
		maker_put(&m, &m.exec.exe, stored, sizeof(stored));
		v = get("exe");
		CHECK_EQ(v.text.length, sizeof(stored) + around);
		CHECK_BYTES(v.text.data + v.text.length - 10, 10, around == 10 ? " (deleted)" : "pppppppppp", 10);
		CHECK_BYTES(v.text.data, 4, around == 3 ? ".../" : "/ppp", 4);
	}
}

/* Values of one event stay where they are while others are put together. */
static void values_stay_valid_until_the_next_event(void)
{
	static char deep[4000];
	struct value first;

	memset(deep, 'd', sizeof(deep) - 1);
	maker_begin_exec(&m);
	maker_path(&m, &m.exec.exe, PATH_AT_ROOT, "usr/bin/sed");
	maker_path(&m, &m.exec.cwd, PATH_AT_ROOT, deep);
	scratch_reset(&scratch);
	first = get("exe");
	for (int i = 0; i < 1000; i++)
		CHECK_EQ(get("cwd").text.length, sizeof(deep));
	CHECK_BYTES(first.text.data, first.text.length, "/usr/bin/sed", 12);
	scratch_reset(&scratch);
}

static void lists_are_arrays_and_words(void)
{
	maker_begin_exec(&m);
	CHECK(is_absent("argv"));
	maker_list(&m, &m.exec.argv, "a\0b c\0");
	CHECK_SHOWN("argv", "a 'b c' ''", "[\"a\",\"b c\",\"\"]");
	maker_put(&m, &m.exec.argv, "a\0b", 3);
	CHECK_SHOWN("argv", "a b", "[\"a\",\"b\"]");
	maker_put(&m, &m.exec.argv, "", 0);
	CHECK_SHOWN("argv", "", "[]");
	maker_put(&m, &m.exec.argv, "\0", 1);
	CHECK_SHOWN("argv", "''", "[\"\"]");
}

static void inexact_json_is_told(void)
{
	const struct field *f = schema_find_field(&schema_exec, "argv");
	struct event e = event();
	struct buffer out = {0};
	struct value v;

	maker_begin_exec(&m);
	maker_list(&m, &m.exec.argv, "a\0\xc3\xa9");
	v = get("argv");
	CHECK(kinds[f->kind].print_json(&e, &v, &out));
	maker_list(&m, &m.exec.argv, "\xff\0b");
	v = get("argv");
	CHECK(!kinds[f->kind].print_json(&e, &v, &out));
	buffer_done(&out);
}

static void keys_are_names_of_rows_that_are_shown(void)
{
	maker_begin_exec(&m);
	CHECK(is_absent("truncated"));
	m.exec.truncated = ROW_BIT(EXEC_argv) | ROW_BIT(EXEC_exe);
	CHECK_SHOWN("truncated", "exe,argv", "[\"exe\",\"argv\"]");
	m.exec.truncated |= ROW_BIT(EXEC_cgroup_v1) | ~0ULL << EXEC_ROW_MAX;
	CHECK_SHOWN("truncated", "exe,argv", "[\"exe\",\"argv\"]");
	m.exec.truncated = ROW_BIT(EXEC_cgroup_v1);
	CHECK(is_absent("truncated"));
}

static void names_of_types_and_causes(void)
{
	struct event e = {.schema = &schema_lost, .parts[PART_RECORD] = {m.bytes, sizeof(m.lost)}};
	struct value v;

	maker_lost(&m, LOSS_missed_run, 1);
	event_get(&e, schema_find_field(&schema_lost, "cause"), &v);
	CHECK_BYTES(v.text.data, v.text.length, "missed_run", 10);
	event_get(&e, schema_find_field(&schema_lost, "of"), &v);
	CHECK_BYTES(v.text.data, v.text.length, "exec", 4);
	m.lost.cause = LOSS_CAUSE_MAX;
	m.lost.of = RECORD_NONE;
	event_get(&e, schema_find_field(&schema_lost, "cause"), &v);
	CHECK_EQ(v.type, VALUE_ABSENT);
	event_get(&e, schema_find_field(&schema_lost, "of"), &v);
	CHECK_EQ(v.type, VALUE_ABSENT);
	m.lost.of = RECORD_PIECE;
	event_get(&e, schema_find_field(&schema_lost, "of"), &v);
	CHECK_EQ(v.type, VALUE_ABSENT);
}

static void times_are_rfc_3339(void)
{
	struct event e = event();
	struct value v = {.type = VALUE_UINT, .u = 1720272810024915123};
	struct buffer out = {0};

	kinds[KIND_time].print_json(&e, &v, &out);
	CHECK_BUFFER(&out, "\"2024-07-06T13:33:30.024915123Z\"");
	buffer_done(&out);
}

/* Each span in turn, at each edge of a record that lies at the end of its memory: a sanitizer sees what is read beyond.
 */
static void spans_outside_the_record_are_absent(void)
{
	static const char *const names[] = {"filename", "exe", "interp", "cwd", "argv", "env", "tty", "cgroup"};
	size_t size = sizeof(struct exec_event) + 16;
	char *record = calloc(1, size);
	struct event e = {.schema = &schema_exec, .parts[PART_RECORD] = {record, size}, .scratch = &scratch};
	const struct span bad[] = {{size + 1, 0},
				   {size, 1},
				   {size - 1, 2},
				   {1, size},
				   {0xffffffff, 1},
				   {1, 0xffffffff},
				   {0xffffffff, 0xffffffff},
				   {0x80000000, 0x80000000}};
	const struct span good = {size - 16, 16};
	struct value v;

	memset(record + size - 16, 1, 16);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct field *f = schema_find_field(&schema_exec, names[i]);

		for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++) {
			memcpy(record + f->offset, &bad[k], sizeof(bad[k]));
			event_get(&e, f, &v);
			CHECK_EQ(v.type, VALUE_ABSENT);
		}
		memcpy(record + f->offset, &good, sizeof(good));
		event_get(&e, f, &v);
		CHECK(v.type == VALUE_TEXT || v.type == VALUE_LIST);
	}
	free(record);
	scratch_reset(&scratch);
}

static void short_records_lack_their_last_rows(void)
{
	maker_exec(&m);
	for (size_t size = 0; size < sizeof(m.exec); size++) {
		char *record = memcpy(malloc(size + 1), m.bytes, size);
		struct event e = {.schema = &schema_exec, .parts[PART_RECORD] = {record, size}, .scratch = &scratch};

		record = realloc(record, size ? size : 1);
		e.parts[PART_RECORD].data = record;
		for (size_t i = 0; i < schema_exec.nr_fields; i++) {
			const struct field *f = &schema_exec.fields[i];
			struct value v;

			event_get(&e, f, &v);
			CHECK(v.type == VALUE_ABSENT || f->offset + f->size <= size);
		}
		free(record);
		scratch_reset(&scratch);
	}
}

int main(void)
{
	RUN(every_kind_is_complete);
	RUN(numbers_are_digits);
	RUN(numbers_that_are_not_known_are_absent);
	RUN(bit_sets_have_16_digits);
	RUN(flags_are_always_there);
	RUN(devices_are_as_stat_says);
	RUN(comm_ends_at_nul_or_at_its_size);
	RUN(text_without_offset_is_absent);
	RUN(terminals_are_named_by_their_files);
	RUN(paths_are_as_readlink_says);
	RUN(paths_may_lack_their_last_nul);
	RUN(long_paths_are_whole);
	RUN(values_stay_valid_until_the_next_event);
	RUN(lists_are_arrays_and_words);
	RUN(inexact_json_is_told);
	RUN(keys_are_names_of_rows_that_are_shown);
	RUN(names_of_types_and_causes);
	RUN(times_are_rfc_3339);
	RUN(spans_outside_the_record_are_absent);
	RUN(short_records_lack_their_last_rows);
	scratch_done(&scratch);
	return test_main();
}
