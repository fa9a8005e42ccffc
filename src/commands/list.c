/* SPDX-License-Identifier: GPL-2.0-only */
/* observer list: the tracepoints of this kernel, and what each holds. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/json.h"
#include "base/words.h"
#include "cli/print.h"
#include "commands/commands.h"
#include "commands/stream_options.h"
#include "commands/tracepoints.h"

enum list_format { LIST_TABLE, LIST_JSON };

static const char *const format_names[] = {[LIST_TABLE] = "table", [LIST_JSON] = "json", NULL};

struct list_settings {
	struct common_settings common; /* first */
	struct option_texts outputs;   /* as given */
	enum list_format format;
};

static void append_string(struct buffer *out, const char *key, const char *text, size_t length)
{
	buffer_printf(out, "\"%s\":", key);
	json_append_string(out, text, length);
}

static void append_json_field(struct buffer *out, const struct field *f)
{
	buffer_append_char(out, '{');
	append_string(out, "name", f->name, strlen(f->name));
	buffer_append_char(out, ',');
	append_string(out, "kind", kinds[f->kind].name, strlen(kinds[f->kind].name));
	buffer_printf(out, ",\"json\":\"%s\",", kinds[f->kind].json);
	append_string(out, "declaration", f->doc, strlen(f->doc));
	buffer_printf(out, ",\"offset\":%zu,\"size\":%u,\"dynamic\":%s}", f->offset - TRACEPOINT_RAW_OFFSET, f->size,
		      f->located ? "true" : "false");
}

static void append_json(struct buffer *out, const struct tracepoint *t)
{
	const char *print_fmt = t->print_fmt + strspn(t->print_fmt, " ");

	buffer_append_char(out, '{');
	append_string(out, "tracepoint", t->name, strlen(t->name));
	buffer_printf(out, ",\"id\":%u,\"fields\":[", t->id);
	for (size_t i = 0; i < t->args.nr_fields; i++) {
		if (i)
			buffer_append_char(out, ',');
		append_json_field(out, &t->args.fields[i]);
	}
	buffer_append_text(out, "],");
	append_string(out, "print_fmt", print_fmt, strcspn(print_fmt, "\n"));
	buffer_printf(out, ",\"printable\":%s}\n", t->message ? "true" : "false");
}

static void append_text(struct buffer *out, const struct tracepoint_choice *item)
{
	buffer_printf(out, "%s\n", item->name);
	if (item->tracepoint)
		tracepoint_describe(item->tracepoint, out);
}

static int list_run(const struct call *call, struct error *err)
{
	const struct list_settings *s = call->settings;
	_cleanup_buffer_ struct buffer text = {0};
	struct tracepoints t;
	int code = tracepoints_find(&t, call->operands, call->nr_operands, err);

	if (!code && (s->common.verbose || s->format == LIST_JSON))
		code = tracepoints_read(&t, err);
	for (size_t i = 0; !code && i < t.nr; i++) {
		if (s->format == LIST_JSON)
			append_json(&text, t.items[i].tracepoint);
		else
			append_text(&text, &t.items[i]);
	}
	tracepoints_close(&t);
	return code ? code : print_buffer(&text, err);
}

static void list_formats(struct buffer *words)
{
	for (int i = 0; format_names[i]; i++)
		buffer_printf(words, "%s\n", format_names[i]);
}

static int list_check(const struct call *call, struct error *err)
{
	struct list_settings *s = call->settings;
	const char *nearest, *given;

	if (!s->outputs.nr_items)
		return 0;
	given = s->outputs.items[s->outputs.nr_items - 1];
	for (int i = 0; format_names[i]; i++) {
		if (strcmp(format_names[i], given) != 0)
			continue;
		s->format = i;
		return 0;
	}
	nearest = words_nearest(given, format_names);
	fail(err, -EINVAL, "unknown output format '%s'", given);
	if (nearest)
		return fail_hint(err, "did you mean '%s'? The formats are: table, json", nearest);
	return fail_hint(err, "the formats are: table, json");
}

static const struct option_row rows[] = {
	{
		.name = "output",
		.letter = 'o',
		.argument = "FORMAT",
		INTO_TEXTS(struct list_settings, outputs),
		.list_words = list_formats,
		.group = GROUP_OUTPUT,
		.help = "table (for people), or json",
		.doc = "table, the default: a name a line, with -v also the fields, their kinds, sizes and C "
		       "declarations, and "
		       "the print format of the kernel.\n\njson: an object a line with tracepoint, id, fields, "
		       "print_fmt "
		       "and printable, which is false where the print format cannot be followed outside the kernel.",
	},
	COMMON_OPTION_ROWS,
};

const struct command command_list = {
	.name = "list",
	.summary = "the tracepoints of this kernel, and what they hold",
	.doc = "List the tracepoints of this kernel, which observer trace can show: all, or those that a PATTERN "
	       "names. A "
	       "PATTERN is CATEGORY:NAME with * for any characters and ? for one; without a colon it is the NAME in "
	       "any "
	       "category. With -v what each holds.\n\nThose of the category ftrace take no programs and are not "
	       "listed.",
	.operands = "[PATTERN...]",
	.operands_max = INT_MAX,
	.rows = rows,
	.nr_rows = sizeof(rows) / sizeof(rows[0]),
	.settings_bytes = sizeof(struct list_settings),
	.check = list_check,
	.run = list_run,
};
