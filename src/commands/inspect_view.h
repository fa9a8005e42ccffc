/* SPDX-License-Identifier: GPL-2.0-only */
/* How an inspection is shown: two tables on a page or a screen that is drawn anew, lines of JSON, or lines for a pipe.
 */
#ifndef COMMANDS_INSPECT_VIEW_H
#define COMMANDS_INSPECT_VIEW_H

#include "base/error.h"
#include "inspect/inspect.h"

struct view_settings {
	const char *spec;    /* for output_open; NULL: the page for people */
	const char **fields; /* names, NULL-terminated; NULL: the view's own choice */
	bool watch;	     /* shown again and again */
	bool full;	     /* lines are not cut */
	bool utc;
	bool color;
	bool bpftool; /* the commands of bpftool that show each */
};

struct inspect_view;

/* Returns 0 or -errno, described. On a terminal that is watched the screen is taken; inspect_view_close gives it back.
 */
int inspect_view_open(const struct view_settings *settings, struct inspect_view **ret, struct error *err);
int inspect_view_close(struct inspect_view *v, struct error *err);

/* Shows it. Returns 0, or the -errno that has ended the output (-EPIPE: the reader closed it). */
int inspect_view_show(struct inspect_view *v, const struct inspection *i);

#endif
