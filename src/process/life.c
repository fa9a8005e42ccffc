/* SPDX-License-Identifier: GPL-2.0-only */
/* Puts the event type `life` together. What a field of an exit means is told by the exit's own field: here it is only
 * asked. */
#include "process/life.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "process/state.h"

/* A field taken over from the exit. */
struct taken {
	const struct schema *exit;
	const struct field *field;
};

struct life {
	const struct process *process;
	const struct schema *exit;
	struct schema schema;
	struct taken *taken; /* as many as the exit has fields */
	struct field fields[];
};

static struct event exit_of(const struct schema *exit, const struct event *e)
{
	struct event of = {.schema = exit, .scratch = e->scratch};

	of.parts[PART_RECORD] = e->parts[PART_SECOND];
	return of;
}

static void get_taken(const struct event *e, void *context, struct value *ret_value)
{
	const struct taken *t = context;
	struct event of = exit_of(t->exit, e);

	event_get(&of, t->field, ret_value);
}

/* The set of the exit's rows by their names: their numbers mean other rows here. */
static void get_taken_keys(const struct event *e, void *context, struct value *ret_value)
{
	const struct taken *t = context;
	struct event of = exit_of(t->exit, e);
	struct value keys = {.type = VALUE_ABSENT};
	char *list = scratch_take(e->scratch, 1024), *at = list;

	event_get(&of, t->field, &keys);
	if (keys.type != VALUE_KEYS || !list)
		return;
	for (size_t i = 0; i < t->exit->nr_fields; i++) {
		const struct field *f = &t->exit->fields[i];

		if (!f->internal && f->row < 64 && keys.u & ROW_BIT(f->row) && at + strlen(f->name) < list + 1024)
			at = stpcpy(at, f->name) + 1;
	}
	ret_value->type = VALUE_LIST;
	ret_value->text.data = list;
	ret_value->text.length = at - list;
}

/* --- what the table of processes knows --- */

static bool read_exit(const struct event *e, struct exit_event *ret_exit)
{
	if (e->parts[PART_SECOND].size < sizeof(*ret_exit))
		return false;
	memcpy(ret_exit, e->parts[PART_SECOND].data, sizeof(*ret_exit));
	return true;
}

static const struct table_process *find_process(const struct process *p, const struct event *e)
{
	struct exit_event exit;

	return p->table && read_exit(e, &exit) ? table_find(p->table, exit.pid, exit.start_ns) : NULL;
}

static void get_start(const struct event *e, void *context, struct value *ret_value)
{
	const struct process *p = context;
	struct exit_event exit;

	if (read_exit(e, &exit) && exit.start_ns)
		rows_set_number(ret_value, clock_wall_ns(p->clock, exit.start_ns));
}

static void get_ppid(const struct event *e, void *context, struct value *ret_value)
{
	const struct table_process *known = find_process(context, e);

	if (known && known->parent_seen != TABLE_SEEN_AS_PARENT)
		rows_set_number(ret_value, known->ppid);
}

static void get_parent_entity_id(const struct event *e, void *context, struct value *ret_value)
{
	const struct table_process *known = find_process(context, e);

	if (known && known->ppid)
		rows_set_identity(e, context, known->ppid, known->parent_start_ns, ret_value);
}

static void get_execs(const struct event *e, void *context, struct value *ret_value)
{
	const struct table_process *known = find_process(context, e);

	if (known)
		rows_set_number(ret_value, known->nr_execs);
}

static void get_seen_from(const struct event *e, void *context, struct value *ret_value)
{
	static const char *const names[] = {
		[TABLE_SEEN_AS_PARENT] = "exit",       [TABLE_SEEN_AT_EXIT] = "exit", [TABLE_SEEN_AT_EXEC] = "exec",
		[TABLE_SEEN_IN_SNAPSHOT] = "snapshot", [TABLE_SEEN_AT_FORK] = "fork",
	};
	const struct table_process *known = find_process(context, e);

	if (known)
		rows_set_text(ret_value, names[known->seen], strlen(names[known->seen]));
}

static void get_complete(const struct event *e, void *context, struct value *ret_value)
{
	const struct process *p = context;
	const struct table_process *known = find_process(p, e);

	ret_value->type = VALUE_BOOL;
	ret_value->b = known && table_knows_life(p->table, known);
}

/* --- the event type --- */

#define COMPUTED(row_name, row_kind, getter)                                                                           \
	.name = row_name, .kind = KIND_##row_kind, .get = getter, .row = FIELD_NO_ROW

/* Those of a name that the exit has take its place; the others are put behind the field named `after`. */
static const struct computed_field own_fields[] = {
	{.after = "",
	 .field = {COMPUTED("start", time, get_start), .title = "START",
		   .doc = "when the process was forked: date and time of day in UTC, with nanoseconds (RFC 3339)"}},
	{.after = "ppid",
	 .field = {COMPUTED("ppid", u32, get_ppid), .title = "PPID",
		   .doc = "process id of the parent at birth; as first seen where the fork was not seen"}},
	{.after = "parent_entity_id",
	 .field = {COMPUTED("parent_entity_id", text, get_parent_entity_id), .title = "PARENT_ENTITY_ID",
		   .doc = "identity of that parent"}},
	{.after = "exe",
	 .field = {COMPUTED("execs", number, get_execs), .title = "EXECS",
		   .doc = "how many execs of it were seen; the keys of an exec are those of the last one"}},
	{.after = "exe",
	 .field = {COMPUTED("seen_from", text, get_seen_from), .title = "SEEN_FROM",
		   .doc = "by what the process became known: fork, snapshot, exec or exit; what was before was not "
			  "seen"}},
	{.after = "exe",
	 .field = {COMPUTED("complete", flag, get_complete), .title = "COMPLETE",
		   .doc = "its life was seen from the fork on, and no event was lost meanwhile"}},
};

#define NR_OWN (sizeof(own_fields) / sizeof(own_fields[0]))

static const struct schema_column columns[] = {
	{"START", "start", NULL, 12, false, .spare = true},
	{"PID", "pid", NULL, 7, true},
	{"PPID", "ppid", NULL, 7, true, .spare = true},
	{"USER", "user", NULL, 8, false},
	{"WALL", "duration_ns", NULL, 6, false},
	{"USER", "utime_ns", NULL, 6, false},
	{"SYS", "stime_ns", NULL, 6, false},
	{"MAXRSS", "max_rss_bytes", NULL, 6, false},
	{"READ/WRITE", NULL, "{read_bytes}/{write_bytes}", 10, false, .spare = true},
	{"EXIT", NULL, "[{exit_code}][{signal_name}]", 5, false},
	{"COMMAND", NULL, NULL, 7, false},
	{0},
};

/* Sizes that people read with a unit. */
static enum kind_id kind_for_people(const struct field *f)
{
	size_t length = strlen(f->name), suffix = strlen("_bytes");

	if (f->kind == KIND_u64 && length > suffix && !strcmp(f->name + length - suffix, "_bytes"))
		return KIND_size;
	return f->kind;
}

static const struct field *find_own(const char *name)
{
	for (size_t i = 0; i < NR_OWN; i++)
		if (!strcmp(own_fields[i].field.name, name))
			return &own_fields[i].field;
	return NULL;
}

static void put_field(struct life *l, const struct field *f, void *context)
{
	struct field *to = &l->fields[l->schema.nr_fields++];

	*to = *f;
	if (context)
		to->context = context;
}

static void put_own(struct life *l, const char *after)
{
	for (size_t i = 0; i < NR_OWN; i++)
		if (!strcmp(own_fields[i].after, after) && strcmp(own_fields[i].field.name, after) != 0)
			put_field(l, &own_fields[i].field, (void *)l->process);
}

static void put_taken(struct life *l, const struct field *f, struct taken *taken)
{
	const struct field *own = find_own(f->name);
	struct field wrapped = *f;

	*taken = (struct taken){l->exit, f};
	if (own) {
		put_field(l, own, (void *)l->process);
		return;
	}
	wrapped.kind = kind_for_people(f);
	wrapped.get = get_taken;
	wrapped.row = FIELD_NO_ROW;
	if (f->kind == KIND_keys) {
		wrapped.name = "exit_unreadable";
		wrapped.title = "EXIT_UNREADABLE";
		wrapped.doc = "keys of the exit that could not be read and are absent for that reason";
		wrapped.kind = KIND_strings;
		wrapped.get = get_taken_keys;
	}
	put_field(l, &wrapped, taken);
}

static void put_fields(struct life *l, const struct schema *exec)
{
	put_own(l, "");
	for (size_t i = 0; i < l->exit->nr_fields; i++) {
		const struct field *f = &l->exit->fields[i];

		if (f->internal)
			continue;
		put_taken(l, f, &l->taken[i]);
		put_own(l, f->name);
	}
	for (size_t i = 0; i < exec->nr_fields; i++) {
		const struct field *f = &exec->fields[i];
		bool both = !f->internal && f->kind != KIND_keys && schema_find_field(l->exit, f->name);

		if (!both)
			put_field(l, f, NULL);
	}
}

struct life *life_new(const struct process *p, const struct schema *exec, const struct schema *exit, struct error *err)
{
	size_t nr_most = exec->nr_fields + exit->nr_fields + NR_OWN;
	struct life *l = calloc(1, sizeof(*l) + nr_most * sizeof(l->fields[0]));

	if (l)
		l->taken = calloc(exit->nr_fields, sizeof(*l->taken));
	if (!l || !l->taken) {
		free(l);
		fail(err, -ENOMEM, "cannot make the event type 'life': %s", strerror(ENOMEM));
		return NULL;
	}
	l->process = p;
	l->exit = exit;
	l->schema = (struct schema){
		.name = "life",
		.doc = "a process that has ended: its last exec and its exit joined",
		.fields = l->fields,
		.who = "{pid} {uid}",
		.line = "{comm} lived {duration_ns}[, exit {exit_code}][, killed by {signal_name}]",
		.columns = columns,
		.unreadable_offset = exec->unreadable_offset,
	};
	put_fields(l, exec);
	return l;
}

void life_free(struct life *l)
{
	if (!l)
		return;
	free(l->taken);
	free(l);
}

const struct schema *life_schema(const struct life *l)
{
	return &l->schema;
}

void life_join(const struct life *l, struct event *e)
{
	const struct table_process *known;
	size_t bytes = 0;

	e->schema = &l->schema;
	e->parts[PART_SECOND] = e->parts[PART_RECORD];
	e->parts[PART_RECORD].data = NULL;
	known = find_process(l->process, e);
	if (known && known->own_program)
		e->parts[PART_RECORD].data = table_program(known, &bytes);
	e->parts[PART_RECORD].size = e->parts[PART_RECORD].data ? bytes : 0;
}
