/* SPDX-License-Identifier: GPL-2.0-only */
/* Execs whose process id the test cannot know beforehand: found by a word that no other exec has among its arguments.
 */
#ifndef KERNEL_TAGGED_H
#define KERNEL_TAGGED_H

#include "session.h"

/* An observer with all fields, a program that holds, a first tag. */
struct session *tagged_start(void);
/* A new tag, for the next exec. */
void tagged_next(void);
/* In a body: exec with the tag, or child_fail. */
void tagged_exec(void) __attribute__((noreturn));
/*
 * The event of the process that has the tag, checked against /proc. Its pid is the event's own word, so that it must be
 * shown right: /proc/PID/cmdline has the tag, which no other process has.
 */
json_t *tagged_check(struct session *s);

#endif
