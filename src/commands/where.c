/* SPDX-License-Identifier: GPL-2.0-only */
/* From the options of a command to its filter, and on to the kernel side. */
#include "commands/where.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/print.h"
#include "events/exec.h"

static bool is_number(const char *text)
{
	return *text && !text[strspn(text, "0123456789")];
}

/* As the language quotes it. */
static void append_quoted(struct buffer *b, const char *text)
{
	buffer_append_char(b, '"');
	for (; *text; text++) {
		unsigned char c = *text;

		if (c < ' ' || c == '"' || c == '\\')
			buffer_printf(b, "\\x%02x", c);
		else
			buffer_append_char(b, c);
	}
	buffer_append_char(b, '"');
}

static int append_pid(struct buffer *b, const char *text, struct error *err)
{
	if (!is_number(text)) {
		fail(err, -EINVAL, "option '--pid': '%s' is not a number", text);
		return fail_hint(err, "numbers of processes with commas between them: 1,4711");
	}
	buffer_printf(b, "pid == %s", text);
	return 0;
}

static int append_user(struct buffer *b, const char *text, struct error *err)
{
	(void)err;
	buffer_append_text(b, "uid == ");
	if (is_number(text))
		buffer_append_text(b, text);
	else
		append_quoted(b, text);
	return 0;
}

static int append_comm(struct buffer *b, const char *text, struct error *err)
{
	(void)err;
	buffer_append_text(b, "comm ~ ");
	append_quoted(b, text);
	return 0;
}

/* The group, and what lies below it. */
static int append_cgroup(struct buffer *b, const char *text, struct error *err)
{
	size_t length = strlen(text);
	_cleanup_free_ char *below = malloc(length + 3);

	if (!below)
		return fail(err, -ENOMEM, "no memory for the options");
	while (length && text[length - 1] == '/')
		length--;
	memcpy(below, text, length);
	memcpy(below + length, "", 1);
	buffer_append_text(b, "cgroup == ");
	append_quoted(b, length ? below : "/");
	memcpy(below + length, "/*", 3);
	buffer_append_text(b, " || cgroup ~ ");
	append_quoted(b, below);
	return 0;
}

static const struct shortcut {
	const char *option;
	size_t offset; /* of its list in the settings */
	int (*append)(struct buffer *b, const char *text, struct error *err);
} shortcuts[] = {
	{"--pid", offsetof(struct stream_settings, pids), append_pid},
	{"--user", offsetof(struct stream_settings, users), append_user},
	{"--comm", offsetof(struct stream_settings, comms), append_comm},
	{"--cgroup", offsetof(struct stream_settings, cgroups), append_cgroup},
};

static int add_shortcut(struct filter *f, const struct shortcut *shortcut, const char *list, struct error *err)
{
	_cleanup_buffer_ struct buffer b = {0};
	_cleanup_free_ char *copy = strdup(list);
	char *rest = copy, *item;
	int code = 0;

	while (!code && (item = strsep(&rest, ","))) {
		buffer_append_text(&b, b.length ? " || " : "");
		code = shortcut->append(&b, item, err);
	}
	if (code)
		return code;
	buffer_append_char(&b, '\0');
	return !copy || b.failed ? fail(err, -ENOMEM, "no memory for the options")
				 : filter_add(f, shortcut->option, b.data, err);
}

int where_read(struct stream_settings *s, struct error *err)
{
	int code = 0;

	s->filter = filter_new(err);
	if (!s->filter)
		return -ENOMEM;
	for (size_t i = 0; !code && i < s->where.nr_items; i++)
		code = filter_add(s->filter, "--where", s->where.items[i], err);
	for (size_t i = 0; !code && i < sizeof(shortcuts) / sizeof(shortcuts[0]); i++) {
		const char *const *list = (const char *const *)((const char *)s + shortcuts[i].offset);

		if (*list)
			code = add_shortcut(s->filter, &shortcuts[i], *list, err);
	}
	if (!code && filter_is_empty(s->filter)) {
		filter_free(s->filter);
		s->filter = NULL;
		if (s->explain) {
			fail(err, -EINVAL, "option '--explain' is about a filter, and none is given");
			return fail_hint(err, "add one: --where 'uid == 0' --explain");
		}
	}
	return code;
}

static const enum schemas_index shown_as[RECORD_EVENT_MAX] = {
	[RECORD_exec] = SCHEMAS_EXEC, [RECORD_exec_fail] = SCHEMAS_EXEC_FAIL, [RECORD_exit] = SCHEMAS_EXIT,
	[RECORD_fork] = SCHEMAS_FORK, [RECORD_snapshot] = SCHEMAS_SNAPSHOT,
};

uint32_t where_schemas(uint32_t record_types)
{
	uint32_t schemas = 0;

	for (int type = RECORD_exec; type < RECORD_EVENT_MAX; type++)
		if (record_types & (1U << type))
			schemas |= 1U << shown_as[type];
	return schemas;
}

static bool find_user(void *context, const char *name, uint32_t *ret_uid)
{
	return process_find_user(context, name, ret_uid);
}

static struct literal_names names_of(struct process *p)
{
	return (struct literal_names){find_user, p};
}

int where_check(const struct stream_settings *s, uint32_t shown, struct error *err)
{
	static const struct clock no_clock;
	const struct process_settings users_only = {.clock = &no_clock, .boot_id_path = "/dev/null"};
	const struct schema *schemas_shown[SCHEMAS_MAX + 1] = {NULL};
	struct literal_names names;
	struct schemas schemas;
	size_t n = 0;
	int code;

	if (!s->filter)
		return 0;
	code = schemas_open(&users_only, &schemas, err);
	for (int i = 0; !code && i < SCHEMAS_MAX; i++)
		if (shown & (1U << i))
			schemas_shown[n++] = schemas.all[i];
	names = names_of(schemas.process);
	if (!code)
		code = filter_check(s->filter, schemas_shown, &names, err);
	schemas_close(&schemas);
	return code;
}

/* Whether the field is there when the kernel side asks its table. */
static bool is_there(const struct schema *s, const struct field *f)
{
	if (f->row == FIELD_NO_ROW)
		return f->offset != offsetof(struct record, seq);
	return strcmp(s->name, schema_exec.name) != 0 || !(FILTER_EXEC_LATER_ROWS & ROW_BIT(f->row));
}

static const struct filter_place place = {is_there};

/* Types of records that nobody needs but the outputs. */
static uint32_t pushable_types(const struct where_scene *scene)
{
	const struct stream_settings *s = scene->settings;

	/* The variable is for measurements. */
	if (scene->all_needed || getenv("OBSERVER_NO_PUSH_DOWN"))
		return 0;
	return s->shown & ~CAPTURE_BIT(snapshot) & ~(s->max_processes ? PROCESS_TABLE_EVENTS : 0);
}

static void push_down(const struct where_scene *scene, uint32_t types, struct where_plan *plan)
{
	struct filter *f = scene->settings->filter;

	for (int type = RECORD_exec; type < RECORD_EVENT_MAX; type++)
		if (types & (1U << type) &&
		    filter_push_down(f, scene->schemas->all[shown_as[type]], &place, &plan->tables[type]))
			plan->pushed |= 1U << type;
	if (plan->pushed & CAPTURE_BIT(exec))
		plan->exec_rows = filter_pushed_rows(f, scene->schemas->all[SCHEMAS_EXEC]);
}

static int push_tracepoints(const struct where_scene *scene, struct where_plan *plan, struct error *err)
{
	const struct stream_settings *s = scene->settings;

	plan->tracepoint_tables = calloc(s->nr_tracepoints, sizeof(*plan->tracepoint_tables));
	plan->tracepoints = calloc(s->nr_tracepoints, sizeof(*plan->tracepoints));
	if (!plan->tracepoint_tables || !plan->tracepoints)
		return fail(err, -ENOMEM, "no memory for the filters of %u tracepoints", s->nr_tracepoints);
	for (size_t i = 0; i < s->nr_tracepoints; i++) {
		plan->tracepoints[i] = s->tracepoints[i];
		if (filter_push_down(s->filter, scene->own[i], &place, &plan->tracepoint_tables[i]))
			plan->tracepoints[i].filter = &plan->tracepoint_tables[i];
	}
	return 0;
}

/* The event types as which records are shown: the command's own, or those of the records, for which `room` is used. */
static const struct schema *const *list_shown(const struct where_scene *scene,
					      const struct schema *room[SCHEMAS_MAX + 1])
{
	uint32_t schemas = where_schemas(scene->settings->shown);
	size_t n = 0;

	if (scene->own[0])
		return scene->own;
	for (int i = 0; i < SCHEMAS_MAX; i++)
		if (schemas & (1U << i))
			room[n++] = scene->schemas->all[i];
	room[n] = NULL;
	return room;
}

static int explain(const struct filter *f, const struct schema *const *shown, struct error *err)
{
	_cleanup_buffer_ struct buffer text = {0};

	for (size_t i = 0; shown[i]; i++)
		filter_explain(f, shown[i], &text);
	return print_buffer(&text, err);
}

int where_open(const struct where_scene *scene, struct where_plan *plan, struct error *err)
{
	const struct literal_names names = names_of(scene->schemas->process);
	const struct schema *room[SCHEMAS_MAX + 1];
	const struct schema *const *shown = list_shown(scene, room);
	struct filter *f = scene->settings->filter;
	uint32_t types = pushable_types(scene);
	int code = filter_check(f, shown, &names, err);

	if (!code && types & CAPTURE_BIT(tracepoint))
		code = push_tracepoints(scene, plan, err);
	else if (!code)
		push_down(scene, types, plan);
	return !code && scene->settings->explain ? explain(f, shown, err) : code;
}

void where_close(struct where_plan *plan)
{
	free(plan->tracepoint_tables);
	free(plan->tracepoints);
}
