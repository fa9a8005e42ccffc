/* SPDX-License-Identifier: GPL-2.0-only */
/* See computed.h. */
#include "computed.h"

#include <stddef.h>
#include <string.h>

#include "events/exec.h"

/* 2024-07-06T13:33:30.024915123Z at the boot time that maker.h uses. */
#define WALL_MINUS_BOOT_NS (1720272810024915123 - 1234567890123)

static uint64_t get_number(const struct event *e, const char *name)
{
	struct value v = {.type = VALUE_ABSENT};

	event_get(e, schema_find_field(e->schema, name), &v);
	return v.type == VALUE_UINT ? v.u : 0;
}

static void get_time(const struct event *e, void *context, struct value *ret_value)
{
	(void)context;
	ret_value->type = VALUE_UINT;
	ret_value->u = get_number(e, "boot_ns") + WALL_MINUS_BOOT_NS;
}

static void set_text(struct value *v, const char *text)
{
	v->type = VALUE_TEXT;
	v->text.data = text;
	v->text.length = strlen(text);
}

static void get_user(const struct event *e, void *context, struct value *ret_value)
{
	(void)context;
	switch (get_number(e, "uid")) {
	case 0:
		set_text(ret_value, "root");
		break;
	case 502:
		set_text(ret_value, "ann");
		break;
	case 65534:
		set_text(ret_value, "a-user-name-of-31-bytes-is-long");
		break;
	default:
		set_text(ret_value, "70000");
	}
}

static void get_identity(const struct event *e, void *context, struct value *ret_value)
{
	char *text = scratch_take(e->scratch, 16);

	(void)context;
	if (!text)
		return;
	memcpy(text, "0123456789abcdef", 16);
	ret_value->type = VALUE_TEXT;
	ret_value->text.data = text;
	ret_value->text.length = 16;
}

/* A record inside the record. */
struct relative {
	kind_u32 pid;
	kind_comm comm;
};

static const struct field relative_fields[] = {
	{.name = "pid", .kind = KIND_u32, .row = FIELD_NO_ROW, .size = sizeof(kind_u32)},
	{.name = "comm",
	 .kind = KIND_comm,
	 .row = FIELD_NO_ROW,
	 .offset = offsetof(struct relative, comm),
	 .size = sizeof(kind_comm)},
};

static const struct schema relative_schema = {
	.name = "relative",
	.fields = relative_fields,
	.nr_fields = sizeof(relative_fields) / sizeof(relative_fields[0]),
	.line = "{comm}",
};

/* Process 77 has two relatives and a half, process 78 an empty list; all others none. */
static void get_relatives(const struct event *e, void *context, struct value *ret_value)
{
	static const struct relative relatives[] = {{1, {"init"}}, {4294967295, {"b\xe4 \"\x1b[0m\""}}, {5, {""}}};
	static struct event items[3];
	uint64_t pid = get_number(e, "pid");

	(void)context;
	if (pid != 77 && pid != 78)
		return;
	for (int i = 0; i < 3; i++) {
		size_t size = i == 2 ? sizeof(kind_u32) : sizeof(relatives[i]);

		items[i] = (struct event){
			.schema = &relative_schema, .parts[PART_RECORD] = {&relatives[i], size}, .scratch = e->scratch};
	}
	ret_value->type = VALUE_RECORDS;
	ret_value->records.items = items;
	ret_value->records.nr = pid == 77 ? 3 : 0;
}

static const struct computed_field rows[] = {
	{{.name = "time", .title = "TIME", .doc = "-", .kind = KIND_time, .row = FIELD_NO_ROW, .get = get_time}, ""},
	{{.name = "entity_id",
	  .title = "ENTITY_ID",
	  .doc = "-",
	  .kind = KIND_text,
	  .row = FIELD_NO_ROW,
	  .get = get_identity,
	  .needs = ROW_BIT(EXEC_pid) | ROW_BIT(EXEC_start_ns)},
	 "start_ns"},
	{{.name = "relatives",
	  .title = "RELATIVES",
	  .doc = "-",
	  .kind = KIND_records,
	  .row = FIELD_NO_ROW,
	  .get = get_relatives},
	 "entity_id"},
	{{.name = "user",
	  .title = "USER",
	  .doc = "-",
	  .kind = KIND_text,
	  .row = FIELD_NO_ROW,
	  .get = get_user,
	  .needs = ROW_BIT(EXEC_uid)},
	 "unlinked"},
};

static void get_program(const struct event *e, void *context, struct value *ret_value)
{
	(void)context;
	if (get_number(e, "seq") < 2)
		set_text(ret_value, "trace_made");
}

static void get_message(const struct event *e, void *context, struct value *ret_value)
{
	uint64_t number = get_number(e, "seq");

	(void)context;
	if (number < 2)
		set_text(ret_value, number ? "bad \xff\x1b[2J\nexec lost" : "pid 1, name \"init\"");
}

/* As JSON already. */
static void get_args(const struct event *e, void *context, struct value *ret_value)
{
	uint64_t number = get_number(e, "seq");

	(void)context;
	if (number < 2)
		set_text(ret_value,
			 number ? "[{\"text\":\"\\ufffd\",\"b64\":\"/w==\",\"truncated\":true}]" : "[1,\"init\"]");
}

static const struct computed_field log_rows[] = {
	{{.name = "time", .title = "TIME", .doc = "-", .kind = KIND_time, .row = FIELD_NO_ROW, .get = get_time}, ""},
	{{.name = "program",
	  .title = "PROGRAM",
	  .doc = "-",
	  .kind = KIND_text,
	  .row = FIELD_NO_ROW,
	  .get = get_program},
	 "level"},
	{{.name = "message",
	  .title = "MESSAGE",
	  .doc = "-",
	  .kind = KIND_text,
	  .row = FIELD_NO_ROW,
	  .get = get_message},
	 "program"},
	{{.name = "args", .title = "ARGS", .doc = "-", .kind = KIND_json, .row = FIELD_NO_ROW, .get = get_args},
	 "message"},
};

struct schema *computed_exec(void)
{
	return schema_extend(&schema_exec, rows, sizeof(rows) / sizeof(rows[0]));
}

struct schema *computed_lost(void)
{
	return schema_extend(&schema_lost, rows, 1);
}

struct schema *computed_exit(void)
{
	return schema_extend(&schema_exit, rows, 1);
}

struct schema *computed_fork(void)
{
	return schema_extend(&schema_fork, rows, 1);
}

struct schema *computed_log(void)
{
	return schema_extend(&schema_log, log_rows, sizeof(log_rows) / sizeof(log_rows[0]));
}
