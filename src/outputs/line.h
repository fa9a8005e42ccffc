/* SPDX-License-Identifier: GPL-2.0-only */
/* An event as one line for people, by its schema's template; shared by the outputs that people read. */
#ifndef OUTPUTS_LINE_H
#define OUTPUTS_LINE_H

#include "schema/schema.h"

/* Appends the field's text, "-" where it is absent. */
void line_append_field(struct buffer *out, const struct event *e, const struct field *f);

/* Appends what the schema's `line` says, filled in. Ends without a newline. */
void line_append_event(struct buffer *out, const struct event *e);

#endif
