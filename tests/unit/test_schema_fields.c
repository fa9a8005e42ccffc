/* SPDX-License-Identifier: GPL-2.0-only */
/* schema/builtin.c, schema.c, scratch.c: the tables of fields, looking up, extending, memory of values. */
#include "../golden/maker.h"
#include "check.h"

static void check_table(const struct schema *s)
{
	for (size_t i = 0; i < s->nr_fields; i++) {
		const struct field *f = &s->fields[i];

		CHECK(f->name && *f->name && f->kind < KIND_MAX && f->size > 0);
		if (f->internal)
			continue;
		CHECK(*f->title && *f->doc);
		CHECK(f->doc[strlen(f->doc) - 1] != '.');
		CHECK(schema_find_field(s, f->name) == f);
		CHECK(strcmp(f->name, "event"));
	}
}

static void tables_are_complete(void)
{
	check_table(&schema_exec);
	check_table(&schema_lost);
	check_table(&schema_log);
	CHECK_EQ(schema_exec.nr_fields, 4 + EXEC_ROW_MAX);
	CHECK(!schema_exec.control);
	CHECK(schema_lost.control);
}

/* Rows lie one behind the other without holes, in their order, and fill the record. */
static void rows_lie_as_in_the_record(void)
{
	size_t offset = sizeof(struct record);

	for (size_t i = 0; i < schema_exec.nr_fields; i++) {
		const struct field *f = &schema_exec.fields[i];

		if (f->row == FIELD_NO_ROW)
			continue;
		CHECK_EQ(f->offset, offset);
		offset += f->size;
	}
	CHECK_EQ(offset, sizeof(struct exec_event));
	CHECK(schema_find_row(&schema_exec, EXEC_argv) == schema_find_field(&schema_exec, "argv"));
}

static void internal_rows_are_found_by_number_only(void)
{
	CHECK(!schema_find_field(&schema_exec, "cgroup_v1"));
	CHECK(!schema_find_field(&schema_exec, "type"));
	CHECK_TEXT(schema_find_row(&schema_exec, EXEC_cgroup_v1)->name, "cgroup_v1");
	CHECK(!schema_find_row(&schema_exec, FIELD_NO_ROW));
	CHECK(!schema_find_row(&schema_exec, EXEC_ROW_MAX));
	CHECK(!schema_find_field(&schema_exec, ""));
	CHECK(!schema_find_field(&schema_exec, "PID"));
}

static void unreadable_rows_are_absent(void)
{
	static struct maker m;
	struct scratch scratch = {0};

	for (size_t i = 0; i < schema_exec.nr_fields; i++) {
		const struct field *f = &schema_exec.fields[i];
		struct event e;
		struct value v;

		if (f->row == FIELD_NO_ROW || f->row == EXEC_unreadable)
			continue;
		maker_exec(&m);
		m.exec.unreadable = ROW_BIT(f->row);
		e = maker_event(&m, &schema_exec, &scratch);
		event_get(&e, f, &v);
		CHECK_EQ(v.type, VALUE_ABSENT);
		m.exec.unreadable = ~ROW_BIT(f->row);
		event_get(&e, &schema_exec.fields[0], &v);
		CHECK_EQ(v.type, VALUE_UINT);
	}
	scratch_done(&scratch);
}

static void get_context(const struct event *e, void *context, struct value *ret_value)
{
	(void)e;
	ret_value->type = VALUE_UINT;
	ret_value->u = *(int *)context;
}

static void schemas_can_be_extended(void)
{
	int number = 7;
	const struct computed_field rows[] = {
		{{.name = "c2", .kind = KIND_u64, .get = get_context, .context = &number}, "c1"},
		{{.name = "first", .kind = KIND_u64, .get = get_context, .context = &number}, ""},
		{{.name = "second", .kind = KIND_u64, .get = get_context, .context = &number}, ""},
		{{.name = "c1", .kind = KIND_u64, .get = get_context, .context = &number}, "pid"},
		{{.name = "c3", .kind = KIND_u64, .get = get_context, .context = &number}, "pid"},
		{{.name = "last", .kind = KIND_u64, .get = get_context, .context = &number}, "spilled"},
	};
	struct schema *s = schema_extend(&schema_exec, rows, 6);
	struct event e = {.schema = s};
	struct value v;
	size_t pid;

	CHECK_EQ(s->nr_fields, schema_exec.nr_fields + 6);
	CHECK_TEXT(s->fields[0].name, "first");
	CHECK_TEXT(s->fields[1].name, "second");
	CHECK_TEXT(s->fields[2].name, "boot_ns");
	CHECK_TEXT(s->fields[s->nr_fields - 1].name, "last");
	pid = schema_find_field(s, "pid") - s->fields;
	CHECK_TEXT(s->fields[pid + 1].name, "c1");
	CHECK_TEXT(s->fields[pid + 2].name, "c2");
	CHECK_TEXT(s->fields[pid + 3].name, "c3");
	CHECK_TEXT(s->fields[pid + 4].name, "old_pid");
	CHECK_EQ(s->unreadable_offset, schema_exec.unreadable_offset);
	event_get(&e, schema_find_field(s, "c2"), &v);
	CHECK_EQ(v.u, 7);
	schema_free(s);
}

static void rows_behind_nothing_are_refused(void)
{
	const struct computed_field lost = {{.name = "a", .get = get_context}, "no_such_field"};
	const struct computed_field itself = {{.name = "a", .get = get_context}, "a"};

	CHECK(!schema_extend(&schema_exec, &lost, 1));
	CHECK(!schema_extend(&schema_exec, &itself, 1));
	schema_free(NULL);
}

static void scratch_never_moves(void)
{
	struct scratch s = {0};
	char *taken[200];
	size_t total = 0;

	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 200; i++) {
			taken[i] = scratch_take(&s, 1 + i * 37);
			memset(taken[i], i, 1 + i * 37);
		}
		for (int i = 0; i < 200; i++)
			for (int k = 0; k < 1 + i * 37; k++)
				total += (unsigned char)taken[i][k] == i;
		scratch_reset(&s);
	}
	CHECK_EQ(total, 3 * (200 + 37 * 199 * 100));
	scratch_done(&s);
}

static void scratch_is_used_again(void)
{
	struct scratch s = {0};
	char *first;

	scratch_reset(&s);
	first = scratch_take(&s, 100);
	scratch_reset(&s);
	CHECK(scratch_take(&s, 50) == first);
	CHECK(scratch_take(&s, 0) != NULL);
	CHECK(scratch_take(&s, 10 * 1024 * 1024) != NULL);
	scratch_reset(&s);
	CHECK(s.room < 1024 * 1024);
	CHECK(!scratch_take(&s, SIZE_MAX));
	CHECK(scratch_take(&s, 10) != NULL);
	scratch_done(&s);
	CHECK(!s.chunk && !s.room);
}

int main(void)
{
	RUN(tables_are_complete);
	RUN(rows_lie_as_in_the_record);
	RUN(internal_rows_are_found_by_number_only);
	RUN(unreadable_rows_are_absent);
	RUN(schemas_can_be_extended);
	RUN(rows_behind_nothing_are_refused);
	RUN(scratch_never_moves);
	RUN(scratch_is_used_again);
	return test_main();
}
