/* SPDX-License-Identifier: GPL-2.0-only */
/* Fills in templates over the names of fields (struct schema). Not for the hot path: names are looked up each time. */
#include <string.h>

#include "schema/schema.h"

/* Appends the field named at `name`; false where there is none or it is absent. */
static bool append_named(struct buffer *out, const struct event *e, const char *name, size_t length)
{
	const struct schema *s = e->schema;
	struct value value;

	for (size_t i = 0; i < s->nr_fields; i++) {
		const struct field *f = &s->fields[i];

		if (strlen(f->name) != length || memcmp(f->name, name, length) != 0)
			continue;
		event_get(e, f, &value);
		if (value.type == VALUE_ABSENT)
			return false;
		kinds[f->kind].print_text(e, &value, out);
		return true;
	}
	return false;
}

void event_append_line(struct buffer *out, const struct event *e, const char *line)
{
	size_t optional = 0; /* where the part in brackets began */
	bool in_brackets = false, drop = false;

	for (const char *at = line; at && *at; at++) {
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
