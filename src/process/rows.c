/* SPDX-License-Identifier: GPL-2.0-only */
/* The computed rows: a table that says which event types have them, and a getter for each. */
#include "process/state.h"

#include <signal.h>
#include <string.h>

#include "events/lost.h"
#include "process/container.h"
#include "process/exec_row.h"

bool rows_read_number(const struct event *e, const struct field *f, uint64_t *ret_number)
{
	struct value v = {.type = VALUE_ABSENT};

	if (f)
		event_get(e, f, &v);
	if (v.type != VALUE_UINT)
		return false;
	*ret_number = v.u;
	return true;
}

/* Of any event type: every record begins with the same header. */
static void get_time(const struct event *e, void *context, struct value *ret_value)
{
	const struct type_rows *t = context;
	kind_nsec boot_ns;

	if (exec_row_copy(e, offsetof(struct record, boot_ns), &boot_ns, sizeof(boot_ns)) && boot_ns)
		rows_set_number(ret_value, clock_wall_ns(t->process->clock, boot_ns));
}

static void get_entity_id(const struct event *e, void *context, struct value *ret_value)
{
	const struct type_rows *t = context;
	uint64_t pid, start_ns;

	if (rows_read_number(e, t->pid, &pid) && rows_read_number(e, t->start_ns, &start_ns))
		rows_set_identity(e, t->process, pid, start_ns, ret_value);
}

static void get_parent_entity_id(const struct event *e, void *context, struct value *ret_value)
{
	const struct type_rows *t = context;
	uint64_t ppid, start_ns;

	/* Process 0, the parent of init, is no process that could be looked up. */
	if (rows_read_number(e, t->ppid, &ppid) && ppid && rows_read_number(e, t->parent_start_ns, &start_ns))
		rows_set_identity(e, t->process, ppid, start_ns, ret_value);
}

static void get_user(const struct event *e, void *context, struct value *ret_value)
{
	const struct type_rows *t = context;
	const char *name;
	char *number;
	uint64_t uid;

	if (!rows_read_number(e, t->uid, &uid))
		return;
	name = users_find(&t->process->users, uid);
	if (name) {
		rows_set_text(ret_value, name, strlen(name));
		return;
	}
	number = scratch_take(e->scratch, DIGITS_U64_MAX);
	if (number)
		rows_set_text(ret_value, number, digits_put_u64(number, uid));
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
		rows_set_text(ret_value, id, CONTAINER_ID_BYTES);
}

static void set_name(const char *name, struct value *ret_value)
{
	if (name)
		rows_set_text(ret_value, name, strlen(name));
}

static void get_errno_name(const struct event *e, void *context, struct value *ret_value)
{
	uint64_t number;

	(void)context;
	if (rows_read_number(e, schema_find_row(&schema_exec_fail, EXEC_FAIL_errno), &number))
		set_name(strerrorname_np(number), ret_value);
}

static void get_signal_name(const struct event *e, void *context, struct value *ret_value)
{
	uint64_t number;
	char *text;
	bool real_time;

	(void)context;
	if (!rows_read_number(e, schema_find_row(&schema_exit, EXIT_signal), &number))
		return;
	set_name(sigabbrev_np(number), ret_value);
	/* Of the real-time signals the kernel's first one is 32; the libc keeps two for itself. As kill -l says it. */
	real_time = number >= (uint64_t)SIGRTMIN && number <= (uint64_t)SIGRTMAX;
	text = real_time ? scratch_take(e->scratch, sizeof("RTMIN+") + DIGITS_U64_MAX) : NULL;
	if (!text)
		return;
	memcpy(text, "RTMIN+", 6);
	rows_set_text(ret_value, text, 6 + digits_put_u64(text + 6, number - SIGRTMIN));
}

struct cpu_times {
	uint64_t user_ns, system_ns;
};

/*
 * The exact run time, divided as the ticks fell: what wait4(2) and times(2) say, cputime_adjust() in
 * kernel/sched/cputime.c. Their promise that no part ever shrinks binds only who asks while the process runs.
 */
static bool read_times(const struct event *e, struct cpu_times *ret_times)
{
	uint64_t user, system, run;

	if (!rows_read_number(e, schema_find_row(&schema_exit, EXIT_raw_utime_ns), &user) ||
	    !rows_read_number(e, schema_find_row(&schema_exit, EXIT_raw_stime_ns), &system) ||
	    !rows_read_number(e, schema_find_row(&schema_exit, EXIT_runtime_ns), &run))
		return false;
	if (system)
		system = (unsigned __int128)system * run / ((unsigned __int128)system + user);
	*ret_times = (struct cpu_times){run - system, system};
	return true;
}

static void get_utime(const struct event *e, void *context, struct value *ret_value)
{
	struct cpu_times times;

	(void)context;
	if (read_times(e, &times))
		rows_set_number(ret_value, times.user_ns);
}

static void get_stime(const struct event *e, void *context, struct value *ret_value)
{
	struct cpu_times times;

	(void)context;
	if (read_times(e, &times))
		rows_set_number(ret_value, times.system_ns);
}

#define TYPE(name)			     (1U << RECORD_##name)
#define EXECS				     (TYPE(exec) | TYPE(snapshot))
#define PROCESSES			     (EXECS | TYPE(exec_fail) | TYPE(exit) | TYPE(fork))
#define WITH_USER			     (PROCESSES | TYPE(tracepoint))
#define EVERY				     (WITH_USER | 1U << TYPE_LOST)
#define BITS_OF_EXEC(a, b)		     (ROW_BIT(EXEC_##a) | ROW_BIT(EXEC_##b))
#define COMPUTED(row_name, row_kind, getter) COMPUTED_OF(row_name, row_kind, getter, FIELD_NO_ROW)
/* Made of a row that is not shown itself, and named where that could not be read. */
#define COMPUTED_OF(row_name, row_kind, getter, of_row)                                                                \
	.name = row_name, .kind = KIND_##row_kind, .get = getter, .row = of_row

/* `needs` names what the getter reads of an exec record: only there rows are collected by choice. */
static const struct row {
	uint32_t types;
	struct computed_field computed;
} table[] = {
	{EVERY,
	 {.after = "",
	  .field = {COMPUTED("time", time, get_time), .title = "TIME",
		    .doc = "when it happened: date and time of day in UTC, with nanoseconds (RFC 3339)"}}},
	{PROCESSES,
	 {.after = "start_ns",
	  .field = {COMPUTED("entity_id", text, get_entity_id), .title = "ENTITY_ID",
		    .doc = "identity of the process that is never reused: boot id, pid and start time",
		    .needs = BITS_OF_EXEC(pid, start_ns)}}},
	{PROCESSES,
	 {.after = "entity_id",
	  .field = {COMPUTED("parent_entity_id", text, get_parent_entity_id), .title = "PARENT_ENTITY_ID",
		    .doc = "the same of the parent", .needs = BITS_OF_EXEC(ppid, parent_start_ns)}}},
	{PROCESSES,
	 {.after = "parent_entity_id",
	  .field = {COMPUTED("ancestors", records, ancestors_get), .title = "ANCESTORS",
		    .doc = "parent, grandparent and so on (with --ancestors): pid, entity_id, comm and exe of each, as "
			   "far "
			   "as they are known",
		    .needs = PROCESS_TABLE_NEEDS}}},
	{WITH_USER,
	 {.after = "uid",
	  .field = {COMPUTED("user", text, get_user), .title = "USER",
		    .doc = "name of the real user by /etc/passwd as it was at the start; the number where it has none",
		    .needs = ROW_BIT(EXEC_uid)}}},
	{EXECS,
	 {.after = "cgroup_id",
	  .field = {COMPUTED("container_id", text, get_container_id), .title = "CONTAINER_ID",
		    .doc = "id of the container by the cgroup path (docker, podman, containerd, CRI-O, Kubernetes); "
			   "absent "
			   "outside of one",
		    .needs = BITS_OF_EXEC(cgroup, cgroup_v1)}}},
	{TYPE(exec_fail),
	 {.after = "errno",
	  .field = {COMPUTED("errno_name", text, get_errno_name), .title = "ERRNO_NAME",
		    .doc = "the error's name, as ENOENT; absent where it has none"}}},
	{TYPE(exit),
	 {.after = "comm",
	  .field = {COMPUTED("exe", text, ancestors_get_exe), .title = "EXE",
		    .doc = "resolved path of the last program that it ran, its own or its parent's; absent where "
			   "observer did "
			   "not see it"}}},
	{TYPE(exit),
	 {.after = "signal",
	  .field = {COMPUTED("signal_name", text, get_signal_name), .title = "SIGNAL_NAME",
		    .doc = "the signal's name without SIG, as SEGV; absent where it exited"}}},
	{TYPE(exit),
	 {.after = "duration_ns",
	  .field = {COMPUTED_OF("utime_ns", duration, get_utime, EXIT_raw_utime_ns), .title = "UTIME",
		    .doc = "user CPU time of all its threads, as wait4(2) says it, nanoseconds"}}},
	{TYPE(exit),
	 {.after = "utime_ns",
	  .field = {COMPUTED_OF("stime_ns", duration, get_stime, EXIT_raw_stime_ns), .title = "STIME",
		    .doc = "system CPU time of all its threads, as wait4(2) says it, nanoseconds"}}},
};

/* Internal ones too. */
static const struct field *find_stored(const struct schema *s, const char *name)
{
	for (size_t i = 0; i < s->nr_fields; i++)
		if (!strcmp(s->fields[i].name, name))
			return &s->fields[i];
	return NULL;
}

void rows_put(struct process *p, enum record_type type, const struct schema *base)
{
	struct type_rows *t = &p->types[type];

	t->process = p;
	t->pid = find_stored(base, "pid");
	t->start_ns = find_stored(base, "start_ns");
	t->ppid = find_stored(base, "ppid");
	t->parent_start_ns = find_stored(base, "parent_start_ns");
	t->uid = find_stored(base, "uid");
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct computed_field *row = &t->rows[t->nr_rows];

		if (!(table[i].types & 1U << type))
			continue;
		*row = table[i].computed;
		row->field.context = t;
		if (!(EXECS & 1U << type))
			row->field.needs = 0;
		t->nr_rows++;
	}
}
