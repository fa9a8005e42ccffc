/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * -o json: one compact object a line, keys in row order. The hot path of a machine-read stream: what can be known
 * before the event comes (fields, keys, room) is.
 */
#include "outputs/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

/* Room for one value of a small kind and a spare; long values make their own. */
#define VALUE_ROOM 40

struct item {
	const struct field *field;
	const char *key; /* ,"NAME": */
	size_t key_bytes;
	size_t nr_members; /* of a record: so many items behind this one are inside of it */
};

struct plan {
	const char *head; /* {"event":"NAME" */
	size_t head_bytes;
	size_t room; /* bytes for all keys and small values */
	size_t nr_items;
	char *text; /* where the next key goes */
	struct item items[];
};

static size_t count_fields(const struct schema *s)
{
	size_t nr = s->nr_fields;

	for (size_t i = 0; i < s->nr_fields; i++)
		nr += s->fields[i].members ? count_fields(s->fields[i].members) : 0;
	return nr;
}

static size_t keys_bytes(const struct schema *s)
{
	size_t bytes = 0;

	for (size_t i = 0; i < s->nr_fields; i++) {
		bytes += strlen(s->fields[i].name) + strlen(",\"\":") + 1;
		bytes += s->fields[i].members ? keys_bytes(s->fields[i].members) : 0;
	}
	return bytes;
}

static char *put_text(char *at, const char *before, const char *name, const char *after)
{
	at = stpcpy(at, before);
	at = stpcpy(at, name);
	return stpcpy(at, after);
}

static struct item *add_item(struct plan *plan, const struct field *f)
{
	struct item *item = &plan->items[plan->nr_items++];
	char *end = put_text(plan->text, ",\"", f->name, "\":");

	*item = (struct item){.field = f, .key = plan->text, .key_bytes = end - plan->text};
	plan->text = end + 1;
	return item;
}

static void add_field(struct plan *plan, const struct output *o, const struct schema *s, const struct field *f)
{
	struct item *item = add_item(plan, f);

	for (size_t i = 0; f->members && i < f->members->nr_fields; i++) {
		if (!output_selects_member(o, s, f, &f->members->fields[i]))
			continue;
		add_item(plan, &f->members->fields[i]);
		item->nr_members++;
	}
}

/* Keys and head lie behind the items, in the same piece of memory. */
static int prepare(struct output *o, struct view *v)
{
	const struct schema *s = v->schema;
	size_t nr_fields = count_fields(s), head_room = strlen("{\"event\":\"\"") + strlen(s->name) + 1,
	       text_bytes = head_room + keys_bytes(s);
	struct plan *plan = calloc(1, sizeof(*plan) + nr_fields * sizeof(plan->items[0]) + text_bytes);

	if (!plan)
		return -ENOMEM;
	plan->head = (char *)&plan->items[nr_fields];
	plan->text = put_text((char *)plan->head, "{\"event\":\"", s->name, "\"");
	plan->head_bytes = plan->text - plan->head;
	plan->text++;
	for (size_t i = 0; i < s->nr_fields; i++)
		if (output_selects(o, s, &s->fields[i]))
			add_field(plan, o, s, &s->fields[i]);
	plan->room = text_bytes + plan->nr_items * VALUE_ROOM;
	v->plan = plan;
	return 0;
}

static void append_list_base64(struct buffer *out, const struct value *v)
{
	const char *at = v->text.data, *end = at + v->text.length;

	buffer_append_char(out, '[');
	while (at < end) {
		size_t length = strnlen(at, end - at);

		json_append_base64(out, at, length);
		at += length + 1;
		if (at < end)
			buffer_append_char(out, ',');
	}
	buffer_append_char(out, ']');
}

/* The exact bytes of a value that is not UTF-8, in a key of their own. */
static void append_exact(struct buffer *out, const struct field *f, const struct value *v)
{
	buffer_append_text(out, ",\"");
	buffer_append_text(out, f->name);
	buffer_append_text(out, "_b64\":");
	if (v->type == VALUE_LIST)
		append_list_base64(out, v);
	else
		json_append_base64(out, v->text.data, v->text.length);
}

/* Appends one item; where `first` it is the first of its object, without the comma. False where it is absent. */
static bool append_item(struct buffer *out, const struct event *e, const struct item *item, bool first)
{
	struct value value;
	bool none = true;

	event_get(e, item->field, &value);
	if (value.type == VALUE_ABSENT)
		return false;
	buffer_append(out, item->key + first, item->key_bytes - first);
	if (value.type == VALUE_RECORD) {
		buffer_append_char(out, '{');
		for (size_t i = 1; i <= item->nr_members; i++)
			none &= !append_item(out, e, &item[i], none);
		buffer_append_char(out, '}');
	} else if (!kinds[item->field->kind].print_json(e, &value, out)) {
		append_exact(out, item->field, &value);
	}
	return true;
}

static void write_event(struct output *o, const struct view *v, const struct event *e)
{
	struct buffer *out = &o->sink.buffer;
	const struct plan *plan = v->plan;

	buffer_reserve(out, plan->room);
	buffer_append(out, plan->head, plan->head_bytes);
	for (size_t i = 0; i < plan->nr_items; i += 1 + plan->items[i].nr_members)
		append_item(out, e, &plan->items[i], false);
	buffer_append(out, "}\n", 2);
}

static bool wants(const struct field *f)
{
	/* Large and rarely looked at: --env asks for it. */
	return strcmp(f->name, "env") != 0;
}

const struct output_format output_json = {
	.name = "json",
	.doc = "one JSON object a line, every field; for programs",
	.prepare = prepare,
	.write = write_event,
	.wants = wants,
};
