/* SPDX-License-Identifier: GPL-2.0-only */
/* The page or a format: what the options ask for. */
#include "commands/page.h"

#include <errno.h>
#include <string.h>

#include "outputs/outputs.h"

int page_check(const struct page_settings *s, struct error *err)
{
	const struct output_format *format;
	const char *path;

	if (s->outputs.nr_items > 1)
		return fail(err, -EINVAL, "there is one output here, not '%s' beside '%s'", s->outputs.items[1],
			    s->outputs.items[0]);
	return s->outputs.nr_items ? outputs_parse_spec(s->outputs.items[0], &format, &path, err) : 0;
}

const char *page_spec(const struct page_settings *s)
{
	return s->outputs.nr_items && strcmp(s->outputs.items[0], "table") != 0 ? s->outputs.items[0] : NULL;
}
