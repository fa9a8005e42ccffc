/* SPDX-License-Identifier: GPL-2.0-only */
/* What holds for the stream of every run as a whole: numbering, losses where they happened, the sum at the end. */
#ifndef KERNEL_STREAM_H
#define KERNEL_STREAM_H

#include <jansson.h>

#include "session.h"

/*
 * Takes the next event of the stream: one from the kernel continues its processor's numbering of that type (-1:
 * --fields left it out), lost ones explain a gap in it.
 */
void stream_follow_event(struct session *s, enum type type, int64_t cpu, int64_t seq);
void stream_follow_lost(struct session *s, const json_t *e);
/* At the end: what was printed and lost in the stream is what the summary of that type says. */
void stream_check_end(struct session *s, enum type type, const struct summary *sum);

/* The summary of a type out of observer's standard error. */
struct summary summary_parse(const char *errors, enum type type);
/* It is there and adds up; `errors` is for the message. */
void summary_check(const struct summary *sum, const char *errors);
/* The count of one cause, 0 where it is not named. */
uint64_t summary_cause(const struct summary *sum, const char *cause);

#endif
