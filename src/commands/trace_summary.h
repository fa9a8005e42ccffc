/* SPDX-License-Identifier: GPL-2.0-only */
/* What `observer trace --summary` says at the end: how many events of each type, and of each combination of values. */
#ifndef COMMANDS_TRACE_SUMMARY_H
#define COMMANDS_TRACE_SUMMARY_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "schema/schema.h"

struct trace_summary;

/* Combinations that are told apart; further ones are counted together. */
#define SUMMARY_GROUPS_MAX 65536
/* Combinations printed where not all are asked for. */
#define SUMMARY_GROUPS_SHOWN 20

/* `by`: names of fields, NULL-terminated; NULL: none. Borrowed. NULL where memory ran out, described. */
struct trace_summary *trace_summary_new(const char *const *by, struct error *err);
void trace_summary_free(struct trace_summary *s);

void trace_summary_add(struct trace_summary *s, const struct event *e);

/* Appends the tables. `elapsed_ns` is what the rates are over; 0: there are none. */
void trace_summary_print(const struct trace_summary *s, uint64_t elapsed_ns, bool all, struct buffer *out);

#endif
