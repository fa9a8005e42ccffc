/* SPDX-License-Identifier: GPL-2.0-only */
/* Puts the computed fields into the built-in event types. */
#include "commands/schemas.h"

#include <errno.h>

static const struct process_settings nothing_read = {
	.clock = &(const struct clock){0},
	.passwd_path = "/dev/null",
	.boot_id_path = "/dev/null",
};

static void extend(struct schemas *s, enum schemas_index index, const struct schema *base,
		   const struct computed_field *rows, size_t nr_rows)
{
	s->extended[index] = schema_extend(base, rows, nr_rows);
	s->all[index] = s->extended[index];
}

int schemas_open(const struct process_settings *settings, struct schemas *ret, struct error *err)
{
	const struct computed_field *rows;
	size_t nr_rows;

	*ret = (struct schemas){0};
	ret->process = process_new(settings ? settings : &nothing_read, err);
	if (!ret->process)
		return -ENOMEM;
	rows = process_exec_rows(ret->process, &nr_rows);
	extend(ret, SCHEMAS_EXEC, process_exec_schema(ret->process), rows, nr_rows);
	rows = process_lost_rows(ret->process, &nr_rows);
	extend(ret, SCHEMAS_EXEC_FAIL, &schema_exec_fail, rows, nr_rows);
	extend(ret, SCHEMAS_EXIT, &schema_exit, rows, nr_rows);
	extend(ret, SCHEMAS_FORK, &schema_fork, rows, nr_rows);
	extend(ret, SCHEMAS_SNAPSHOT, &schema_snapshot, rows, nr_rows);
	extend(ret, SCHEMAS_LOST, &schema_lost, rows, nr_rows);
	for (size_t i = 0; i < SCHEMAS_MAX; i++)
		if (!ret->all[i])
			return fail(err, -ENOMEM, "no memory for the event types");
	return 0;
}

void schemas_close(struct schemas *s)
{
	for (size_t i = 0; i < SCHEMAS_MAX; i++)
		schema_free(s->extended[i]);
	process_free(s->process);
	*s = (struct schemas){0};
}
