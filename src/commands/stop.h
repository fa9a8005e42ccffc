/* SPDX-License-Identifier: GPL-2.0-only */
/* The signals that end a run, as a flag and as a descriptor to wait on. One run at a time: signal handlers need global
 * state. */
#ifndef COMMANDS_STOP_H
#define COMMANDS_STOP_H

#include <stdbool.h>

#include "base/error.h"

/*
 * From now on SIGINT, SIGTERM and SIGHUP ask for an end, also where they were inherited as ignored (a background job of
 * a shell); SIGPIPE and SIGXFSZ become errors of write(2). Returns 0 or -errno.
 */
int stop_open(struct error *err);
void stop_close(void);

/* From now on SIGHUP asks for the files to be opened anew, not for an end. Returns 0 or -errno. */
int stop_reopen_on_hangup(struct error *err);

/* True once for each time that was asked for. */
bool stop_take_reopen(void);

/* True once an end was asked for. */
bool stop_is_wanted(void);

/* The signal that asked for an end, which is thereby dealt with; 0 where there is none. */
int stop_take(void);

/* Readable once an end was asked for. */
int stop_fd(void);

/* The run ends for another reason than a signal: patience begins now. */
void stop_begin_patience(void);

/*
 * True once patience is over: a second signal came, or STOP_PATIENCE_S passed since the first, or since
 * stop_begin_patience. Until then a write that blocks is interrupted again and again, so that it comes back to look at
 * this.
 */
bool stop_is_urgent(void);
#define STOP_PATIENCE_S 2

#endif
