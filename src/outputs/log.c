/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * -o log: TIME LEVEL observer: VALUES. For an exec the values are pid, uid, filename and its length in bytes as passed,
 * for other events their line; with --fields they are those fields, in the order asked for. The line of an exec is old
 * and parsed by others: it does not change. A line that the kernel side logged has its own level, program and message.
 */
#include "outputs/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "outputs/line.h"

struct plan {
	const struct field *time;		       /* NULL: the event type has none */
	const struct field *defaults[3];	       /* pid, uid, filename of an exec; all or none */
	const struct field *level, *program, *message; /* of a log line; all or none */
	size_t nr_fields;
	const struct field *fields[]; /* of --fields; NULL stands for the name of the event type */
};

static void choose_fields(struct plan *plan, const struct output *o, const struct schema *s)
{
	for (const char *const *name = o->settings.fields; name && *name; name++) {
		const struct field *f = schema_resolve(s, *name, NULL);

		if (f || !strcmp(*name, "event"))
			plan->fields[plan->nr_fields++] = f;
	}
	/* An event is never without its name where it has nothing else. */
	if (o->settings.fields && !plan->nr_fields)
		plan->fields[plan->nr_fields++] = NULL;
}

static int prepare(struct output *o, struct view *v)
{
	static const char *const defaults[] = {"pid", "uid", "filename"};
	size_t nr_names = 0;
	struct plan *plan;

	while (o->settings.fields && o->settings.fields[nr_names])
		nr_names++;
	plan = calloc(1, sizeof(*plan) + (nr_names + 1) * sizeof(plan->fields[0]));
	if (!plan)
		return -ENOMEM;
	plan->time = schema_find_field(v->schema, "time");
	for (size_t i = 0; i < 3 && output_is_exec(v->schema); i++)
		plan->defaults[i] = schema_find_field(v->schema, defaults[i]);
	plan->message = v->schema->control ? schema_find_field(v->schema, "message") : NULL;
	if (plan->message) {
		plan->level = schema_find_field(v->schema, "level");
		plan->program = schema_find_field(v->schema, "program");
	}
	if (!v->schema->control)
		choose_fields(plan, o, v->schema);
	v->plan = plan;
	return 0;
}

/* The level of a log line in capitals, five columns wide. */
static void append_level(struct buffer *out, const struct event *e, const struct field *level)
{
	struct value v = {.type = VALUE_ABSENT};
	size_t length;

	event_get(e, level, &v);
	length = v.type == VALUE_TEXT ? v.text.length : 0;
	for (size_t i = length; i < 5; i++)
		buffer_append_char(out, ' ');
	for (size_t i = 0; i < length; i++)
		buffer_append_char(out, v.text.data[i] - 'a' + 'A');
}

static void append_head(struct buffer *out, const struct plan *plan, const struct event *e)
{
	struct value time = {.type = VALUE_ABSENT};

	if (plan->time)
		event_get(e, plan->time, &time);
	if (time.type == VALUE_UINT)
		clock_append_utc(out, time.u, 6);
	else
		buffer_append_char(out, '-');
	if (plan->message) {
		buffer_append_char(out, ' ');
		append_level(out, e, plan->level);
		buffer_append_char(out, ' ');
		line_append_field(out, e, plan->program);
		buffer_append(out, ": ", 2);
	} else if (e->schema->control)
		buffer_append(out, "  WARN observer: ", 17);
	else
		buffer_append(out, "  INFO observer: ", 17);
}

static void append_defaults(struct buffer *out, const struct plan *plan, const struct event *e)
{
	struct value filename;

	line_append_field(out, e, plan->defaults[0]);
	buffer_append_char(out, ' ');
	line_append_field(out, e, plan->defaults[1]);
	buffer_append_char(out, ' ');
	line_append_field(out, e, plan->defaults[2]);
	buffer_append_char(out, ' ');
	event_get(e, plan->defaults[2], &filename);
	buffer_append_u64(out, filename.type == VALUE_TEXT ? filename.text.length : 0);
}

static void append_fields(struct buffer *out, const struct plan *plan, const struct event *e)
{
	for (size_t i = 0; i < plan->nr_fields; i++) {
		if (i)
			buffer_append_char(out, ' ');
		if (plan->fields[i])
			line_append_field(out, e, plan->fields[i]);
		else
			buffer_append_text(out, e->schema->name);
	}
}

static void append_line(struct buffer *out, const struct event *e)
{
	if (e->schema->who) {
		event_append_line(out, e, e->schema->who);
		buffer_append_char(out, ' ');
	}
	line_append_event(out, e);
}

static void write_event(struct output *o, const struct view *v, const struct event *e)
{
	struct buffer *out = &o->sink.buffer;
	const struct plan *plan = v->plan;

	append_head(out, plan, e);
	if (plan->message)
		line_append_field(out, e, plan->message);
	else if (plan->nr_fields)
		append_fields(out, plan, e);
	else if (plan->defaults[2])
		append_defaults(out, plan, e);
	else
		append_line(out, e);
	buffer_append_char(out, '\n');
}

static bool wants(const struct field *f)
{
	return !strcmp(f->name, "time") || !strcmp(f->name, "pid") || !strcmp(f->name, "uid") ||
	       !strcmp(f->name, "filename");
}

const struct output_format output_log = {
	.name = "log",
	.doc = "TIME LEVEL observer: PID UID FILENAME LENGTH, a line each; for log files",
	.prepare = prepare,
	.write = write_event,
	.wants = wants,
};
