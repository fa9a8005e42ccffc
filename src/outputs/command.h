/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line of an exec, as text that can be pasted back into a shell and runs the same program again. */
#ifndef OUTPUTS_COMMAND_H
#define OUTPUTS_COMMAND_H

#include "schema/schema.h"

/* Fields that it is made from; NULL where the event type lacks one. */
struct command_fields {
	const struct field *filename, *exe, *interp, *cwd, *argv, *truncated, *unreadable;
};

/* False where the event type is no exec: it has no filename or no argv. */
bool command_find_fields(struct command_fields *fields, const struct schema *s);

/* True where it is made from this field. */
bool command_uses(const struct field *f);

/* Where in the buffer the program stands, in bytes. */
struct command_program {
	size_t begin, end;
};

/*
 * Appends PROGRAM and the arguments from argv[1] on, each quoted for a shell. PROGRAM is what to call to run the same
 * file from any folder: the interpreter of a script or of binfmt_misc (argv[1..] then holds the script, as the kernel
 * puts it there); else `filename` where it is absolute, behind `cwd` where it is relative: it keeps the name that
 * multi-call programs look at; else, where it was given by descriptor or `cwd` is of no use, `exe`. Where argv[0] names
 * another program (ls for /bin/busybox, -bash for /bin/bash) the line is (exec -a ARGV0 PROGRAM ...). A cut argv ends
 * with an ellipsis. Stops behind the argument that goes beyond `columns`.
 */
struct command_program command_append(struct buffer *out, const struct event *e, const struct command_fields *fields,
				      size_t columns);

#endif
