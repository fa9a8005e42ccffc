/* SPDX-License-Identifier: GPL-2.0-only */
/* A loop over the schemas; it adds nothing that is not in the rows, but `event`, which is the schema's name. */
#include "generate/fields_doc.h"

static const char event_doc[] = "type of the event; always there, always first";

static bool in_earlier_schema(const struct schema *const *schemas, const struct schema *const *until, const char *name)
{
	for (; schemas < until; schemas++)
		if (schema_find_field(*schemas, name))
			return true;
	return false;
}

void fields_print_names(const struct schema *const *schemas, struct buffer *out)
{
	buffer_append_text(out, "event\n");
	for (const struct schema *const *s = schemas; *s; s++)
		for (const struct field *f = (*s)->fields; f < (*s)->fields + (*s)->nr_fields; f++)
			if (!f->internal && !in_earlier_schema(schemas, s, f->name))
				buffer_printf(out, "%s\n", f->name);
}

static void print_line(struct buffer *out, const char *name, const char *kind, const char *doc)
{
	buffer_printf(out, "  %-18s %-8s %s\n", name, kind, doc);
}

void fields_print_list(const struct schema *const *schemas, struct buffer *out)
{
	for (; *schemas; schemas++) {
		const struct schema *s = *schemas;

		buffer_printf(out, "%s: %s\n", s->name, s->doc);
		print_line(out, "event", "type", event_doc);
		for (const struct field *f = s->fields; f < s->fields + s->nr_fields; f++)
			if (!f->internal)
				print_line(out, f->name, kinds[f->kind].name, f->doc);
		if (schemas[1])
			buffer_append_char(out, '\n');
	}
}

/* A cell of a table: the bar would end it. */
static void put_cell(struct buffer *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '|')
			buffer_append_char(out, '\\');
		buffer_append_char(out, *text);
	}
}

static void put_row(struct buffer *out, const char *name, const char *kind, const char *json, const char *doc)
{
	buffer_printf(out, "| `%s` | %s | %s | ", name, kind, json);
	put_cell(out, doc);
	buffer_append_text(out, " |\n");
}

void fields_print_markdown(const struct schema *const *schemas, struct buffer *out)
{
	buffer_append_text(
		out, "# Fields\n\nThe name of a field is its key in JSON, its word in `--fields` and the name of its "
		     "column. This page is generated from the tables of fields in `src/`; `make docs` "
		     "writes it anew.\n");
	for (; *schemas; schemas++) {
		const struct schema *s = *schemas;

		buffer_printf(out, "\n## %s\n\n", s->name);
		put_cell(out, s->doc);
		buffer_append_text(out, ".\n\n| field | kind | in JSON | what it holds |\n|---|---|---|---|\n");
		put_row(out, "event", "type", "string", event_doc);
		for (const struct field *f = s->fields; f < s->fields + s->nr_fields; f++)
			if (!f->internal)
				put_row(out, f->name, kinds[f->kind].name, kinds[f->kind].json, f->doc);
	}
}
