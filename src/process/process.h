/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What user space adds to the events: wall time, identities that outlive the reuse of pids, names of users, ids of
 * containers. Exported as rows that are put into a schema; every input but the two files read by process_new comes from
 * the record.
 */
#ifndef PROCESS_PROCESS_H
#define PROCESS_PROCESS_H

#include <stddef.h>

#include "base/clock.h"
#include "base/error.h"
#include "process/environ.h"
#include "schema/schema.h"

struct process;

struct process_settings {
	const struct clock *clock; /* borrowed: must outlive the rows; kept right by its owner (clock_check) */
	const struct environ_choice *environ_choice; /* borrowed; NULL: the whole environment */
	const char *passwd_path;		     /* NULL: /etc/passwd */
	const char *boot_id_path;		     /* NULL: /proc/sys/kernel/random/boot_id */
};

/*
 * Reads the users and the boot id; nothing is opened later. Where a file cannot be read, users stay numbers and the
 * boot part of identities is all zeros. NULL where memory ran out, described.
 */
struct process *process_new(const struct process_settings *settings, struct error *err);
void process_free(struct process *p);

/* The exec event as the rows below want it: schema_exec, or a copy whose `env` holds the chosen ones only. Belongs to
 * `p`. */
const struct schema *process_exec_schema(const struct process *p);

/* Rows for schema_extend. They belong to `p`, which must outlive the extended schemas. */
const struct computed_field *process_exec_rows(const struct process *p, size_t *ret_nr);
const struct computed_field *process_lost_rows(const struct process *p, size_t *ret_nr);

#endif
