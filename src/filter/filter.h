/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One filter language for every event: parsed, checked against the event types that will come, evaluated for each
 * event, and as far as the kernel side can decide it turned into its table (events/filter.h). The language is told in
 * docs/filter.md. Knows neither outputs nor the capture.
 */
#ifndef FILTER_FILTER_H
#define FILTER_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "events/filter.h"
#include "schema/schema.h"

struct filter;

/* An empty filter, which keeps everything. NULL where memory ran out, described. */
struct filter *filter_new(struct error *err);
void filter_free(struct filter *f);

/*
 * Parses `text` and adds it: events are kept for which all that was added holds. `option` names where the text comes
 * from, for errors ("--where"), and must stay valid. Returns 0, or -EINVAL described with the place.
 */
int filter_add(struct filter *f, const char *option, const char *text, struct error *err);

/* True where nothing was added. */
bool filter_is_empty(const struct filter *f);

/* True where the field of that name is looked at. */
bool filter_names(const struct filter *f, const char *name);

/*
 * Looks up all names in the event types that may come (NULL-terminated; control events among them are passed over), and
 * reads what they are compared with. The schemas must outlive the filter. A name that no type has is an error; for a
 * type that lacks it the field is absent. Returns 0, or -EINVAL described with the place.
 */
int filter_check(struct filter *f, const struct schema *const *schemas, const struct literal_names *names,
		 struct error *err);

/* Rows of the record (bits) that must be there to evaluate the filter for events of this type. */
uint64_t filter_needed_rows(const struct filter *f, const struct schema *s);

/*
 * True where the event passes, as far as the kernel side has not decided. Its schema is one of those checked; others,
 * and control events, pass. Values are put together in the event's scratch.
 */
bool filter_keeps(const struct filter *f, const struct event *e);

/*
 * Gives to the kernel side what it can decide exactly for events of this type: fills the table, and from then on
 * filter_keeps decides the rest. `has_field` says which fields are there when the table is asked. Returns false where
 * that is nothing: the table is then of no use.
 */
struct filter_place {
	bool (*has_field)(const struct schema *s, const struct field *f);
};
bool filter_push_down(struct filter *f, const struct schema *s, const struct filter_place *place,
		      struct filter_table *ret_table);

/* Rows that the table given to the kernel side looks at. */
uint64_t filter_pushed_rows(const struct filter *f, const struct schema *s);

/* Appends for people which part of the filter is decided where, for events of this type. */
void filter_explain(const struct filter *f, const struct schema *s, struct buffer *out);

#endif
