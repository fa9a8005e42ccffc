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
};

struct plan {
	const char *head; /* {"event":"NAME" */
	size_t head_bytes;
	size_t room; /* bytes for all keys and small values */
	size_t nr_items;
	struct item items[];
};

/* Keys and head lie behind the items, in the same piece of memory. */
static size_t texts_bytes(const struct schema *s)
{
	size_t bytes = strlen("{\"event\":\"\"") + strlen(s->name) + 1;

	for (size_t i = 0; i < s->nr_fields; i++)
		bytes += strlen(s->fields[i].name) + strlen(",\"\":") + 1;
	return bytes;
}

static char *put_text(char *at, const char *before, const char *name, const char *after)
{
	at = stpcpy(at, before);
	at = stpcpy(at, name);
	return stpcpy(at, after);
}

static int prepare(struct output *o, struct view *v)
{
	const struct schema *s = v->schema;
	struct plan *plan = calloc(1, sizeof(*plan) + s->nr_fields * sizeof(plan->items[0]) + texts_bytes(s));
	char *at;

	if (!plan)
		return -ENOMEM;
	plan->head = (char *)&plan->items[s->nr_fields];
	at = put_text((char *)plan->head, "{\"event\":\"", s->name, "\"");
	plan->head_bytes = at - plan->head;
	for (size_t i = 0; i < s->nr_fields; i++) {
		struct item *item = &plan->items[plan->nr_items];

		if (!output_selects(o, s, &s->fields[i]))
			continue;
		item->field = &s->fields[i];
		item->key = at + 1;
		at = put_text(at + 1, ",\"", item->field->name, "\":");
		item->key_bytes = at - item->key;
		plan->nr_items++;
	}
	plan->room = texts_bytes(s) + plan->nr_items * VALUE_ROOM;
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

static void write_event(struct output *o, const struct view *v, const struct event *e)
{
	struct buffer *out = &o->sink.buffer;
	const struct plan *plan = v->plan;

	buffer_reserve(out, plan->room);
	buffer_append(out, plan->head, plan->head_bytes);
	for (size_t i = 0; i < plan->nr_items; i++) {
		const struct item *item = &plan->items[i];
		struct value value;

		event_get(e, item->field, &value);
		if (value.type == VALUE_ABSENT)
			continue;
		buffer_append(out, item->key, item->key_bytes);
		if (!kinds[item->field->kind].print_json(e, &value, out))
			append_exact(out, item->field, &value);
	}
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
