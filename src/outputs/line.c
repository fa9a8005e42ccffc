/* SPDX-License-Identifier: GPL-2.0-only */
/* Fields and events as text; see line.h. */
#include "outputs/line.h"

void line_append_field(struct buffer *out, const struct event *e, const struct field *f)
{
	struct value value;

	event_get(e, f, &value);
	if (value.type == VALUE_ABSENT)
		buffer_append_char(out, '-');
	else
		kinds[f->kind].print_text(e, &value, out);
}

void line_append_event(struct buffer *out, const struct event *e)
{
	event_append_line(out, e, e->schema->line);
}
