/* SPDX-License-Identifier: GPL-2.0-only */
/* The computed rows: a table, and a getter for each. Getters run for every event: no system call, no memory but the
 * scratch. */
#include "process/process.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "events/lost.h"
#include "process/container.h"
#include "process/exec_row.h"
#include "process/identity.h"
#include "process/users.h"

#define NR_EXEC_ROWS 5

struct process {
	const struct clock *clock;
	const struct environ_choice *environ_choice;
	struct boot boot;
	struct users users;
	struct computed_field exec_rows[NR_EXEC_ROWS];
	struct computed_field lost_row;
	const struct field *stored_env; /* as the record holds it */
	struct schema exec_schema;
	struct field exec_fields[];
};

static void set_text(struct value *v, const char *data, size_t length)
{
	v->type = VALUE_TEXT;
	v->text.data = data;
	v->text.length = length;
}

/* Of any event type: every record begins with the same header. */
static void get_time(const struct event *e, void *context, struct value *ret_value)
{
	const struct process *p = context;
	kind_nsec boot_ns;

	if (!exec_row_copy(e, offsetof(struct record, boot_ns), &boot_ns, sizeof(boot_ns)) || !boot_ns)
		return;
	ret_value->type = VALUE_UINT;
	ret_value->u = clock_wall_ns(p->clock, boot_ns);
}

static void set_identity(const struct event *e, const struct boot *boot, uint32_t pid, uint64_t start_ns,
			 struct value *ret_value)
{
	char *text = scratch_take(e->scratch, IDENTITY_BYTES_MAX);

	if (text)
		set_text(ret_value, text, identity_put(text, boot, pid, start_ns));
}

static void get_entity_id(const struct event *e, void *context, struct value *ret_value)
{
	const struct process *p = context;
	kind_nsec start_ns;
	kind_u32 pid;

	if (EXEC_ROW_READ(e, pid, &pid) && EXEC_ROW_READ(e, start_ns, &start_ns))
		set_identity(e, &p->boot, pid, start_ns, ret_value);
}

static void get_parent_entity_id(const struct event *e, void *context, struct value *ret_value)
{
	const struct process *p = context;
	kind_u64 start_ns;
	kind_u32 ppid;

	/* Process 0, the parent of init, is no process that could be looked up. */
	if (EXEC_ROW_READ(e, ppid, &ppid) && ppid && EXEC_ROW_READ(e, parent_start_ns, &start_ns))
		set_identity(e, &p->boot, ppid, start_ns, ret_value);
}

static void get_user(const struct event *e, void *context, struct value *ret_value)
{
	const struct process *p = context;
	const char *name;
	char *number;
	kind_id uid;

	if (!EXEC_ROW_READ(e, uid, &uid))
		return;
	name = users_find(&p->users, uid);
	if (name) {
		set_text(ret_value, name, strlen(name));
		return;
	}
	number = scratch_take(e->scratch, DIGITS_U64_MAX);
	if (number)
		set_text(ret_value, number, digits_put_u64(number, uid));
}

static const char *find_container(const struct event *e, struct span path)
{
	const char *bytes = exec_row_span(e, path);

	/* The first byte says how the walk ended (enum path_end): the leaf is there in any case. */
	return bytes ? container_find_id(bytes + 1, path.length - 1) : NULL;
}

static void get_container_id(const struct event *e, void *context, struct value *ret_value)
{
	const char *id = NULL;
	kind_path path;

	(void)context;
	if (EXEC_ROW_READ(e, cgroup, &path))
		id = find_container(e, path);
	/* Where the runtime uses the older hierarchies the newer path is the root or a session. */
	if (!id && EXEC_ROW_READ(e, cgroup_v1, &path))
		id = find_container(e, path);
	if (id)
		set_text(ret_value, id, CONTAINER_ID_BYTES);
}

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

#define COMPUTED .row = FIELD_NO_ROW

static const struct computed_field time_row = {
	.after = "",
	.field = {.name = "time",
		  .title = "TIME",
		  .doc = "when it happened: date and time of day in UTC, with nanoseconds (RFC 3339)",
		  .kind = KIND_time,
		  .get = get_time,
		  COMPUTED},
};

/* The rows of the exec event besides the time. `needs` names what the getter reads. */
static const struct computed_field exec_rows[NR_EXEC_ROWS - 1] = {
	{
		.after = "start_ns",
		.field = {.name = "entity_id",
			  .title = "ENTITY_ID",
			  .doc = "identity of the process that is never reused: boot id, pid and start time",
			  .kind = KIND_text,
			  .get = get_entity_id,
			  .needs = ROW_BIT(EXEC_pid) | ROW_BIT(EXEC_start_ns),
			  COMPUTED},
	},
	{
		.after = "entity_id",
		.field = {.name = "parent_entity_id",
			  .title = "PARENT_ENTITY_ID",
			  .doc = "the same of the parent",
			  .kind = KIND_text,
			  .get = get_parent_entity_id,
			  .needs = ROW_BIT(EXEC_ppid) | ROW_BIT(EXEC_parent_start_ns),
			  COMPUTED},
	},
	{
		.after = "uid",
		.field = {.name = "user",
			  .title = "USER",
			  .doc = "name of the real user by /etc/passwd as it was at the start; the number where it has "
				 "none",
			  .kind = KIND_text,
			  .get = get_user,
			  .needs = ROW_BIT(EXEC_uid),
			  COMPUTED},
	},
	{
		.after = "cgroup_id",
		.field = {.name = "container_id",
			  .title = "CONTAINER_ID",
			  .doc = "id of the container by the cgroup path (docker, podman, containerd, CRI-O, "
				 "Kubernetes); absent outside of one",
			  .kind = KIND_text,
			  .get = get_container_id,
			  .needs = ROW_BIT(EXEC_cgroup) | ROW_BIT(EXEC_cgroup_v1),
			  COMPUTED},
	},
};

static void put_rows(struct process *p)
{
	p->exec_rows[0] = time_row;
	memcpy(p->exec_rows + 1, exec_rows, sizeof(exec_rows));
	for (size_t i = 0; i < NR_EXEC_ROWS; i++)
		p->exec_rows[i].field.context = p;
	p->lost_row = time_row;
	p->lost_row.field.context = p;
}

/* The exec schema with a getter in front of the stored environment. */
static void put_schema(struct process *p)
{
	p->exec_schema = schema_exec;
	if (!p->environ_choice)
		return;
	memcpy(p->exec_fields, schema_exec.fields, schema_exec.nr_fields * sizeof(p->exec_fields[0]));
	p->exec_schema.fields = p->exec_fields;
	p->stored_env = schema_find_row(&schema_exec, EXEC_env);
	for (size_t i = 0; i < schema_exec.nr_fields; i++) {
		if (p->exec_fields[i].row != EXEC_env)
			continue;
		p->exec_fields[i].get = get_chosen_env;
		p->exec_fields[i].context = p;
		p->exec_fields[i].needs = ROW_BIT(EXEC_env);
	}
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
	users_read(&p->users, settings->passwd_path ? settings->passwd_path : "/etc/passwd");
	identity_read_boot(&p->boot,
			   settings->boot_id_path ? settings->boot_id_path : "/proc/sys/kernel/random/boot_id");
	put_rows(p);
	put_schema(p);
	return p;
}

void process_free(struct process *p)
{
	if (!p)
		return;
	users_done(&p->users);
	free(p);
}

const struct schema *process_exec_schema(const struct process *p)
{
	return &p->exec_schema;
}

const struct computed_field *process_exec_rows(const struct process *p, size_t *ret_nr)
{
	*ret_nr = NR_EXEC_ROWS;
	return p->exec_rows;
}

const struct computed_field *process_lost_rows(const struct process *p, size_t *ret_nr)
{
	*ret_nr = 1;
	return &p->lost_row;
}
