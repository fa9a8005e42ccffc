/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs of `observer run`, and looks into the events that it tells of them. */
#ifndef RUN_EVENTS_H
#define RUN_EVENTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "session.h"

/* `observer run WORDS...`, with standard input and other surroundings from `prepare` (or NULL). */
struct outcome run_words(const char *const *words, void (*prepare)(void *arg));
#define RUN(...) run_words(LIST(__VA_ARGS__), NULL)

/* Path of this program, which plays CMD. */
char *me(void);

/* The events of a run, from `-o json:FILE`. */
json_t *events_of(struct outcome *ret_outcome, const char *const *words);

bool is_event(const json_t *e, const char *type);
json_t *find_event(const json_t *events, const char *type, const char *key, const char *value);
size_t count_events(const json_t *events, const char *type);

/* Each event is of CMD or of a process that one of them made. */
void check_only_family(const json_t *events);

#endif
