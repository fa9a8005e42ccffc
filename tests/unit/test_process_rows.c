/* SPDX-License-Identifier: GPL-2.0-only */
/* process/process.h: the computed rows, over exec records made by hand, good ones and hostile ones. */
#include <stddef.h>
#include <unistd.h>

#include "check.h"
#include "events/exec.h"
#include "events/lost.h"
#include "process/process.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* A record under construction: the fixed part, and the spans behind it. */
struct sample {
	struct exec_event exec;
	char spans[4096];
	uint32_t used; /* bytes of the spans */
};

static struct span add_span(struct sample *s, const void *bytes, size_t length)
{
	struct span span = {offsetof(struct sample, spans) + s->used, length};

	memcpy(s->spans + s->used, bytes, length);
	s->used += length;
	return span;
}
#define ADD_SPAN(s, literal) add_span(s, literal, sizeof(literal) - 1)

static struct clock wall = {.offset_ns = 1720272810000000000, .fd = -1};

struct fixture {
	struct process *process;
	struct schema *exec;
	struct schema *lost;
	struct scratch scratch;
	char passwd[64];
	char boot_id[64];
};

static void write_file(char *path, const char *text)
{
	int fd;

	strcpy(path, "/tmp/observer-test-XXXXXX");
	fd = mkstemp(path);
	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		exit(1);
	close(fd);
}

static struct fixture set_up(const struct environ_choice *choice)
{
	struct fixture f = {0};
	struct process_settings settings = {.clock = &wall, .environ_choice = choice};
	const struct computed_field *rows;
	size_t nr_rows;

	write_file(f.passwd, "root:x:0:0::/:\nalice:x:1000:1000::/:\n");
	write_file(f.boot_id, "9f3c2a71-b0de-4711-8000-001122334455\n");
	settings.passwd_path = f.passwd;
	settings.boot_id_path = f.boot_id;
	f.process = process_new(&settings, NULL);
	unlink(f.passwd);
	unlink(f.boot_id);
	rows = process_rows(f.process, RECORD_exec, &nr_rows);
	f.exec = schema_extend(process_schema(f.process, RECORD_exec), rows, nr_rows);
	rows = process_rows(f.process, RECORD_LOST, &nr_rows);
	f.lost = schema_extend(&schema_lost, rows, nr_rows);
	if (!f.process || !f.exec || !f.lost)
		exit(1);
	return f;
}

static void tear_down(struct fixture *f)
{
	schema_free(f->exec);
	schema_free(f->lost);
	process_free(f->process);
	scratch_done(&f->scratch);
}

/* Reads one field of a record of `size` bytes; absent too where the schema has no such field. */
static struct value read_field(struct fixture *f, const struct schema *schema, const void *record, size_t size,
			       const char *name)
{
	struct event e = {.schema = schema, .parts[PART_RECORD] = {record, size}, .scratch = &f->scratch};
	const struct field *field = schema_find_field(schema, name);
	struct value v = {.type = VALUE_ABSENT};

	if (CHECK(field != NULL))
		event_get(&e, field, &v);
	return v;
}

static struct value get(struct fixture *f, const struct sample *s, const char *name)
{
	return read_field(f, f->exec, s, sizeof(*s), name);
}

static void check_value(struct value v, const char *expected, struct check_place place)
{
	if (check_true(v.type == VALUE_TEXT, place.file, place.line, "%s has type %d", place.text, v.type))
		check_bytes(v.text.data, v.text.length, expected, strlen(expected), place);
}
#define CHECK_VALUE(read, expected) check_value(read, expected, CHECK_PLACE(read))
#define CHECK_ABSENT(read)	    CHECK_EQ((read).type, VALUE_ABSENT)

static struct sample good_sample(void)
{
	struct sample s = {0};

	s.exec.header.boot_ns = 24915123;
	s.exec.pid = 54304;
	s.exec.ppid = 54290;
	s.exec.start_ns = 0xa1b2c3d4e5;
	s.exec.parent_start_ns = 0xff;
	s.exec.uid = 1000;
	s.exec.cgroup = ADD_SPAN(&s, "\0docker-" ID ".scope\0system.slice\0");
	s.exec.env = ADD_SPAN(&s, "A=1\0B=2\0AA=3\0");
	return s;
}

static void rows_are_computed(void)
{
	struct fixture f = set_up(NULL);
	struct sample s = good_sample();

	CHECK_EQ(get(&f, &s, "time").type, VALUE_UINT);
	CHECK_EQ(get(&f, &s, "time").u, 1720272810024915123);
	CHECK_VALUE(get(&f, &s, "entity_id"), "9f3c2a71b0de.54304.a1b2c3d4e5");
	CHECK_VALUE(get(&f, &s, "parent_entity_id"), "9f3c2a71b0de.54290.ff");
	CHECK_VALUE(get(&f, &s, "user"), "alice");
	CHECK_VALUE(get(&f, &s, "container_id"), ID);
	CHECK_EQ(get(&f, &s, "env").text.length, 13);
	s.exec.uid = 1001;
	CHECK_VALUE(get(&f, &s, "user"), "1001");
	s.exec.uid = 4294967295;
	CHECK_VALUE(get(&f, &s, "user"), "4294967295");
	s.exec.uid = 0;
	CHECK_VALUE(get(&f, &s, "user"), "root");
	tear_down(&f);
}

static void values_of_one_event_stay(void)
{
	struct fixture f = set_up(NULL);
	struct sample s = good_sample();
	struct value first, second, third;

	s.exec.uid = 77;
	first = get(&f, &s, "entity_id");
	second = get(&f, &s, "user");
	for (int i = 0; i < 1000; i++)
		third = get(&f, &s, "parent_entity_id");
	CHECK_VALUE(first, "9f3c2a71b0de.54304.a1b2c3d4e5");
	CHECK_VALUE(second, "77");
	CHECK_VALUE(third, "9f3c2a71b0de.54290.ff");
	tear_down(&f);
}

static size_t place_of(const struct schema *s, const char *name)
{
	const struct field *f = schema_find_field(s, name);

	return f ? (size_t)(f - s->fields) : SIZE_MAX;
}

static void rows_have_their_places(void)
{
	struct fixture f = set_up(NULL);

	CHECK_EQ(place_of(f.exec, "time"), 0);
	CHECK_EQ(place_of(f.lost, "time"), 0);
	CHECK_EQ(place_of(f.exec, "entity_id"), place_of(f.exec, "start_ns") + 1);
	CHECK_EQ(place_of(f.exec, "parent_entity_id"), place_of(f.exec, "entity_id") + 1);
	CHECK_EQ(place_of(f.exec, "user"), place_of(f.exec, "uid") + 1);
	CHECK_EQ(place_of(f.exec, "container_id"), place_of(f.exec, "cgroup_id") + 1);
	tear_down(&f);
}

/* A getter sees nothing but what `needs` names: with the rest of the record destroyed it says the same. */
static void needs_are_complete(void)
{
	struct fixture f = set_up(NULL);
	static const char *const names[] = {"entity_id", "parent_entity_id", "user", "container_id"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct field *field = schema_find_field(f.exec, names[i]);
		struct sample s = good_sample(), other = good_sample();
		struct value before, after;

		memset(&other.exec, 0x5a, sizeof(other.exec));
		other.exec.unreadable = 0;
		for (size_t j = 0; j < f.exec->nr_fields; j++) {
			const struct field *stored = &f.exec->fields[j];

			if (stored->row < 64 && field->needs & ROW_BIT(stored->row))
				memcpy((char *)&other.exec + stored->offset, (char *)&s.exec + stored->offset,
				       stored->size);
		}
		before = get(&f, &s, names[i]);
		after = get(&f, &other, names[i]);
		CHECK(field->needs != 0);
		if (CHECK_EQ(after.type, before.type) && CHECK_EQ(before.type, VALUE_TEXT))
			CHECK_BYTES(after.text.data, after.text.length, before.text.data, before.text.length);
	}
	tear_down(&f);
}

static void what_is_not_known_is_absent(void)
{
	struct fixture f = set_up(NULL);
	struct sample s = good_sample();

	s.exec.unreadable = ROW_BIT(EXEC_start_ns);
	CHECK_ABSENT(get(&f, &s, "entity_id"));
	CHECK_VALUE(get(&f, &s, "parent_entity_id"), "9f3c2a71b0de.54290.ff");
	s.exec.unreadable = ROW_BIT(EXEC_parent_start_ns) | ROW_BIT(EXEC_uid) | ROW_BIT(EXEC_cgroup);
	CHECK_ABSENT(get(&f, &s, "parent_entity_id"));
	CHECK_ABSENT(get(&f, &s, "user"));
	CHECK_ABSENT(get(&f, &s, "container_id"));
	s = good_sample();
	s.exec.ppid = 0;
	CHECK_ABSENT(get(&f, &s, "parent_entity_id"));
	s.exec.header.boot_ns = 0;
	CHECK_ABSENT(get(&f, &s, "time"));
	tear_down(&f);
}

static void the_older_hierarchy_is_second(void)
{
	struct fixture f = set_up(NULL);
	struct sample s = good_sample();

	s.exec.cgroup = ADD_SPAN(&s, "\0");
	CHECK_ABSENT(get(&f, &s, "container_id"));
	s.exec.cgroup_v1 = ADD_SPAN(&s, "\0" ID "\0docker\0");
	CHECK_VALUE(get(&f, &s, "container_id"), ID);
	s.exec.cgroup =
		ADD_SPAN(&s, "\0docker-fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210.scope\0");
	CHECK_VALUE(get(&f, &s, "container_id"), "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210");
	tear_down(&f);
}

static void hostile_spans_are_absent(void)
{
	static const struct span spans[] = {{0, 0},
					    {UINT32_MAX, 1},
					    {UINT32_MAX, UINT32_MAX},
					    {0, UINT32_MAX},
					    {sizeof(struct sample), 1},
					    {1, sizeof(struct sample)},
					    {sizeof(struct sample) - 1, 2}};
	struct fixture f = set_up(NULL);
	struct sample s = good_sample();

	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
		s.exec.cgroup = s.exec.cgroup_v1 = spans[i];
		CHECK_ABSENT(get(&f, &s, "container_id"));
	}
	/* A single byte, the last one of the record. */
	s.exec.cgroup = (struct span){sizeof(struct sample) - 1, 1};
	CHECK_ABSENT(get(&f, &s, "container_id"));
	tear_down(&f);
}

/* A record cut anywhere, in memory that ends there, and lying at an odd address. */
static void cut_records_do_no_harm(void)
{
	static const char *const names[] = {"time", "entity_id", "parent_entity_id", "user", "container_id", "env"};
	struct environ_choice *choice = NULL;
	struct sample s = good_sample();
	struct fixture f;
	size_t whole = offsetof(struct sample, spans) + s.used, nr_present = 0;

	environ_choice_new("A*", &choice, NULL);
	f = set_up(choice);
	for (size_t size = 0; size <= whole; size++) {
		char *memory = malloc(size + 1);

		memcpy(memory + 1, &s, size);
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			nr_present += read_field(&f, f.exec, memory + 1, size, names[i]).type != VALUE_ABSENT;
		free(memory);
		scratch_reset(&f.scratch);
	}
	CHECK(nr_present > 6);
	tear_down(&f);
	environ_choice_free(choice);
}

static void the_environment_is_chosen(void)
{
	struct environ_choice *choice = NULL;
	struct sample s = good_sample();
	struct fixture f;
	struct value v;

	environ_choice_new("A*,X", &choice, NULL);
	f = set_up(choice);
	v = get(&f, &s, "env");
	CHECK_EQ(v.type, VALUE_LIST);
	CHECK_BYTES(v.text.data, v.text.length, "A=1\0AA=3\0", 9);
	CHECK_EQ(schema_find_field(f.exec, "env")->needs, ROW_BIT(EXEC_env));
	CHECK_EQ(schema_find_field(f.exec, "env")->row, EXEC_env);
	/* None chosen is an empty list; none collected is absent. */
	s.exec.env = ADD_SPAN(&s, "B=2\0");
	v = get(&f, &s, "env");
	CHECK_EQ(v.type, VALUE_LIST);
	CHECK_EQ(v.text.length, 0);
	s.exec.env = ADD_SPAN(&s, "");
	CHECK_EQ(get(&f, &s, "env").type, VALUE_LIST);
	s.exec.env = (struct span){0, 0};
	CHECK_ABSENT(get(&f, &s, "env"));
	s = good_sample();
	s.exec.unreadable = ROW_BIT(EXEC_env);
	CHECK_ABSENT(get(&f, &s, "env"));
	tear_down(&f);
	environ_choice_free(choice);
}

static void lost_events_have_a_time(void)
{
	struct fixture f = set_up(NULL);
	struct lost_event lost = {.header.boot_ns = 5};
	struct value v = read_field(&f, f.lost, &lost, sizeof(lost), "time");

	CHECK_EQ(v.type, VALUE_UINT);
	CHECK_EQ(v.u, 1720272810000000005);
	tear_down(&f);
}

static void nothing_to_read_is_no_error(void)
{
	struct process_settings settings = {
		.clock = &wall, .passwd_path = "/nonexistent", .boot_id_path = "/nonexistent"};
	struct sample s = good_sample();
	struct fixture f = set_up(NULL);
	const struct computed_field *rows;
	size_t nr_rows;

	schema_free(f.exec);
	process_free(f.process);
	f.process = process_new(&settings, NULL);
	rows = process_rows(f.process, RECORD_exec, &nr_rows);
	f.exec = schema_extend(process_schema(f.process, RECORD_exec), rows, nr_rows);
	CHECK_VALUE(get(&f, &s, "user"), "1000");
	CHECK_VALUE(get(&f, &s, "entity_id"), "000000000000.54304.a1b2c3d4e5");
	tear_down(&f);
	process_free(NULL);
}

int main(void)
{
	RUN(rows_are_computed);
	RUN(values_of_one_event_stay);
	RUN(rows_have_their_places);
	RUN(needs_are_complete);
	RUN(what_is_not_known_is_absent);
	RUN(the_older_hierarchy_is_second);
	RUN(hostile_spans_are_absent);
	RUN(cut_records_do_no_harm);
	RUN(the_environment_is_chosen);
	RUN(lost_events_have_a_time);
	RUN(nothing_to_read_is_no_error);
	return test_main();
}
