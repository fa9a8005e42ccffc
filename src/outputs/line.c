/* SPDX-License-Identifier: GPL-2.0-only */
/* Fills in the template of a schema; see struct schema. Not for the hot path: names are looked up each time. */
#include "outputs/line.h"

#include <string.h>

static bool append_present(struct buffer *out, const struct event *e, const struct field *f)
{
	struct value value;

	event_get(e, f, &value);
	if (value.type == VALUE_ABSENT)
		return false;
	kinds[f->kind].print_text(e, &value, out);
	return true;
}

void line_append_field(struct buffer *out, const struct event *e, const struct field *f)
{
	if (!append_present(out, e, f))
		buffer_append_char(out, '-');
}

/* Appends the field named at `name`; false where there is none or it is absent. */
static bool append_named(struct buffer *out, const struct event *e, const char *name, size_t length)
{
	const struct schema *s = e->schema;

	for (size_t i = 0; i < s->nr_fields; i++)
		if (strlen(s->fields[i].name) == length && !memcmp(s->fields[i].name, name, length))
			return append_present(out, e, &s->fields[i]);
	return false;
}

void line_append_event(struct buffer *out, const struct event *e)
{
	size_t optional = 0; /* where the part in brackets began */
	bool in_brackets = false, drop = false;

	for (const char *at = e->schema->line; at && *at; at++) {
		if (*at == '[') {
			optional = out->length;
			in_brackets = true;
			drop = false;
		} else if (*at == ']') {
			out->length = drop ? optional : out->length;
			in_brackets = false;
		} else if (*at == '{') {
			size_t length = strcspn(at + 1, "}");
			bool present = append_named(out, e, at + 1, length);

			drop |= !present;
			if (!present && !in_brackets)
				buffer_append_char(out, '-');
			at += length + (at[1 + length] == '}');
		} else {
			buffer_append_char(out, *at);
		}
	}
}
