/* SPDX-License-Identifier: GPL-2.0-only */
/* The filter that a command's options make, and what of it the kernel side is given. The language itself is filter/. */
#ifndef COMMANDS_WHERE_H
#define COMMANDS_WHERE_H

#include "commands/schemas.h"
#include "commands/stream.h"
#include "filter/filter.h"

/* Makes s->filter of the options --where, --pid and so on; it stays NULL where none is given. 0 or -errno, described.
 */
int where_read(struct stream_settings *s, struct error *err);

/* The event types (bits of enum schemas_index) that records of these types (bits of enum record_type) are shown as. */
uint32_t where_schemas(uint32_t record_types);

/* Checks s->filter against the event types that will be shown, before anything is opened. */
int where_check(const struct stream_settings *s, uint32_t shown, struct error *err);

/* What a run is made of, as far as it concerns the filter. */
struct where_scene {
	const struct stream_settings *settings; /* with a filter */
	const struct schemas *schemas;
	const struct schema *const
		*own;	 /* NULL-terminated: the event types of the command's own; of tracepoints one each */
	bool all_needed; /* the command needs each record: nothing may be dropped in the kernel */
};

/* What of the filter each record type is dropped by in the kernel. */
struct where_plan {
	struct filter_table tables[RECORD_EVENT_MAX];
	uint32_t pushed;    /* types (bits) that have a table */
	uint64_t exec_rows; /* that the table of exec looks at */
	/* Of tracepoints by number: a table of each, and the settings' list with those that are of use. NULL: none. */
	struct filter_table *tracepoint_tables;
	struct capture_tracepoint *tracepoints;
};

/*
 * Checks the filter against the event types of a run, gives to the kernel side what it can decide, and explains that
 * where it is asked for. 0 or -errno, described; where_close releases the plan also after a failure.
 */
int where_open(const struct where_scene *scene, struct where_plan *plan, struct error *err);
void where_close(struct where_plan *plan);

#endif
