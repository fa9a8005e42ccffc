/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines of styled text. */
#include "report/page.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"

static const char *const styles[STYLE_MAX] = {
	[STYLE_PLAIN] = "",	    [STYLE_HEADING] = "\x1b[1m", [STYLE_DIM] = "\x1b[2m",
	[STYLE_STRONG] = "\x1b[1m", [STYLE_FAILED] = "\x1b[31m",
};

size_t page_room(const struct page *p)
{
	if (!p->look->columns)
		return SIZE_MAX;
	return p->used < p->look->columns ? p->look->columns - p->used : 0;
}

void page_put(struct page *p, enum style style, const char *text, size_t length)
{
	bool styled = p->look->color && *styles[style] && length;

	if (styled)
		buffer_append_text(p->out, styles[style]);
	p->used += buffer_append_cut(p->out, text, length, page_room(p));
	if (styled)
		buffer_append_text(p->out, "\x1b[0m");
}

void page_print(struct page *p, enum style style, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	page_put(p, style, text, strlen(text));
}

void page_cell(struct page *p, enum style style, struct buffer *cell, size_t columns)
{
	for (size_t width = utf8_columns(cell->data, cell->length); width < columns; width++)
		page_put(p, STYLE_PLAIN, " ", 1);
	page_put(p, style, cell->data, cell->length);
	page_put(p, STYLE_PLAIN, " ", 1);
	cell->length = 0;
}

void page_end_line(struct page *p)
{
	while (p->out->length && p->out->data[p->out->length - 1] == ' ')
		p->out->length--;
	buffer_append_char(p->out, '\n');
	p->used = 0;
}

void page_heading(struct page *p, const char *text)
{
	buffer_append_char(p->out, '\n');
	page_put(p, STYLE_HEADING, text, strlen(text));
	page_end_line(p);
}
