/* SPDX-License-Identifier: GPL-2.0-only */
/* The report as a whole: its parts in order. */
#include "report/report.h"

#include "report/parts.h"

static void put_no_memory(struct page *p)
{
	page_print(p, STYLE_FAILED, "(no memory for a part of the report)");
	page_end_line(p);
}

void report_print(struct report *r, const struct report_look *look, struct buffer *out)
{
	struct page p = {.out = out, .look = look};

	if (lives_link(r)) {
		put_no_memory(&p);
		return;
	}
	if (tree_print(r, &p))
		put_no_memory(&p);
	if (totals_print(r, &p))
		put_no_memory(&p);
	if (programs_print(r, &p))
		put_no_memory(&p);
	if (repeats_print(r, &p))
		put_no_memory(&p);
	if (critical_print(r, &p))
		put_no_memory(&p);
}

void report_print_living(struct report *r, const struct report_look *look, struct buffer *out)
{
	struct page p = {.out = out, .look = look};

	if (lives_link(r) || tree_print_living(r, &p))
		put_no_memory(&p);
}
