/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * -o table: aligned columns for a person at a terminal. Its own columns are TIME PID PPID USER COMMAND; with --fields
 * they are those fields. The heading comes once, before the first line. A column whose value is too long is widened
 * from there on, within bounds, so that the lines after it are aligned again.
 */
#include "outputs/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "outputs/command.h"
#include "outputs/line.h"

#define BUFFER_FIRST_BYTES 512
#define BUFFER_KEPT_BYTES  ((size_t)1024 * 1024)

static const struct column own_columns[] = {
	{"time", "TIME", 15, false, NULL}, {"pid", "PID", 7, true, NULL},     {"ppid", "PPID", 7, true, NULL},
	{"user", "USER", 8, false, NULL},  {NULL, "COMMAND", 7, false, NULL},
};

#define NR_OWN_COLUMNS (sizeof(own_columns) / sizeof(own_columns[0]))
#define COLUMNS_MAX    16
/* A command line or a message of fewer columns says nothing. */
#define LAST_COLUMN_LEAST 20

/* Columns that a kind's usual values take; numbers stand to the right. */
static const struct {
	uint8_t width;
	bool right;
} looks[KIND_MAX] = {
	[KIND_u32] = {7, true},	      [KIND_u64] = {8, true},	   [KIND_id] = {5, true},
	[KIND_group] = {5, true},     [KIND_error] = {5, true},	   [KIND_inum] = {10, true},
	[KIND_nsec] = {15, true},     [KIND_hex64] = {16, false},  [KIND_flag] = {5, false},
	[KIND_dev] = {5, true},	      [KIND_comm] = {15, false},   [KIND_text] = {20, false},
	[KIND_tty] = {6, false},      [KIND_path] = {20, false},   [KIND_strings] = {30, false},
	[KIND_keys] = {10, false},    [KIND_cpu] = {3, true},	   [KIND_number] = {8, true},
	[KIND_signal] = {6, true},    [KIND_cause] = {10, false},  [KIND_type] = {5, false},
	[KIND_time] = {15, false},    [KIND_duration] = {6, true}, [KIND_size] = {6, true},
	[KIND_records] = {20, false}, [KIND_record] = {40, false}, [KIND_u8] = {3, true},
	[KIND_u16] = {5, true},	      [KIND_s8] = {4, true},	   [KIND_s16] = {6, true},
	[KIND_s32] = {7, true},	      [KIND_s64] = {8, true},	   [KIND_boolean] = {5, false},
	[KIND_pointer] = {18, false}, [KIND_chars] = {16, false},  [KIND_integers] = {12, false},
	[KIND_cpumask] = {8, false},  [KIND_level] = {5, false},   [KIND_json] = {20, false},
};

/* What a column shows of one event type. */
struct cell {
	const struct field *field; /* NULL: it lacks this field */
	bool name;		   /* the name of the event type */
	const char *line;	   /* a template */
	bool command;
};

struct plan {
	const struct field *time; /* for control events */
	struct command_fields command;
	struct cell cells[];
};

static struct column describe_column(const struct output *o, const char *name)
{
	struct column c = {.name = name, .title = "EVENT", .width = 5};

	for (const struct schema *const *s = o->schemas; *s; s++) {
		const struct field *f = schema_resolve(*s, name, NULL);

		if (!f)
			continue;
		c.title = f->title;
		c.width = looks[f->kind].width;
		c.right = looks[f->kind].right;
		break;
	}
	if (c.width < strlen(c.title))
		c.width = strlen(c.title);
	return c;
}

/* Columns that the terminal has for the last one, where all others are shown. */
static bool has_room(struct output *o, const struct schema_column *columns)
{
	size_t taken = LAST_COLUMN_LEAST;

	for (; columns[0].title && columns[1].title; columns++)
		taken += columns->width + 2;
	return taken <= table_line_width(o);
}

/*
 * The columns that the table has by itself: those of the first event type that brings its own, on a narrow terminal
 * without the spare ones. Returns how many.
 */
static size_t describe_own_columns(struct output *o, struct column *ret_columns)
{
	const struct schema_column *theirs = NULL;
	size_t nr = 0;
	bool all;

	for (const struct schema *const *s = o->schemas; *s && !theirs; s++)
		theirs = (*s)->columns;
	if (!theirs) {
		memcpy(ret_columns, own_columns, sizeof(own_columns));
		return NR_OWN_COLUMNS;
	}
	all = has_room(o, theirs);
	for (; theirs->title && nr < COLUMNS_MAX; theirs++)
		if (all || !theirs->spare)
			ret_columns[nr++] = (struct column){.name = theirs->field,
							    .title = theirs->title,
							    .width = theirs->width,
							    .right = theirs->right,
							    .line = theirs->line};
	return nr;
}

static int open_table(struct output *o, struct error *err)
{
	struct table *t = o->state;
	const char *const *names = o->settings.fields;

	while (names && names[t->nr_columns])
		t->nr_columns++;
	t->columns = calloc(t->nr_columns + COLUMNS_MAX, sizeof(t->columns[0]));
	if (!t->columns)
		return fail(err, -ENOMEM, "cannot open output 'table': out of memory");
	for (size_t i = 0; i < t->nr_columns; i++)
		t->columns[i] = describe_column(o, names[i]);
	if (!names)
		t->nr_columns = describe_own_columns(o, t->columns);
	t->day.utc = o->settings.utc;
	clock_day_init(&t->day);
	if (!buffer_reserve(&t->line, BUFFER_FIRST_BYTES) || !buffer_reserve(&t->cell, BUFFER_FIRST_BYTES) ||
	    !buffer_reserve(&t->cut, BUFFER_FIRST_BYTES))
		return fail(err, -ENOMEM, "cannot open output 'table': out of memory");
	return 0;
}

static void close_table(struct output *o)
{
	struct table *t = o->state;

	free(t->columns);
	buffer_done(&t->line);
	buffer_done(&t->cell);
	buffer_done(&t->cut);
}

static int prepare(struct output *o, struct view *v)
{
	const struct table *t = o->state;
	struct plan *plan = calloc(1, sizeof(*plan) + t->nr_columns * sizeof(plan->cells[0]));

	if (!plan)
		return -ENOMEM;
	plan->time = schema_find_field(v->schema, "time");
	for (size_t i = 0; i < t->nr_columns; i++) {
		struct cell *cell = &plan->cells[i];
		const char *name = t->columns[i].name;

		cell->line = t->columns[i].line;
		cell->command = !name && !cell->line;
		cell->name = name && !strcmp(name, "event");
		if (name)
			cell->field = schema_resolve(v->schema, name, NULL);
		/* A table of users' names comes from whoever extends the schema. */
		if (name && !cell->field && !strcmp(name, "user"))
			cell->field = schema_find_field(v->schema, "uid");
	}
	if (output_is_exec(v->schema) || v->schema->columns)
		command_find_fields(&plan->command, v->schema);
	v->plan = plan;
	return 0;
}

static void put_heading(struct output *o)
{
	struct table *t = o->state;
	struct mark mark = {0, 0, STYLE_HEADING};

	t->headed = true;
	t->line.length = 0;
	for (size_t i = 0; i < t->nr_columns; i++) {
		t->cell.length = 0;
		buffer_append_text(&t->cell, t->columns[i].title);
		table_append_cell(o, i);
	}
	mark.end = t->line.length;
	table_put_line(o, &mark, 1);
}

static void append_time(struct table *t, struct buffer *out, const struct event *e, const struct field *f)
{
	struct value time = {.type = VALUE_ABSENT};

	if (f)
		event_get(e, f, &time);
	if (time.type == VALUE_UINT)
		clock_append_day(out, &t->day, time.u);
	else
		buffer_append_char(out, '-');
}

/* A line across the columns; losses are not to be overlooked. */
static void put_control(struct output *o, const struct plan *plan, const struct event *e)
{
	struct table *t = o->state;
	struct mark mark = {0, 0, STYLE_CONTROL};
	bool alarm = e->schema->alarm;

	t->line.length = 0;
	append_time(t, &t->line, e, plan->time);
	buffer_append_text(&t->line, alarm ? "  *** " : "  ");
	line_append_event(&t->line, e);
	if (alarm)
		buffer_append_text(&t->line, " ***");
	mark.end = t->line.length;
	table_put_line(o, &mark, alarm);
}

/* Of a time of day as many digits as the column has room for. */
static void fill_time(struct table *t, const struct cell *cell, const struct event *e, size_t width)
{
	append_time(t, &t->cell, e, cell->field);
	if (t->cell.length > width)
		t->cell.length = width;
}

static void fill_cell(struct table *t, const struct cell *cell, const struct event *e, size_t width)
{
	t->cell.length = 0;
	if (cell->line)
		event_append_line(&t->cell, e, cell->line);
	else if (cell->name)
		buffer_append_text(&t->cell, e->schema->name);
	else if (!cell->field)
		buffer_append_char(&t->cell, '-');
	else if (cell->field->kind == KIND_time)
		fill_time(t, cell, e, width);
	else
		line_append_field(&t->cell, e, cell->field);
}

/* The last of the table's own columns: the command line of an exec, else the event's line. Returns the program's place.
 */
static struct mark append_command(struct output *o, const struct plan *plan, const struct event *e)
{
	struct table *t = o->state;
	struct mark mark = {t->line.length, t->line.length, STYLE_PROGRAM};
	struct command_program program;

	if (!plan->command.filename) {
		line_append_event(&t->line, e);
		return mark;
	}
	/* A life without an exec: the name, as ps(1) shows who has no command line. */
	if (!e->parts[PART_RECORD].size && e->parts[PART_SECOND].size) {
		event_append_line(&t->line, e, "({comm})");
		return mark;
	}
	program = command_append(&t->line, e, &plan->command, table_line_width(o));
	mark.begin = program.begin;
	mark.end = program.end;
	return mark;
}

static void write_event(struct output *o, const struct view *v, const struct event *e)
{
	const struct plan *plan = v->plan;
	struct table *t = o->state;
	struct mark marks[2];
	size_t nr_marks = 0;

	if (!t->headed)
		put_heading(o);
	if (e->schema->control) {
		put_control(o, plan, e);
		return;
	}
	t->line.length = 0;
	for (size_t i = 0; i < t->nr_columns; i++) {
		const struct cell *cell = &plan->cells[i];
		size_t begin = t->line.length;

		if (cell->command) {
			marks[nr_marks++] = append_command(o, plan, e);
			continue;
		}
		fill_cell(t, cell, e, t->columns[i].width);
		table_append_cell(o, i);
		if (nr_marks == 0 && cell->field && cell->field->kind == KIND_time)
			marks[nr_marks++] = (struct mark){begin, begin + t->cell.length, STYLE_TIME};
	}
	table_put_line(o, marks, nr_marks);
}

/* Gives back what one huge event took. */
static void trim(struct buffer *b)
{
	if (b->capacity > BUFFER_KEPT_BYTES)
		buffer_done(b);
	b->length = 0;
	buffer_reserve(b, BUFFER_FIRST_BYTES);
}

/* The heading does not wait for the first event. */
static void flush_table(struct output *o)
{
	struct table *t = o->state;
	size_t begin = o->sink.buffer.length;

	if (!t->headed && !o->sink.failure) {
		put_heading(o);
		sink_commit(&o->sink, begin, false);
	}
	t->width_known = false;
	trim(&t->line);
	trim(&t->cell);
	trim(&t->cut);
}

static bool wants(const struct field *f)
{
	for (size_t i = 0; i < NR_OWN_COLUMNS; i++)
		if (own_columns[i].name && !strcmp(own_columns[i].name, f->name))
			return true;
	return command_uses(f);
}

const struct output_format output_table = {
	.name = "table",
	.doc = "aligned columns; for people at a terminal",
	.state_bytes = sizeof(struct table),
	.open = open_table,
	.prepare = prepare,
	.write = write_event,
	.flush = flush_table,
	.close = close_table,
	.wants = wants,
};
