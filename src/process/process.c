/* SPDX-License-Identifier: GPL-2.0-only */
/* Puts together what the computed rows need: two files read, the table of processes, the rows of each event type. */
#include "process/process.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "process/state.h"

static void get_chosen_env(const struct event *e, void *context, struct value *ret_value)
{
	const struct process *p = context;
	struct value whole;
	char *chosen;

	event_get(e, p->stored_env, &whole);
	if (whole.type != VALUE_LIST)
		return;
	/* One byte more: an empty list is there, too. */
	chosen = scratch_take(e->scratch, whole.text.length + 1);
	if (!chosen)
		return;
	ret_value->type = VALUE_LIST;
	ret_value->text.length = strings_select(p->environ_choice, whole.text.data, whole.text.length, chosen);
	ret_value->text.data = chosen;
}

/* The schemas of exec and snapshot with a getter in front of the stored environment. */
static void put_schemas(struct process *p)
{
	p->exec_schema = schema_exec;
	p->snapshot_schema = schema_snapshot;
	p->stored_env = schema_find_row(&schema_exec, EXEC_env);
	p->stored_exe = schema_find_row(&schema_exec, EXEC_exe);
	if (!p->environ_choice)
		return;
	memcpy(p->exec_fields, schema_exec.fields, schema_exec.nr_fields * sizeof(p->exec_fields[0]));
	p->exec_schema.fields = p->snapshot_schema.fields = p->exec_fields;
	for (size_t i = 0; i < schema_exec.nr_fields; i++) {
		if (p->exec_fields[i].row != EXEC_env)
			continue;
		p->exec_fields[i].get = get_chosen_env;
		p->exec_fields[i].context = p;
		p->exec_fields[i].needs = ROW_BIT(EXEC_env);
	}
}

static int open_table(struct process *p, const struct process_settings *settings, struct error *err)
{
	const struct table_settings table = {.max_processes = settings->max_processes, .rows = settings->kept_rows};

	return settings->max_processes ? table_open(&table, &p->table, err) : 0;
}

struct process *process_new(const struct process_settings *settings, struct error *err)
{
	struct process *p = calloc(1, sizeof(*p) + schema_exec.nr_fields * sizeof(p->exec_fields[0]));

	if (!p) {
		fail(err, -ENOMEM, "cannot prepare the computed fields: %s", strerror(ENOMEM));
		return NULL;
	}
	p->clock = settings->clock;
	p->environ_choice = settings->environ_choice;
	p->nr_ancestors = settings->nr_ancestors;
	if (open_table(p, settings, err) < 0) {
		free(p);
		return NULL;
	}
	users_read(&p->users, settings->passwd_path ? settings->passwd_path : "/etc/passwd");
	identity_read_boot(&p->boot,
			   settings->boot_id_path ? settings->boot_id_path : "/proc/sys/kernel/random/boot_id");
	put_schemas(p);
	ancestors_put_schema(p);
	for (int type = 0; type < RECORD_EVENT_MAX; type++)
		rows_put(p, type, process_schema(p, type));
	return p;
}

void process_free(struct process *p)
{
	if (!p)
		return;
	table_close(p->table);
	users_done(&p->users);
	free(p);
}

/* Control events are not in the list of types: theirs is the place of none. */
static enum record_type place_of(enum record_type type)
{
	return type < RECORD_EVENT_MAX ? type : TYPE_LOST;
}

const struct schema *process_schema(const struct process *p, enum record_type type)
{
	const struct schema *const schemas[RECORD_EVENT_MAX] = {
		[TYPE_LOST] = &schema_lost,
		[RECORD_exec] = &p->exec_schema,
		[RECORD_exec_fail] = &schema_exec_fail,
		[RECORD_exit] = &schema_exit,
		[RECORD_fork] = &schema_fork,
		[RECORD_snapshot] = &p->snapshot_schema,
		[RECORD_tracepoint] = &schema_tracepoint,
	};

	return schemas[place_of(type)];
}

const struct computed_field *process_rows(const struct process *p, enum record_type type, size_t *ret_nr)
{
	const struct type_rows *t = &p->types[place_of(type)];

	*ret_nr = t->nr_rows;
	return t->rows;
}

void process_feed(struct process *p, const struct record *record, size_t bytes)
{
	if (p->table)
		table_feed(p->table, record, bytes);
}

bool process_find_user(const struct process *p, const char *name, uint32_t *ret_uid)
{
	return users_find_name(&p->users, name, ret_uid);
}

const struct table *process_table(const struct process *p)
{
	return p->table;
}
