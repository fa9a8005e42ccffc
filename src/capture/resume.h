/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a reader stopped, for its successor: kept in a map beside the ring, written when everything read so far has
 * been written out. Two slots, so that one is whole whenever its writer is killed. Knows no descriptor but its own.
 */
#ifndef CAPTURE_RESUME_H
#define CAPTURE_RESUME_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/account.h"

/* What must be the same for a successor to take over. The first two stay where they are in every version. */
struct resume_key {
	uint64_t magic;
	uint64_t frame;	   /* of what counting needs, this map included: hash of rows and sizes */
	uint64_t layout;   /* of all that travels: the same */
	uint64_t settings; /* hash of what the kernel side was loaded with */
	uint32_t variant;  /* which of the variants it is; not compared */
	uint32_t nr_cpus;
	uint32_t nr_deferred; /* entries of the map `deferred`, 0: the variant has none; not compared */
	uint32_t filters;     /* event types whose numbers begin behind a filter; in `settings` */
	uint32_t nr_returns;  /* programs in place of the one of exec_fail; not compared */
	uint32_t reserved;
};
#define RESUME_MAGIC 0x72657672657362ULL

/* The events of one series up to a moment, whoever read them. */
struct resume_series {
	uint64_t told;	   /* handed over, as records or as losses */
	uint64_t filtered; /* dropped by the kernel side */
};

/* `events`, and that of failed execs. */
#define RESUME_RINGS 2

struct resume_slot {
	uint64_t positions[RESUME_RINGS];
	uint64_t missed[RECORD_EVENT_MAX];
	uint64_t replaced[CAPTURE_SERIES_MAX]; /* of resume_replaced, told so far */
	struct resume_series series[CAPTURE_SERIES_MAX];
	struct account_line lines[]; /* nr_cpus times CAPTURE_SERIES_MAX */
};

struct resume; /* the map, as it lies in memory */

/* Value size of the map for so many processors. */
uint32_t resume_bytes(uint32_t nr_cpus);

/* Makes the map, all zero. Returns a descriptor, or -errno described. */
int resume_make(uint32_t nr_cpus, struct error *err);

/* Maps it; NULL, described, where that fails. */
struct resume *resume_open(int fd, uint32_t nr_cpus, struct error *err);
void resume_close(struct resume *r, uint32_t nr_cpus);

/* The key is written once, before the map is pinned. */
struct resume_key *resume_key(struct resume *r);

/* The key of whatever map lies there, read only; -EINVAL where it is no map of an observer. */
int resume_read_key(int fd, struct resume_key *ret);

/*
 * Events by series that were left unread in what this kernel side replaced: written once, before the map is pinned, and
 * told by the first reader. RECORD_NONE: records of which nothing is known.
 */
uint64_t *resume_replaced(struct resume *r);

/* The slot that was written last; all zero where none was. */
const struct resume_slot *resume_last(const struct resume *r, uint32_t nr_cpus);

/* The slot to be filled next; resume_publish makes it the last one. */
struct resume_slot *resume_next(struct resume *r, uint32_t nr_cpus);
void resume_publish(struct resume *r);

/* Hash of all rows and sizes that kernel side, ring and counters are made of. */
uint64_t resume_layout(void);
uint64_t resume_frame(uint32_t nr_cpus);

/* FNV-1a over bytes, going on from `hash` (0: the beginning). */
uint64_t resume_hash(uint64_t hash, const void *bytes, size_t length);

#endif
