/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The event `life`: a process that has ended, its last exec and its exit joined. An event type made of two others: keys
 * of the exec come from its record (PART_RECORD, empty where no exec of it was seen), all that both have from the exit
 * (PART_SECOND), and what neither tells from the table of processes.
 */
#ifndef PROCESS_LIFE_H
#define PROCESS_LIFE_H

#include "process/process.h"

struct life;

/*
 * `exec` and `exit` are those event types with their computed rows; they, and `p` with its table, must outlive the
 * life. NULL where memory ran out, described.
 */
struct life *life_new(const struct process *p, const struct schema *exec, const struct schema *exit, struct error *err);
void life_free(struct life *l);

const struct schema *life_schema(const struct life *l);

/* Of the rows of exec records that are collected, those that the table must keep for lives (bits). */
#define LIFE_KEPT_ROWS (~0ULL)

/* Makes the event of an exit record the life that ends with it. */
void life_join(const struct life *l, struct event *e);

#endif
