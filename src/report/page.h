/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to report/: lines of styled text, cut at the terminal's width. All text given must be fit for a terminal. */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include "base/buffer.h"
#include "report/report.h"

enum style {
	STYLE_PLAIN,
	STYLE_HEADING,
	STYLE_DIM,
	STYLE_STRONG,
	STYLE_FAILED,
	STYLE_MAX,
};

struct page {
	struct buffer *out;
	const struct report_look *look;
	size_t used; /* columns of the current line */
};

/* Columns left on the line; SIZE_MAX where lines are not cut. */
size_t page_room(const struct page *p);

void page_put(struct page *p, enum style style, const char *text, size_t length);
void page_print(struct page *p, enum style style, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* What the buffer holds, right-aligned in `columns`, and a blank; empties the buffer. */
void page_cell(struct page *p, enum style style, struct buffer *cell, size_t columns);
void page_end_line(struct page *p);

/* An empty line, then a heading in a line of its own. */
void page_heading(struct page *p, const char *text);

#endif
