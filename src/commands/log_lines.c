/* SPDX-License-Identifier: GPL-2.0-only */
/* Computed fields of the event log. Must not print. */
#include "commands/log_lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "events/log.h"

struct log_lines {
	const struct klog_table *table; /* NULL: there is none */
	struct buffer text;		/* of the last message or list */
};

/* A record taken apart. */
struct line {
	const struct klog_place *place;
	uint64_t site;
	struct klog_value values[KLOG_ARGS_MAX];
	int nr_values;
};

/* Looks up where a record comes from; false where that is not known. */
static bool find_place(const struct log_lines *l, const struct event *e, struct line *ret)
{
	struct log_event record;

	if (!l->table || e->parts[PART_RECORD].size < sizeof(record))
		return false;
	memcpy(&record, e->parts[PART_RECORD].data, sizeof(record));
	ret->site = record.site;
	ret->place = klog_table_find(l->table, record.site);
	return ret->place;
}

static bool take_apart(const struct log_lines *l, const struct event *e, struct line *ret)
{
	const char *values = (const char *)e->parts[PART_RECORD].data + sizeof(struct log_event);

	if (!find_place(l, e, ret))
		return false;
	ret->nr_values =
		klog_unpack(ret->place, values, e->parts[PART_RECORD].size - sizeof(struct log_event), ret->values);
	return ret->nr_values >= 0;
}

static void set_text(struct value *v, const char *data, size_t length)
{
	v->type = VALUE_TEXT;
	v->text.data = data;
	v->text.length = length;
}

static void get_program(const struct event *e, void *context, struct value *ret_value)
{
	const struct log_lines *l = context;
	struct line line;
	const char *name;

	if (!find_place(l, e, &line))
		return;
	name = klog_table_program(l->table, line.site);
	if (!name)
		name = line.place->function;
	set_text(ret_value, name, strlen(name));
}

static void get_file(const struct event *e, void *context, struct value *ret_value)
{
	struct line line;

	if (find_place(context, e, &line))
		set_text(ret_value, line.place->file, strlen(line.place->file));
}

static void get_line(const struct event *e, void *context, struct value *ret_value)
{
	struct line line;

	if (!find_place(context, e, &line))
		return;
	ret_value->type = VALUE_UINT;
	ret_value->u = line.place->line;
}

static void get_function(const struct event *e, void *context, struct value *ret_value)
{
	struct line line;

	if (find_place(context, e, &line))
		set_text(ret_value, line.place->function, strlen(line.place->function));
}

/* Gives the text to the event: the buffer is for the next one. */
static void keep_text(struct log_lines *l, const struct event *e, struct value *ret_value)
{
	char *text = scratch_take(e->scratch, l->text.length + 1);

	if (!text || l->text.failed)
		return;
	if (l->text.length)
		memcpy(text, l->text.data, l->text.length);
	set_text(ret_value, text, l->text.length);
}

static void get_message(const struct event *e, void *context, struct value *ret_value)
{
	struct log_lines *l = context;
	struct line line;

	if (!take_apart(l, e, &line))
		return;
	l->text.length = klog_message(line.place, line.values, line.nr_values, l->text.data, l->text.capacity);
	if (l->text.length > l->text.capacity) {
		size_t bytes = l->text.length;

		l->text.length = 0;
		if (!buffer_reserve(&l->text, bytes))
			return;
		l->text.length = klog_message(line.place, line.values, line.nr_values, l->text.data, bytes);
	}
	keep_text(l, e, ret_value);
}

/* A string that is whole and UTF-8 is a JSON string; another one an object that says what it is. */
static void append_string(struct buffer *out, const char *data, size_t length, enum klog_string_state state)
{
	size_t begin = out->length;
	struct buffer exact = {};

	if (state == KLOG_NULL || state == KLOG_UNREADABLE) {
		buffer_append_text(out, state == KLOG_NULL ? "null" : "{\"unreadable\":true}");
		return;
	}
	if (json_append_string(out, data, length) && state == KLOG_WHOLE)
		return;
	buffer_append(&exact, out->data + begin, out->length - begin);
	out->length = begin;
	buffer_append_text(out, "{\"text\":");
	buffer_append(out, exact.data, exact.length);
	buffer_append_text(out, ",\"b64\":");
	json_append_base64(out, data, length);
	buffer_append_text(out, state == KLOG_CUT ? ",\"truncated\":true}" : "}");
	buffer_done(&exact);
}

static void append_bytes(struct buffer *out, const struct klog_value *v)
{
	struct buffer hex = {};

	for (size_t i = 0; i < v->text.length; i++)
		buffer_printf(&hex, "%02x", (unsigned char)v->text.data[i]);
	append_string(out, hex.data ? hex.data : "", hex.length, v->state);
	buffer_done(&hex);
}

static void append_value(struct buffer *out, const struct klog_value *v)
{
	switch (v->type) {
	case KLOG_VALUE_SIGNED:
		buffer_append_s64(out, v->s);
		break;
	case KLOG_VALUE_UNSIGNED:
		buffer_append_u64(out, v->u);
		break;
	case KLOG_VALUE_POINTER:
		buffer_printf(out, "\"0x%llx\"", (unsigned long long)v->u);
		break;
	case KLOG_VALUE_TEXT:
		append_string(out, v->text.data, v->text.length, v->state);
		break;
	case KLOG_VALUE_BYTES:
		append_bytes(out, v);
		break;
	}
}

static void get_args(const struct event *e, void *context, struct value *ret_value)
{
	struct log_lines *l = context;
	struct line line;

	if (!take_apart(l, e, &line))
		return;
	l->text.length = 0;
	buffer_append_char(&l->text, '[');
	for (int i = 0; i < line.nr_values; i++) {
		if (i)
			buffer_append_char(&l->text, ',');
		append_value(&l->text, &line.values[i]);
	}
	buffer_append_char(&l->text, ']');
	keep_text(l, e, ret_value);
}

#define ROW(row_name, row_kind, row_title, row_after, row_doc)                                                         \
	{                                                                                                              \
		.field = {.name = #row_name,                                                                           \
			  .title = row_title,                                                                          \
			  .doc = row_doc,                                                                              \
			  .kind = KIND_##row_kind,                                                                     \
			  .row = FIELD_NO_ROW,                                                                         \
			  .get = get_##row_name},                                                                      \
		.after = row_after,                                                                                    \
	}

static const struct computed_field rows[] = {
	ROW(program, text, "PROGRAM", "level",
	    "kernel program that logged it; the function, where several programs share it"),
	ROW(message, text, "MESSAGE", "program", "what it says, the values put into the format"),
	ROW(args, json, "ARGS", "message",
	    "the values: numbers, texts, pointers as hexadecimal texts, bytes as hexadecimal digits; a text that was "
	    "cut or is not UTF-8 is an object with text, b64 and truncated, one that could not be read has unreadable"),
	ROW(file, text, "FILE", "tid", "source file of the line"),
	ROW(line, u32, "LINE", "file", "its number there"),
	ROW(function, text, "FUNCTION", "line", "function that it stands in"),
};

#define NR_ROWS (sizeof(rows) / sizeof(rows[0]))

struct log_lines *log_lines_new(struct error *err)
{
	struct log_lines *l = calloc(1, sizeof(*l));

	if (!l)
		fail(err, -ENOMEM, "no memory for the log lines");
	return l;
}

void log_lines_free(struct log_lines *l)
{
	if (!l)
		return;
	buffer_done(&l->text);
	free(l);
}

void log_lines_set_table(struct log_lines *l, const struct klog_table *table)
{
	l->table = table;
}

struct schema *log_lines_schema(struct log_lines *l, const struct process *process)
{
	struct computed_field own[NR_ROWS];
	const struct computed_field *time_rows;
	struct schema *timed, *whole;
	size_t nr_time_rows;

	memcpy(own, rows, sizeof(own));
	for (size_t i = 0; i < NR_ROWS; i++)
		own[i].field.context = l;
	time_rows = process_rows(process, RECORD_LOG, &nr_time_rows);
	timed = schema_extend(&schema_log, time_rows, nr_time_rows);
	whole = timed ? schema_extend(timed, own, NR_ROWS) : NULL;
	schema_free(timed);
	return whole;
}
