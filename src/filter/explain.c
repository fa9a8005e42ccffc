/* SPDX-License-Identifier: GPL-2.0-only */
/* Says for people which part of a filter is decided where. */
#include "base/utf8.h"
#include "filter/tree.h"

static void append_part(struct buffer *out, const struct node *n, const char *where)
{
	buffer_printf(out, "  %-14s ", where);
	buffer_append_safe(out, n->source->text + n->begin, n->end - n->begin);
	buffer_append_char(out, '\n');
}

void filter_explain(const struct filter *f, const struct schema *s, struct buffer *out)
{
	const struct target *target = filter_find_target(f, s);

	buffer_printf(out, "%s\n", s->name);
	for (int pushed = 1; target && pushed >= 0; pushed--)
		for (size_t i = 0; i < f->nr_parts; i++)
			if (target->pushed[i] == pushed)
				append_part(out, f->parts[i], pushed ? "in the kernel" : "in user space");
}
