/* SPDX-License-Identifier: GPL-2.0-only */
/* The user-space side of a tracepoint's header: printing an event, and the check against the running kernel. */
#include "generate/tracepoint_header.h"

#include <stdio.h>

/* The call that prints `data` of so many bytes, both expressions. */
static void put_bytes(const struct layout_field *f, const char *data, const char *bytes, struct buffer *out)
{
	if (f->kind == LAYOUT_TEXT || f->kind == LAYOUT_STRING)
		buffer_printf(out, "tp_print_text(out, %s, %s);\n", data, bytes);
	else if (f->kind == LAYOUT_NUMBERS)
		buffer_printf(out, "tp_print_numbers(out, %s, %s, %u, %d);\n", data, bytes, f->item_bytes,
			      f->is_signed);
	else if (f->kind == LAYOUT_CPUS)
		buffer_printf(out, "tp_print_cpus(out, %s, %s);\n", data, bytes);
	else if (f->place != LAYOUT_IN_PLACE && !*f->type)
		buffer_printf(out, "tp_print_guess(out, %s, %s);\n", data, bytes);
	else
		buffer_printf(out, "tp_print_bytes(out, %s, %s);\n", data, bytes);
}

static void print_field(const struct layout_field *f, const char *blank, struct buffer *out)
{
	char data[320], bytes[320];

	if (f->kind == LAYOUT_NUMBER) {
		buffer_printf(out, "\tfprintf(out, \"%s%s=%s\", (%s long long)event->%s);\n", blank, f->name,
			      f->is_signed ? "%lld" : "%llu", f->is_signed ? "signed" : "unsigned", f->word);
		return;
	}
	if (f->kind == LAYOUT_POINTER) {
		buffer_printf(out, "\tfprintf(out, \"%s%s=0x%%llx\", (unsigned long long)event->%s);\n", blank, f->name,
			      f->word);
		return;
	}
	buffer_printf(out, "\tfputs(\"%s%s=\", out);\n", blank, f->name);
	if (!tracepoint_has_span(f)) {
		snprintf(data, sizeof(data), "event->%s", f->word);
		snprintf(bytes, sizeof(bytes), "sizeof(event->%s)", f->word);
		buffer_append_char(out, '\t');
		put_bytes(f, data, bytes, out);
		return;
	}
	snprintf(bytes, sizeof(bytes), "event->%s.bytes", f->word);
	buffer_printf(out, "\tdata = tp_span_data(out, event, bytes, event->%s);\n\tif (data)\n\t\t", f->word);
	put_bytes(f, "data", bytes, out);
}

static void print_printer(const struct layout *l, struct buffer *out)
{
	bool has_span = false;

	for (size_t i = 0; i < l->nr_fields; i++)
		has_span |= tracepoint_has_span(&l->fields[i]);
	buffer_printf(
		out,
		"/* Prints the fields as NAME=VALUE, without the end of the line. `bytes`: how many were received. */\n"
		"static inline void %s__event_print(FILE *out, const struct %s__event *event, size_t bytes)\n{\n%s",
		l->prefix, l->prefix, has_span ? "\tconst void *data;\n\n" : "");
	buffer_append_text(out, "\tif (bytes < sizeof(*event)) {\n\t\tfputs(\"cut\", out);\n\t\treturn;\n\t}\n");
	for (size_t i = 0; i < l->nr_fields; i++)
		print_field(&l->fields[i], i ? " " : "", out);
	buffer_append_text(out, "}\n\n");
}

/* The arguments themselves, without what is read through them. */
static bool is_expected(const struct layout_field *f)
{
	return !f->through;
}

static void print_check(const struct layout *l, struct buffer *out)
{
	size_t nr = 0;

	buffer_printf(
		out,
		"/* 0: the running kernel has these %s; 1: it does not (told on `out`); -errno: it does not tell. */\n"
		"static inline int %s__event_check(FILE *out)\n{\n\tstatic const struct tp_expected fields[] = {\n",
		l->is_arguments ? "arguments" : "fields", l->prefix);
	for (size_t i = 0; i < l->nr_fields; i++) {
		const struct layout_field *f = &l->fields[i];

		if (!is_expected(f))
			continue;
		buffer_printf(out, "\t\t{\"%s\", %u, %u},\n", f->name, f->offset, f->bytes);
		nr++;
	}
	if (!nr)
		buffer_append_text(out, "\t\t{0}, /* there are none */\n");
	buffer_append_text(out, "\t};\n");
	if (l->is_arguments)
		buffer_printf(out, "\n\treturn tp_check_arguments(out, \"%s\", fields, %zu);\n}\n", l->name, nr);
	else
		buffer_printf(out,
			      "\tconst struct tp_record record = {\"%s\", \"%s\", fields, %zu, %d};\n\n\treturn "
			      "tp_check(out, &record);\n}\n",
			      l->category, l->name, nr, *l->record_type != '\0');
}

void tracepoint_print_user(const struct layout *l, struct buffer *out)
{
	print_printer(l, out);
	print_check(l, out);
}
