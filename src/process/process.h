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
#include "events/record.h"
#include "process/environ.h"
#include "process/table.h"
#include "schema/schema.h"

struct process;

struct process_settings {
	const struct clock *clock; /* borrowed: must outlive the rows; kept right by its owner (clock_check) */
	const struct environ_choice *environ_choice; /* borrowed; NULL: the whole environment */
	const char *passwd_path;		     /* NULL: /etc/passwd */
	const char *boot_id_path;		     /* NULL: /proc/sys/kernel/random/boot_id */
	size_t max_processes; /* of the table of processes; 0: none, then ancestors and the exe of an exit are absent */
	uint64_t kept_rows;   /* of the exec records, what the table keeps (bits); see process/table.h */
	unsigned int nr_ancestors; /* at most so many in the field ancestors; 0: it is absent */
};

/* Rows of exec and snapshot records (bits) without which the table of processes learns nothing. */
#define PROCESS_TABLE_NEEDS                                                                                            \
	(ROW_BIT(EXEC_pid) | ROW_BIT(EXEC_start_ns) | ROW_BIT(EXEC_ppid) | ROW_BIT(EXEC_parent_start_ns) |             \
	 ROW_BIT(EXEC_comm) | ROW_BIT(EXEC_parent_comm) | ROW_BIT(EXEC_exe))
/* Event types (bits) that it learns from. */
#define PROCESS_TABLE_EVENTS (1U << RECORD_exec | 1U << RECORD_fork | 1U << RECORD_exit | 1U << RECORD_snapshot)

/*
 * Reads the users and the boot id; nothing is opened later. Where a file cannot be read, users stay numbers and the
 * boot part of identities is all zeros. NULL where memory ran out, described.
 */
struct process *process_new(const struct process_settings *settings, struct error *err);
void process_free(struct process *p);

/*
 * The event type as its rows want it: the built-in one, or a copy whose `env` holds the chosen variables only. All
 * control events go as RECORD_LOST. Belongs to `p`.
 */
const struct schema *process_schema(const struct process *p, enum record_type type);

/* Rows for schema_extend. They belong to `p`, which must outlive the extended schemas. */
const struct computed_field *process_rows(const struct process *p, enum record_type type, size_t *ret_nr);

/* Lets the table of processes learn from a record, before the event is shown. Nothing where there is no table. */
void process_feed(struct process *p, const struct record *record, size_t bytes);

/* The user id of a name; false where the file of users that was read does not have it. */
bool process_find_user(const struct process *p, const char *name, uint32_t *ret_uid);

/* NULL where there is none. */
const struct table *process_table(const struct process *p);

#endif
