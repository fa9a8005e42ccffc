/* SPDX-License-Identifier: GPL-2.0-only */
/* Puts the computed fields into the built-in event types. */
#include "commands/schemas.h"

#include <errno.h>

#include "events/record.h"

static const struct process_settings nothing_read = {
	.clock = &(const struct clock){0},
	.passwd_path = "/dev/null",
	.boot_id_path = "/dev/null",
};

static const enum record_type types[SCHEMAS_LIFE] = {
	[SCHEMAS_EXEC] = RECORD_exec, [SCHEMAS_EXEC_FAIL] = RECORD_exec_fail,	[SCHEMAS_EXIT] = RECORD_exit,
	[SCHEMAS_FORK] = RECORD_fork, [SCHEMAS_SNAPSHOT] = RECORD_snapshot,	[SCHEMAS_LOST] = RECORD_LOST,
	[SCHEMAS_LOG] = RECORD_LOG,   [SCHEMAS_TRACEPOINT] = RECORD_tracepoint,
};

int schemas_open(const struct process_settings *settings, struct schemas *ret, struct error *err)
{
	*ret = (struct schemas){0};
	ret->process = process_new(settings ? settings : &nothing_read, err);
	ret->log_lines = log_lines_new(err);
	if (!ret->process || !ret->log_lines)
		return -ENOMEM;
	for (size_t i = 0; i < SCHEMAS_LIFE; i++) {
		size_t nr_rows;
		const struct computed_field *rows = process_rows(ret->process, types[i], &nr_rows);

		if (i == SCHEMAS_LOG)
			ret->extended[i] = log_lines_schema(ret->log_lines, ret->process);
		else
			ret->extended[i] = schema_extend(process_schema(ret->process, types[i]), rows, nr_rows);
		ret->all[i] = ret->extended[i];
		if (!ret->all[i])
			return fail(err, -ENOMEM, "no memory for the event types");
	}
	ret->life = life_new(ret->process, ret->all[SCHEMAS_EXEC], ret->all[SCHEMAS_EXIT], err);
	if (!ret->life)
		return -ENOMEM;
	ret->all[SCHEMAS_LIFE] = life_schema(ret->life);
	return 0;
}

void schemas_close(struct schemas *s)
{
	life_free(s->life);
	for (size_t i = 0; i < SCHEMAS_LIFE; i++)
		schema_free(s->extended[i]);
	log_lines_free(s->log_lines);
	process_free(s->process);
	*s = (struct schemas){0};
}
