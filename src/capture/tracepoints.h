/* SPDX-License-Identifier: GPL-2.0-only */
/* Attaching one program to many tracepoints, each told apart by its attach cookie. Private to capture/. */
#ifndef CAPTURE_TRACEPOINTS_H
#define CAPTURE_TRACEPOINTS_H

#include "capture/capture.h"
#include "capture/program.h"

/* What holds the program at the tracepoints; all zero: nothing. */
struct tracepoint_links {
	int *fds; /* by number; -1: not attached */
	uint32_t nr;
	int followers[2];
	bool follows;
	int keeper; /* see keeper.h; where nr is not 0: -1: none */
};

/* Writes what the kernel side must know of each tracepoint into its maps. Returns 0 or -errno. */
int tracepoints_write(const struct program *p, const struct capture_settings *settings, struct error *err);

/*
 * Attaches to all of them. One that refuses is an error, or where it is optional left out. Returns 0 or -errno;
 * tracepoints_detach also after a failure.
 */
int tracepoints_attach(struct tracepoint_links *l, const struct program *p, const struct capture_settings *settings,
		       struct error *err);
void tracepoints_detach(struct tracepoint_links *l);

#endif
