/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to process/: what the getters of computed rows look into. They run for every event: no system call, no memory
 * but the scratch. */
#ifndef PROCESS_STATE_H
#define PROCESS_STATE_H

#include "process/identity.h"
#include "process/process.h"
#include "process/users.h"

/* Most computed rows that an event type has. */
#define TYPE_ROWS_MAX 12

/* One event type: the context of its rows. */
struct type_rows {
	const struct process *process;
	/* As its records hold them; NULL where it has none. */
	const struct field *pid, *start_ns, *ppid, *parent_start_ns, *uid;
	size_t nr_rows;
	struct computed_field rows[TYPE_ROWS_MAX];
};

/* The place of control events in process->types. */
#define TYPE_LOST RECORD_NONE

struct process {
	const struct clock *clock;
	const struct environ_choice *environ_choice;
	struct boot boot;
	struct users users;
	struct table *table; /* NULL: there is none */
	unsigned int nr_ancestors;
	struct type_rows types[RECORD_EVENT_MAX];
	struct schema ancestor; /* of the nested events in `ancestors` */
	struct field ancestor_fields[4];
	const struct field *stored_env; /* as the record holds it */
	const struct field *stored_exe;
	struct schema exec_schema, snapshot_schema;
	struct field exec_fields[];
};

/* Puts the rows of a type together (rows.c). */
void rows_put(struct process *p, enum record_type type, const struct schema *base);

/* A number out of the record; false where it is not known. */
bool rows_read_number(const struct event *e, const struct field *f, uint64_t *ret_number);

/* Makes the schema of nested ancestors (ancestors.c). */
void ancestors_put_schema(struct process *p);

/* Getters of rows that the table of processes answers; the context is a struct type_rows. */
void ancestors_get(const struct event *e, void *context, struct value *ret_value);
void ancestors_get_exe(const struct event *e, void *context, struct value *ret_value);

static inline void rows_set_text(struct value *v, const char *data, size_t length)
{
	v->type = VALUE_TEXT;
	v->text.data = data;
	v->text.length = length;
}

static inline void rows_set_number(struct value *v, uint64_t number)
{
	v->type = VALUE_UINT;
	v->u = number;
}

/* BOOT.PID.START into the event's scratch. */
static inline void rows_set_identity(const struct event *e, const struct process *p, uint32_t pid, uint64_t start_ns,
				     struct value *ret_value)
{
	char *text = scratch_take(e->scratch, IDENTITY_BYTES_MAX);

	if (text)
		rows_set_text(ret_value, text, identity_put(text, &p->boot, pid, start_ns));
}

#endif
