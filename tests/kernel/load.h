/* SPDX-License-Identifier: GPL-2.0-only */
/* Storms of execs with serial numbers, and the book of which of them an observer has printed. */
#ifndef KERNEL_LOAD_H
#define KERNEL_LOAD_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "session.h"

struct load {
	const char *tag;
	uint64_t first, count;
	bool one_thread;  /* instead of one per processor */
	pid_t pid;	  /* of the running storm */
	int result;	  /* pipe with its last line */
	uint8_t *printed; /* per serial: how often */
	uint64_t nr_printed, nr_twice;
};

/* A storm of `count` execs (fewer where this machine is slow: about `seconds` at most) from as many threads as
 * processors. */
struct load *load_new(uint64_t count, double seconds);
/* Runs it in the background: "vfork" or "chain". The test is skipped where there is no storm program. */
void load_start(struct load *l, const char *mode);
/* Waits for its end; the test fails where not all of its execs succeeded. */
void load_join(struct load *l);
void load_run(struct load *l, const char *mode);

/* For session_options.visit, with the load as argument: books an exec of the storm and lets it go, keeps all else. */
bool load_visit(json_t *object, void *load);
/* An observer whose events go to load_visit. */
struct session *load_session(struct load *l, const char *const *args);
/* Each serial number was printed exactly once. */
void load_check_all(const struct load *l);
/* None was printed twice, and no more are missing than were lost. */
void load_check_rest(const struct load *l, uint64_t lost_or_unread);

#endif
