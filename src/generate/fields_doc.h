/* SPDX-License-Identifier: GPL-2.0-only */
/* The fields of event types as text: for --fields help, for completion and as docs/fields.md. */
#ifndef GENERATE_FIELDS_DOC_H
#define GENERATE_FIELDS_DOC_H

#include "schema/schema.h"

/* All take a NULL-terminated list of event types and leave internal fields out. */

/* Appends the names, each once and followed by a line break; `event`, which every event has, first. */
void fields_print_names(const struct schema *const *schemas, struct buffer *out);

/* Appends a line per field, by event type: name, kind, what it holds. */
void fields_print_list(const struct schema *const *schemas, struct buffer *out);

/* Appends the same as a document in Markdown. */
void fields_print_markdown(const struct schema *const *schemas, struct buffer *out);

#endif
