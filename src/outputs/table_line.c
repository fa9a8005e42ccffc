/* SPDX-License-Identifier: GPL-2.0-only */
/* One line of the table: aligned, cut, in colour. Knows nothing of events. */
#include "outputs/table.h"

#include <string.h>

#include "base/utf8.h"

/* A column is widened up to here, and to a quarter of the terminal; what is longer pushes its own line only. */
#define WIDENED_MAX 40

/* The width is asked once a batch, so that a resized window is followed without a signal. */
size_t table_line_width(struct output *o)
{
	struct table *t = o->state;
	int width = o->settings.width;

	if (t->width_known)
		return t->width;
	if (width > 0 && o->settings.terminal_width && o->settings.terminal_width() > 0)
		width = o->settings.terminal_width();
	t->width = width > 0 && !o->settings.full ? (size_t)width : SIZE_MAX;
	t->width_known = true;
	return t->width;
}

static void append_padding(struct buffer *b, size_t columns)
{
	if (!buffer_reserve(b, columns))
		return;
	memset(b->data + b->length, ' ', columns);
	b->length += columns;
}

void table_append_cell(struct output *o, size_t i)
{
	struct table *t = o->state;
	struct column *c = &t->columns[i];
	size_t columns = utf8_columns(t->cell.data, t->cell.length);
	bool last = i + 1 == t->nr_columns;

	if (columns > c->width && columns <= WIDENED_MAX && columns <= table_line_width(o) / 4 && !last)
		c->width = columns;
	if (c->right && columns < c->width)
		append_padding(&t->line, c->width - columns);
	buffer_append(&t->line, t->cell.data, t->cell.length);
	if (last)
		return;
	append_padding(&t->line, !c->right && columns < c->width ? c->width - columns + 2 : 2);
}

/* The line is cut first, since escape sequences take no columns; no mark divides the ellipsis (3 bytes) at its end. */
void table_put_line(struct output *o, const struct mark *marks, size_t nr_marks)
{
	struct table *t = o->state;
	struct buffer *out = &o->sink.buffer;
	size_t at = 0, limit;

	t->cut.length = 0;
	buffer_append_cut(&t->cut, t->line.data, t->line.length, table_line_width(o));
	limit = t->cut.length;
	if (limit != t->line.length || (limit && memcmp(t->cut.data, t->line.data, limit)))
		limit -= limit < 3 ? limit : 3;
	for (size_t i = 0; o->settings.color && i < nr_marks && marks[i].begin < limit; i++) {
		size_t end = marks[i].end <= limit ? marks[i].end : t->cut.length;

		buffer_append(out, t->cut.data + at, marks[i].begin - at);
		buffer_append_text(out, marks[i].style);
		buffer_append(out, t->cut.data + marks[i].begin, end - marks[i].begin);
		buffer_append_text(out, STYLE_END);
		at = end;
	}
	buffer_append(out, t->cut.data + at, t->cut.length - at);
	buffer_append_char(out, '\n');
	out->failed |= t->line.failed | t->cell.failed | t->cut.failed;
	t->line.failed = t->cell.failed = t->cut.failed = false;
}
