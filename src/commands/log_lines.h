/* SPDX-License-Identifier: GPL-2.0-only */
/* The event log as users see it: where the line stands in the source, which program logged it, and what it says; all
 * out of the table of log lines that the kernel program brings (lib/klog). */
#ifndef COMMANDS_LOG_LINES_H
#define COMMANDS_LOG_LINES_H

#include "base/error.h"
#include "lib/klog/klog_read.h"
#include "process/process.h"
#include "schema/schema.h"

struct log_lines;

/* NULL where memory ran out, described. */
struct log_lines *log_lines_new(struct error *err);
void log_lines_free(struct log_lines *l);

/* The table that the sites of records are looked up in: borrowed. Without one only names, kinds and texts are for use.
 */
void log_lines_set_table(struct log_lines *l, const struct klog_table *table);

/* The event type with all fields: those of the record, the time by `process`, and the computed ones. Its context is
 * `l`, which must outlive it; released by schema_free. NULL where memory ran out. */
struct schema *log_lines_schema(struct log_lines *l, const struct process *process);

#endif
