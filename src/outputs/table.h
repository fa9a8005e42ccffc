/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to the table: its state, and putting one line together out of cells (table_line.c). */
#ifndef OUTPUTS_TABLE_H
#define OUTPUTS_TABLE_H

#include "base/clock.h"
#include "outputs/output.h"

#define STYLE_HEADING "\x1b[1m"
#define STYLE_TIME    "\x1b[2m"
#define STYLE_PROGRAM "\x1b[1m"
#define STYLE_CONTROL "\x1b[1;31m"
#define STYLE_END     "\x1b[0m"

struct column {
	const char *name; /* of the field; "event"; or NULL */
	const char *title;
	size_t width; /* columns of the terminal, without the blank behind it */
	bool right;
	const char *line; /* template where there is no name; NULL: the command line */
};

struct table {
	struct column *columns;
	size_t nr_columns;
	bool headed; /* the heading was written */
	bool width_known;
	size_t width; /* of the terminal; SIZE_MAX: lines are not cut */
	struct clock_day day;
	struct buffer line, cell, cut;
};

/* A styled part of the line. */
struct mark {
	size_t begin, end;
	const char *style;
};

/* Columns that a line may take: the terminal's, or SIZE_MAX where lines are not cut. */
size_t table_line_width(struct output *o);

/* Puts what is in the cell into column `i` of the line. */
void table_append_cell(struct output *o, size_t i);

/* Appends the line to the sink, cut to its width, with its marks (in order, not overlapping) in their styles. */
void table_put_line(struct output *o, const struct mark *marks, size_t nr_marks);

#endif
