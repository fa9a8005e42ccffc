/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of processes: who started whom and which program each one runs, learned from the stream of records alone.
 * Events may be lost and may come late; what was not seen is told as not known, never guessed. Reads no file, prints
 * nothing.
 *
 * Memory is bounded: at most `max_processes` processes of TABLE_PROCESS_BYTES each, plus twice TABLE_KEPT_BYTES for
 * each of them, which is 4.3 KiB for each process at worst; records longer than TABLE_KEPT_BYTES draw on the second
 * half, which all share, and are cut once it is used up. A usual process takes about 0.7 KiB.
 */
#ifndef PROCESS_TABLE_H
#define PROCESS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "events/events.h"

#define TABLE_PROCESSES_LEAST  16
#define TABLE_PROCESSES_MOST   ((size_t)4 << 20) /* PID_MAX_LIMIT, include/linux/threads.h */
#define TABLE_PROCESSES_NORMAL 16384
#define TABLE_KEPT_BYTES       ((size_t)2048)
#define TABLE_PROCESS_BYTES    ((size_t)192) /* with its place in the hash */
/* How long a process is known after its end, if there is room: records of other processors may come later. */
#define TABLE_GRACE_NS 2000000000ULL

struct table;
struct program;

/* By what a process became known; a later one says more than an earlier one. */
enum table_seen {
	TABLE_SEEN_AS_PARENT, /* another process named it: only its identity is known, perhaps its name */
	TABLE_SEEN_AT_EXIT,
	TABLE_SEEN_AT_EXEC,
	TABLE_SEEN_IN_SNAPSHOT,
	TABLE_SEEN_AT_FORK,
};

/* One process, to be looked at only; valid until the next table_feed. */
struct table_process {
	uint64_t start_ns; /* since boot; identity together with pid */
	uint32_t pid;
	uint32_t ppid; /* at birth, if `parent_seen` says fork; else as it was when first told. 0: there is none, or not
			  known */
	uint64_t parent_start_ns;
	uint64_t exit_ns;	      /* since boot; 0: it lives, or its end was not seen */
	uint64_t exec_ns;	      /* since boot: of the newest exec, else of the snapshot; 0: none was seen */
	uint64_t told_ns;	      /* since boot: the newest record of it */
	uint64_t losses;	      /* of the table, when this process was first seen */
	struct table_process *parent; /* NULL: not known any more, or there is none */
	struct program *program;      /* NULL: not known */
	uint32_t nr_execs;	      /* seen */
	uint32_t nr_children;	      /* in the table */
	kind_comm comm;		      /* empty: not known */
	uint8_t seen;		      /* enum table_seen */
	uint8_t parent_seen;	      /* the event that named the parent: enum table_seen */
	bool ended;		      /* also where only the reuse of its pid told so */
	bool own_program;	      /* it has exec'ed (or was in the snapshot); else the program is the parent's */
	/* Private to table.c. */
	uint64_t listed_ns;
	struct table_process *next; /* in the hash */
	struct table_process *older, *newer;
};

struct table_settings {
	size_t max_processes; /* TABLE_PROCESSES_LEAST..MOST */
	uint64_t rows;	      /* of the exec records what to keep besides the fixed part (bits); exe is always kept */
};

/* Returns 0, or -ENOMEM described. */
int table_open(const struct table_settings *settings, struct table **ret, struct error *err);
void table_close(struct table *t);

/* Learns from a record of any type; those it does not know, and cut ones, teach it nothing. About 250 ns. */
void table_feed(struct table *t, const struct record *record, size_t bytes);

/* NULL where it is not known. */
const struct table_process *table_find(const struct table *t, uint32_t pid, uint64_t start_ns);

/*
 * The record of the process's last exec or of its snapshot; of a process that has only been forked, its parent's at
 * that time. *ret_bytes is its size. NULL where none is known.
 */
const struct exec_event *table_program(const struct table_process *p, size_t *ret_bytes);

/* True where the whole life was seen so far: from its fork on, with no event lost meanwhile. */
bool table_knows_life(const struct table *t, const struct table_process *p);

/* Processes known now, and bytes in use, everything counted. */
size_t table_count(const struct table *t);
size_t table_bytes(const struct table *t);

/* All events of processes that the stream lost, and processes forgotten though they lived, for want of room. */
uint64_t table_losses(const struct table *t);
uint64_t table_forgotten(const struct table *t);

#endif
