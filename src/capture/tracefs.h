/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds tracefs, also where it is not mounted. Leaves no mount behind. */
#ifndef CAPTURE_TRACEFS_H
#define CAPTURE_TRACEFS_H

#include "base/buffer.h"
#include "base/error.h"

/*
 * Opens tracefs: /sys/kernel/tracing, /sys/kernel/debug/tracing, or else a detached mount of its own (fsopen(2),
 * Linux 5.2), which goes with the descriptor. Returns a descriptor of the directory, which the caller closes, or
 * -errno.
 */
int tracefs_open(struct error *err);

/* The number of a tracepoint for perf_event_open(2), or -errno. */
int tracefs_read_id(const char *category, const char *name, struct error *err);

/* Appends the text of its format file. Returns 0 or -errno, described. */
int tracefs_read_format(const char *category, const char *name, struct buffer *text, struct error *err);

/* The same of CATEGORY:NAME; `tracefs` is what tracefs_open returned. */
int tracefs_read_format_at(int tracefs, const char *name, struct buffer *text, struct error *err);

/*
 * Appends the names of all tracepoints that take programs, CATEGORY:NAME, each followed by a line break. `tracefs` is
 * what tracefs_open returned. Returns 0 or -errno, described.
 */
int tracefs_list(int tracefs, struct buffer *names, struct error *err);

#endif
