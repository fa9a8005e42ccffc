/* SPDX-License-Identifier: GPL-2.0-only */
/* The page or a format: what the options ask for. */
#include "commands/page.h"

#include <errno.h>
#include <string.h>

#include "outputs/outputs.h"

void page_list_formats(struct buffer *words)
{
	buffer_append_text(words, "table\njson\n");
}

static int check_format(const char *spec, struct error *err)
{
	const struct output_format *format;
	const char *path, *name;
	int code = outputs_parse_spec(spec, &format, &path, err);

	if (code)
		return code;
	name = output_format_name(format);
	if (!strcmp(name, "table") || !strcmp(name, "json"))
		return 0;
	fail(err, -EINVAL, "output format '%s' is for events as they happen", name);
	return fail_hint(err, "here the formats are: table, json");
}

int page_check(const struct page_settings *s, struct error *err)
{
	if (s->outputs.nr_items > 1)
		return fail(err, -EINVAL, "there is one output here, not '%s' beside '%s'", s->outputs.items[1],
			    s->outputs.items[0]);
	return s->outputs.nr_items ? check_format(s->outputs.items[0], err) : 0;
}

const char *page_spec(const struct page_settings *s)
{
	return s->outputs.nr_items && strcmp(s->outputs.items[0], "table") != 0 ? s->outputs.items[0] : NULL;
}
