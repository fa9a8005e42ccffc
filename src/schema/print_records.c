/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kinds `records` and `record`. Events inside an event are for people the lines of them, from near to far; in JSON
 * an array of objects. Fields inside an event are name=value, in JSON an object.
 */
#include "schema/kind.h"

#include "base/json.h"

/* Nothing is stored: the field's getter makes them. */
void load_nothing(const struct field *f, const struct event *e, const void *at, struct value *ret_value)
{
	(void)f, (void)e, (void)at, (void)ret_value;
}

void print_records(const struct event *e, const struct value *v, struct buffer *out)
{
	(void)e;
	for (size_t i = 0; i < v->records.nr; i++) {
		const struct event *item = &v->records.items[i];

		if (i)
			buffer_append_text(out, "<-");
		event_append_line(out, item, item->schema->line);
	}
}

static void append_key(struct buffer *out, const char *name, const char *suffix)
{
	buffer_append_char(out, '"');
	buffer_append_text(out, name);
	buffer_append_text(out, suffix);
	buffer_append_text(out, "\":");
}

/* The fields of `s`, which are `e`'s or lie inside of it. */
static void append_object(struct buffer *out, const struct event *e, const struct schema *s)
{
	const char *before = "{";

	for (size_t i = 0; i < s->nr_fields; i++) {
		const struct field *f = &s->fields[i];
		struct value value;

		event_get(e, f, &value);
		if (f->internal || value.type == VALUE_ABSENT)
			continue;
		buffer_append_text(out, before);
		before = ",";
		append_key(out, f->name, "");
		if (kinds[f->kind].print_json(e, &value, out) || value.type != VALUE_TEXT)
			continue;
		/* The exact bytes of a text that is not UTF-8, as elsewhere in JSON. */
		buffer_append_char(out, ',');
		append_key(out, f->name, "_b64");
		json_append_base64(out, value.text.data, value.text.length);
	}
	buffer_append_text(out, *before == ',' ? "}" : "{}");
}

bool json_records(const struct event *e, const struct value *v, struct buffer *out)
{
	(void)e;
	buffer_append_char(out, '[');
	for (size_t i = 0; i < v->records.nr; i++) {
		if (i)
			buffer_append_char(out, ',');
		append_object(out, &v->records.items[i], v->records.items[i].schema);
	}
	buffer_append_char(out, ']');
	return true;
}

void load_record(const struct field *f, const struct event *e, const void *at, struct value *ret_value)
{
	size_t length;

	if (!f->members || !load_span(f, e, at, &length))
		return;
	ret_value->type = VALUE_RECORD;
	ret_value->members = f->members;
}

void print_record(const struct event *e, const struct value *v, struct buffer *out)
{
	const char *before = "";

	for (size_t i = 0; i < v->members->nr_fields; i++) {
		const struct field *f = &v->members->fields[i];
		struct value value;

		event_get(e, f, &value);
		if (value.type == VALUE_ABSENT)
			continue;
		buffer_append_text(out, before);
		before = " ";
		buffer_append_text(out, f->name);
		buffer_append_char(out, '=');
		kinds[f->kind].print_text(e, &value, out);
	}
}

bool json_record(const struct event *e, const struct value *v, struct buffer *out)
{
	append_object(out, e, v->members);
	return true;
}
