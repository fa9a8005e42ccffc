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
	{{.name = "user",
	  .title = "USER",
	  .doc = "-",
	  .kind = KIND_text,
	  .row = FIELD_NO_ROW,
	  .get = get_user,
	  .needs = ROW_BIT(EXEC_uid)},
	 "unlinked"},
};

struct schema *computed_exec(void)
{
	return schema_extend(&schema_exec, rows, sizeof(rows) / sizeof(rows[0]));
}

struct schema *computed_lost(void)
{
	return schema_extend(&schema_lost, rows, 1);
}
