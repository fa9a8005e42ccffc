/* SPDX-License-Identifier: GPL-2.0-only */
/* The event types with all their fields, computed ones included: what events are shown by, and what --fields chooses
 * from. */
#ifndef COMMANDS_SCHEMAS_H
#define COMMANDS_SCHEMAS_H

#include "base/error.h"
#include "commands/log_lines.h"
#include "process/life.h"
#include "process/process.h"
#include "schema/schema.h"

enum schemas_index {
	SCHEMAS_EXEC,
	SCHEMAS_EXEC_FAIL,
	SCHEMAS_EXIT,
	SCHEMAS_FORK,
	SCHEMAS_SNAPSHOT,
	SCHEMAS_LOST,
	SCHEMAS_LOG,
	SCHEMAS_TRACEPOINT, /* the frame; each tracepoint has a type of its own made of it */
	SCHEMAS_LIFE,	    /* made of exec and exit by observer life; from here on no records come of them */
	SCHEMAS_MAX,
};

struct schemas {
	const struct schema *all[SCHEMAS_MAX + 1]; /* NULL-terminated */
	struct schema *extended[SCHEMAS_LIFE];
	struct process *process;
	struct log_lines *log_lines;
	struct life *life;
};

/*
 * Makes them. `settings` NULL: only names, kinds and texts are for use; no file is read, and no event may be shown.
 * Returns 0 or -ENOMEM, described; schemas_close releases them also after a failure.
 */
int schemas_open(const struct process_settings *settings, struct schemas *ret, struct error *err);
void schemas_close(struct schemas *s);

#endif
