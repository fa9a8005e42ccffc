/* SPDX-License-Identifier: GPL-2.0-only */
/* Views of an inspection. The tables are those of outputs/: here is chosen what they show. */
#include "commands/inspect_view.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "commands/terminal.h"
#include "outputs/outputs.h"

/* The alternate screen without a cursor, and back: ECMA-48 and xterm's private modes, which every terminal has today.
 */
#define SCREEN_TAKE  "\x1b[?1049h\x1b[?25l"
#define SCREEN_BACK  "\x1b[?25h\x1b[?1049l"
#define SCREEN_CLEAR "\x1b[H\x1b[2J"

/* From here on there is room for the columns that are rarely looked at. */
#define WIDE_COLUMNS 110
/* Names take as much as the longest, at most this. */
#define NAME_COLUMNS_MAX 32

#define COLUMNS_MOST 16

struct inspect_view {
	struct view_settings settings;
	struct output_settings output;
	struct output *lines; /* of JSON, or of a pipe that is watched; NULL: pages */
	bool screen;
};

static int write_out(const char *text, size_t length)
{
	while (length) {
		ssize_t bytes = write(STDOUT_FILENO, text, length);

		if (bytes < 0 && errno != EINTR)
			return -errno;
		text += bytes > 0 ? bytes : 0;
		length -= bytes > 0 ? bytes : 0;
	}
	return 0;
}

static int write_text(const char *text)
{
	return write_out(text, strlen(text));
}

/* --- columns --- */

static const struct schema_column program_columns[] = {
	{.title = "ID", .field = "id", .width = 5, .right = true},
	{.title = "PID", .field = "pid", .width = 7, .right = true},
	{.title = "RUNS", .field = "runs", .width = 8, .right = true},
	{.title = "NS/RUN", .field = "ns_per_run", .width = 6, .right = true},
	{.title = "NAME", .field = "name", .width = 4},
	{.title = "ATTACHED", .field = "attached", .width = 8},
	{.title = NULL},
};

static const struct schema_column wide_program_columns[] = {
	{.title = "ID", .field = "id", .width = 5, .right = true},
	{.title = "PID", .field = "pid", .width = 7, .right = true},
	{.title = "HOLDER", .field = "comm", .width = 8},
	{.title = "RUNS", .field = "runs", .width = 8, .right = true},
	{.title = "NS/RUN", .field = "ns_per_run", .width = 6, .right = true},
	{.title = "CPU", .field = "cpu", .width = 6, .right = true},
	{.title = "MISSED", .field = "missed", .width = 6, .right = true},
	{.title = "JITED", .field = "jited", .width = 6, .right = true},
	{.title = "NAME", .field = "name", .width = 4},
	{.title = "ATTACHED", .field = "attached", .width = 8},
	{.title = NULL},
};

static const struct schema_column wide_map_columns[] = {
	{.title = "ID", .field = "id", .width = 5, .right = true},
	{.title = "PID", .field = "pid", .width = 7, .right = true},
	{.title = "KEY", .field = "key_size", .width = 4, .right = true},
	{.title = "VALUE", .field = "value_size", .width = 6, .right = true},
	{.title = "ENTRIES", .field = "entries", .width = 8, .right = true},
	{.title = "MEMLOCK", .field = "memlock", .width = 9, .right = true},
	{.title = "NAME", .field = "name", .width = 4},
	{.title = "TYPE", .field = "type", .width = 12},
	{.title = "PROGRAMS", .field = "program_ids", .width = 8},
	{.title = NULL},
};

static const struct schema_column map_columns[] = {
	{.title = "ID", .field = "id", .width = 5, .right = true},
	{.title = "PID", .field = "pid", .width = 7, .right = true},
	{.title = "KEY", .field = "key_size", .width = 4, .right = true},
	{.title = "VALUE", .field = "value_size", .width = 6, .right = true},
	{.title = "ENTRIES", .field = "entries", .width = 8, .right = true},
	{.title = "MEMLOCK", .field = "memlock", .width = 9, .right = true},
	{.title = "NAME", .field = "name", .width = 4},
	{.title = "TYPE", .field = "type", .width = 12},
	{.title = NULL},
};

/* The columns with that of the name as wide as the names are. */
static void fit_columns(const struct schema_column *columns, size_t name_columns, struct schema_column *ret)
{
	size_t i = 0;

	for (; columns[i].title && i < COLUMNS_MOST - 1; i++) {
		ret[i] = columns[i];
		if (!strcmp(columns[i].field, "name"))
			ret[i].width = name_columns;
	}
	ret[i] = (struct schema_column){.title = NULL};
}

static void note_name(struct slice name, size_t *longest)
{
	size_t columns = name.data ? utf8_columns(name.data, name.length) : 0;

	if (columns > *longest)
		*longest = columns < NAME_COLUMNS_MAX ? columns : NAME_COLUMNS_MAX;
}

/* --- events --- */

static void write_record(struct output *o, const struct schema *s, const void *record, size_t bytes)
{
	struct scratch scratch = {0};
	const struct event e = {.schema = s, .parts[PART_RECORD] = {record, bytes}, .scratch = &scratch};

	output_write(o, &e);
	scratch_done(&scratch);
}

/* The names that this event type has; NULL where none is left, or none was asked for. */
static const char **fields_of(const char *const *names, const struct schema *s)
{
	size_t nr = 0;
	const char **fields;

	while (names && names[nr])
		nr++;
	fields = nr ? calloc(nr + 1, sizeof(fields[0])) : NULL;
	nr = 0;
	for (; fields && *names; names++)
		if (schema_find_field(s, *names))
			fields[nr++] = *names;
	return fields;
}

/* --- a page: two tables --- */

static int table_open(struct inspect_view *v, const struct schema *s, const char **fields, struct output **ret)
{
	const struct schema *const schemas[] = {s, NULL};
	struct output_settings settings = v->output;

	settings.fields = fields;
	return output_open("table", &settings, schemas, ret, NULL);
}

static bool is_wide(const struct inspect_view *v)
{
	return v->output.width >= WIDE_COLUMNS || !v->output.width;
}

/* A table: of what records, by which columns. */
struct listing {
	const struct schema *schema;
	const struct schema_column *columns, *wide_columns;
	size_t record_bytes, name_offset;
};

static const struct listing program_listing = {
	.schema = &schema_program,
	.columns = program_columns,
	.wide_columns = wide_program_columns,
	.record_bytes = sizeof(struct inspected_program),
	.name_offset = offsetof(struct inspected_program, name),
};

static const struct listing map_listing = {
	.schema = &schema_map,
	.columns = map_columns,
	.wide_columns = wide_map_columns,
	.record_bytes = sizeof(struct inspected_map),
	.name_offset = offsetof(struct inspected_map, name),
};

/* The first `most` of `nr` records; the columns fit all of them. */
static int show_table(struct inspect_view *v, const struct listing *l, const void *records, size_t nr, size_t most)
{
	struct schema_column columns[COLUMNS_MOST];
	const char *const begin = records, *const end = begin + nr * l->record_bytes;
	struct schema s = *l->schema;
	const char **fields = fields_of(v->settings.fields, &s);
	size_t longest = strlen("NAME");
	struct output *o;
	int code;

	for (const char *at = begin; at < end; at += l->record_bytes)
		note_name(*(const struct slice *)(at + l->name_offset), &longest);
	fit_columns(is_wide(v) ? l->wide_columns : l->columns, longest, columns);
	s.columns = columns;
	code = table_open(v, &s, fields, &o);
	for (const char *at = begin; !code && at < end && most--; at += l->record_bytes)
		write_record(o, &s, at, l->record_bytes);
	if (!code)
		code = output_close(o, NULL, NULL);
	free(fields);
	return code;
}

static void append_interval(const struct inspection *i, struct buffer *text)
{
	uint64_t ns = i->nr_programs ? i->programs[0].interval_ns : UINT64_MAX;

	if (ns != UINT64_MAX)
		buffer_printf(text, "; runs of the last %llu.%llu s", (unsigned long long)(ns / 1000000000),
			      (unsigned long long)(ns / 100000000 % 10));
}

static int show_heading(struct inspect_view *v, const struct inspection *i)
{
	_cleanup_buffer_ struct buffer text = {0};

	if (v->screen)
		buffer_append_text(&text, SCREEN_CLEAR);
	buffer_printf(&text, "%zu program%s and %zu map%s", i->nr_programs, i->nr_programs == 1 ? "" : "s", i->nr_maps,
		      i->nr_maps == 1 ? "" : "s");
	append_interval(i, &text);
	buffer_append_text(&text, "\n\n");
	return write_out(text.data, text.length);
}

static void append_bpftool(struct buffer *text, struct slice command, struct slice name)
{
	buffer_append_text(text, "  ");
	buffer_append(text, command.data, command.length);
	buffer_append_text(text, "  # ");
	buffer_append_visible(text, name.data, name.length);
	buffer_append_char(text, '\n');
}

/* What the same would be with bpftool: of all, or with -v of each. */
static int show_bpftool(struct inspect_view *v, const struct inspection *i)
{
	_cleanup_buffer_ struct buffer text = {0};

	if (!v->settings.bpftool)
		return write_text("\nthe same by bpftool(8): bpftool prog show; bpftool map show; bpftool link show\n");
	buffer_append_text(&text, "\nthe same by bpftool(8):\n");
	for (size_t at = 0; at < i->nr_programs; at++)
		append_bpftool(&text, i->programs[at].bpftool, i->programs[at].name);
	for (size_t at = 0; at < i->nr_maps; at++)
		append_bpftool(&text, i->maps[at].bpftool, i->maps[at].name);
	return write_out(text.data, text.length);
}

/* Rows of the two tables that a screen has room for: programs first. Elsewhere there is room for all. */
static void share_screen(const struct inspect_view *v, const struct inspection *i, size_t *ret_programs,
			 size_t *ret_maps)
{
	size_t rows = v->screen ? terminal_rows() : 0, room;

	*ret_programs = *ret_maps = SIZE_MAX;
	if (!rows)
		return;
	room = rows > 7 ? rows - 7 : 1;
	*ret_programs = i->nr_programs < room ? i->nr_programs : room;
	*ret_maps = room - *ret_programs;
}

static int show_page(struct inspect_view *v, const struct inspection *i)
{
	size_t programs, maps;
	int code;

	v->output.width = terminal_columns();
	share_screen(v, i, &programs, &maps);
	code = show_heading(v, i);
	if (!code && i->nr_programs)
		code = show_table(v, &program_listing, i->programs, i->nr_programs, programs);
	if (!code && i->nr_programs && i->nr_maps && maps)
		code = write_text("\n");
	if (!code && i->nr_maps && maps)
		code = show_table(v, &map_listing, i->maps, i->nr_maps, maps);
	if (!code && !v->screen)
		code = show_bpftool(v, i);
	return code;
}

/* --- lines: JSON, or the programs one below the other --- */

static const char *const line_fields[] = {"time", "id", "pid", "runs", "ns_per_run", "cpu", "name", NULL};

static int show_lines(struct inspect_view *v, const struct inspection *i)
{
	for (size_t at = 0; at < i->nr_programs; at++)
		write_record(v->lines, &schema_program, &i->programs[at], sizeof(i->programs[at]));
	for (size_t at = 0; v->settings.spec && at < i->nr_maps; at++)
		write_record(v->lines, &schema_map, &i->maps[at], sizeof(i->maps[at]));
	return output_flush(v->lines);
}

static int open_lines(struct inspect_view *v, struct error *err)
{
	static const struct schema *const both[] = {&schema_program, &schema_map, NULL};

	if (!v->settings.spec && !v->output.fields)
		v->output.fields = line_fields;
	return output_open(v->settings.spec ? v->settings.spec : "table", &v->output, both, &v->lines, err);
}

int inspect_view_open(const struct view_settings *settings, struct inspect_view **ret, struct error *err)
{
	struct inspect_view *v = calloc(1, sizeof(*v));
	const bool terminal = isatty(STDOUT_FILENO);
	int code = 0;

	if (!v)
		return fail(err, -ENOMEM, "no memory for the view");
	v->settings = *settings;
	v->output = (struct output_settings){
		.fields = settings->fields,
		.utc = settings->utc,
		.full = settings->full,
		.color = settings->color,
		.width = terminal ? terminal_columns() : 0,
		.terminal_width = terminal_columns,
	};
	v->screen = settings->watch && terminal && !settings->spec;
	if (settings->spec || (settings->watch && !terminal))
		code = open_lines(v, err);
	if (code) {
		free(v);
		return code;
	}
	if (v->screen)
		write_text(SCREEN_TAKE);
	*ret = v;
	return 0;
}

int inspect_view_show(struct inspect_view *v, const struct inspection *i)
{
	return v->lines ? show_lines(v, i) : show_page(v, i);
}

int inspect_view_close(struct inspect_view *v, struct error *err)
{
	int code = 0;

	if (!v)
		return 0;
	if (v->screen)
		write_text(SCREEN_BACK);
	if (v->lines)
		code = output_close(v->lines, NULL, err);
	free(v);
	return code == -EPIPE ? 0 : code;
}
