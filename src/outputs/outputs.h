/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the rest of the program sees of the outputs: open one by its -o FORMAT[:PATH], give it events, ask what it needs
 * and what it wrote. How an output is made is told in outputs/output.h.
 *
 * The caller ignores SIGPIPE and SIGXFSZ, and sets the time zone (tzset) before it gives up the right to read files.
 * After output_open the functions make no other system calls than write, poll, lseek, fstat, ftruncate, close, what
 * malloc does and what `terminal_width` does.
 */
#ifndef OUTPUTS_OUTPUTS_H
#define OUTPUTS_OUTPUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "schema/schema.h"

struct output;

struct output_settings {
	const char *const *fields; /* names asked for by --fields, NULL-terminated; NULL: the output's own choice */
	bool utc;		   /* times for people in UTC instead of local time */
	bool full;		   /* never cut a line */
	bool append;		   /* write behind what a file holds instead of emptying it */
	bool cut_half_line; /* with append: what a killed writer left behind its last line break comes again: it is cut
			       off */
	bool color;	    /* wanted and allowed */
	int width;	    /* columns of the terminal that standard output is; 0: none, lines are never cut */
	/* Asked again once per batch (ioctl TIOCGWINSZ), so that a changed window is followed; may be NULL. */
	int (*terminal_width)(void);
	/*
	 * Asked when a write was interrupted by a signal or came back short; true: stop trying, what is left counts as
	 * unwritten. To end a write that blocks for ever the caller lets an alarm interrupt it again and again. May be
	 * NULL.
	 */
	bool (*give_up)(void);
};

struct output_counts {
	uint64_t written;   /* events whose line was written whole */
	uint64_t unwritten; /* events given to the output whose line was not */
};

/* One format of the list, for help and documents. */
struct output_format;
const struct output_format *const *outputs_list(size_t *ret_nr);
const char *output_format_name(const struct output_format *format);
const char *output_format_doc(const struct output_format *format);

/* Splits FORMAT[:PATH]; *ret_path points into `spec`, NULL where there is none. */
int outputs_parse_spec(const char *spec, const struct output_format **ret_format, const char **ret_path,
		       struct error *err);

/* Looks whether each name is a field of some schema, or `event`. `names` may be NULL. */
int outputs_check_fields(const char *const *names, const struct schema *const *schemas, struct error *err);

/*
 * Opens the output `spec`: FORMAT writes to standard output, FORMAT:PATH to a file, which is made (mode 0640) or
 * emptied. `schemas` (NULL-terminated) are the event types that will come; they and the field names of `settings` must
 * stay valid until output_close. -EINVAL for an unknown format or field (the nearest name is in the hint), else what
 * open(2) says.
 */
int output_open(const char *spec, const struct output_settings *settings, const struct schema *const *schemas,
		struct output **ret, struct error *err);

/*
 * Takes one event. Bytes may be held back until output_flush or until enough came together. Returns 0, or the -errno
 * that has ended this output: -EPIPE where the reader closed it (no error), -EINTR after `give_up`, -ENOSPC, ... From
 * then on events are only counted.
 */
int output_write(struct output *o, const struct event *e);

/* Writes out what is held back: before the caller sleeps, and after a batch. Returns as output_write. */
int output_flush(struct output *o);

/*
 * Flushes, closes and releases. Returns 0 or what ended the output, described in `err`. *ret_counts is final. Both may
 * be NULL.
 */
int output_close(struct output *o, struct output_counts *ret_counts, struct error *err);

/* True where both write to the same regular file, by whatever names. */
bool output_shares_file(const struct output *a, const struct output *b);

/* Empties the file of an output: once nothing else can fail, so that a run that cannot start leaves it as it was. 0 or
 * -errno. */
int output_begin(struct output *o, struct error *err);

/* The path of an output's file; NULL for standard output. Valid until output_close. */
const char *output_path(const struct output *o);

/* Writes out what is held back, closes the file and goes on in `fd`, which it owns from now on. */
void output_move(struct output *o, int fd);

/* Releases an output to which nothing was given, and writes nothing: for a run that could not start. */
void output_discard(struct output *o);

/* Exact after output_flush; before it, events held back are in neither. */
void output_count(const struct output *o, struct output_counts *ret_counts);

/* The -errno that has ended this output, or 0. */
int output_failure(const struct output *o);

/* Where it writes, for messages: a path or "standard output". */
const char *output_target(const struct output *o);

/*
 * Rows of the record (bits) that the output shows of events of this type, with those that its computed fields are made
 * from. `truncated`, `unreadable` and internal rows that carry the record are always in. A row that is large and rarely
 * wanted (env) is in only where --fields names it.
 */
uint64_t output_needed_rows(const struct output *o, const struct schema *s);

#endif
