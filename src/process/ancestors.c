/* SPDX-License-Identifier: GPL-2.0-only */
/* Rows that the table of processes answers: ancestors, and the program of a process whose own records do not tell it.
 */
#include "process/state.h"

#include <stdalign.h>

#include "process/table.h"

static const struct table_process *find_process(const struct event *e, const struct type_rows *t)
{
	uint64_t pid, start_ns;

	if (!t->process->table || !rows_read_number(e, t->pid, &pid) || !rows_read_number(e, t->start_ns, &start_ns))
		return NULL;
	return table_find(t->process->table, pid, start_ns);
}

static void set_exe(const struct event *e, const struct process *p, const struct table_process *of,
		    struct value *ret_value)
{
	size_t bytes;
	const struct exec_event *program = of ? table_program(of, &bytes) : NULL;

	if (program)
		event_get(&(struct event){.schema = &schema_exec,
					  .parts[PART_RECORD] = {program, bytes},
					  .scratch = e->scratch},
			  p->stored_exe, ret_value);
}

void ancestors_get_exe(const struct event *e, void *context, struct value *ret_value)
{
	const struct type_rows *t = context;

	set_exe(e, t->process, find_process(e, t), ret_value);
}

/* --- the fields of one ancestor: its record is a struct table_process --- */

static void get_pid(const struct event *e, void *context, struct value *ret_value)
{
	const struct table_process *of = e->parts[PART_RECORD].data;

	(void)context;
	rows_set_number(ret_value, of->pid);
}

static void get_entity_id(const struct event *e, void *context, struct value *ret_value)
{
	const struct table_process *of = e->parts[PART_RECORD].data;

	rows_set_identity(e, context, of->pid, of->start_ns, ret_value);
}

static void get_comm(const struct event *e, void *context, struct value *ret_value)
{
	const struct table_process *of = e->parts[PART_RECORD].data;

	(void)context;
	if (of->comm.bytes[0])
		rows_set_text(ret_value, of->comm.bytes, strnlen(of->comm.bytes, sizeof(of->comm.bytes)));
}

static void get_exe(const struct event *e, void *context, struct value *ret_value)
{
	set_exe(e, context, e->parts[PART_RECORD].data, ret_value);
}

void ancestors_put_schema(struct process *p)
{
	static const struct field fields[] = {
		{.name = "pid", .kind = KIND_u32, .get = get_pid, .row = FIELD_NO_ROW},
		{.name = "entity_id", .kind = KIND_text, .get = get_entity_id, .row = FIELD_NO_ROW},
		{.name = "comm", .kind = KIND_text, .get = get_comm, .row = FIELD_NO_ROW},
		{.name = "exe", .kind = KIND_text, .get = get_exe, .row = FIELD_NO_ROW},
	};

	_Static_assert(sizeof(fields) == sizeof(p->ancestor_fields), "each field needs a place");
	memcpy(p->ancestor_fields, fields, sizeof(fields));
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		p->ancestor_fields[i].context = p;
	p->ancestor = (struct schema){
		.name = "ancestor",
		.fields = p->ancestor_fields,
		.nr_fields = sizeof(fields) / sizeof(fields[0]),
		.line = "{comm}",
	};
}

/* The parent at birth where the table knows the process, else as the record says it. */
static const struct table_process *find_parent(const struct event *e, const struct type_rows *t)
{
	const struct table_process *self = find_process(e, t);
	uint64_t ppid, start_ns;

	if (self && self->parent)
		return self->parent;
	if (!t->process->table || !rows_read_number(e, t->ppid, &ppid) ||
	    !rows_read_number(e, t->parent_start_ns, &start_ns))
		return NULL;
	return table_find(t->process->table, ppid, start_ns);
}

void ancestors_get(const struct event *e, void *context, struct value *ret_value)
{
	const struct type_rows *t = context;
	const struct table_process *at = t->process->nr_ancestors ? find_parent(e, t) : NULL;
	size_t nr = 0, most = t->process->nr_ancestors;
	struct event *items;
	char *memory;

	for (const struct table_process *p = at; p && nr < most; p = p->parent)
		nr++;
	memory = nr ? scratch_take(e->scratch, nr * sizeof(*items) + alignof(struct event)) : NULL;
	if (!memory)
		return;
	items = (struct event *)(((uintptr_t)memory + alignof(struct event) - 1) &
				 ~(uintptr_t)(alignof(struct event) - 1));
	for (size_t i = 0; i < nr; i++, at = at->parent)
		items[i] = (struct event){
			.schema = &t->process->ancestor,
			.parts[PART_RECORD] = {at, sizeof(*at)},
			.scratch = e->scratch,
		};
	ret_value->type = VALUE_RECORDS;
	ret_value->records.items = items;
	ret_value->records.nr = nr;
}
