/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to report/: what is kept of the records, and the tree that is made of it. Prints nothing. */
#ifndef REPORT_LIVES_H
#define REPORT_LIVES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/map.h"
#include "report/report.h"
#include "schema/scratch.h"

/* Text kept of one command line, in bytes, quoted. */
#define COMMAND_BYTES_MAX 512
/* Different failed execs kept of one process; further ones are counted. */
#define FAILURES_MAX 8

struct failure {
	char *name; /* last component of the path that was passed */
	uint32_t number;
	uint32_t count; /* one after the other */
	bool probe;	/* the same name was found in the end */
};

struct life {
	uint32_t pid, ppid;
	uint64_t start_ns, parent_start_ns;
	size_t index; /* in the order of discovery */
	uint64_t begin_ns, end_ns;
	uint64_t utime_ns, stime_ns;
	uint64_t max_rss_bytes, read_bytes, write_bytes;
	uint32_t exit_code, signal;
	bool core;
	bool begun;   /* its fork or snapshot was seen */
	bool ended;   /* its end was seen */
	bool forked;  /* the parent is the one at birth, not a reaper */
	bool kernel;  /* a thread of the kernel */
	bool on_path; /* on the critical path */
	uint32_t nr_execs;
	const char *program; /* interned */
	char *command;	     /* one line, fit for a terminal; NULL: it never exec'ed */
	char *earlier;	     /* programs of the execs before the last, "env > nice"; NULL: none */
	uint64_t identity;   /* of exe, cwd and arguments of the last exec; 0: never exec'ed */
	struct failure failures[FAILURES_MAX];
	uint32_t nr_failures;
	uint32_t nr_more_failures; /* failed execs beyond those kept */
	char comm[COMM_BYTES + 1];
	/* Made by lives_link: */
	struct life *parent, *first, *last, *next;
	uint64_t path_ns; /* its own time on the critical path */
};

/* Sums over everything that was fed, kept lives or not. */
struct sums {
	uint64_t nr_lives, nr_execs, nr_ended;
	uint64_t nr_exit_failures, nr_killed;
	uint64_t nr_failed_execs, nr_probes;
	uint64_t utime_ns, stime_ns, read_bytes, write_bytes;
	uint64_t nr_lost, nr_unkept;
};

struct report {
	struct report_settings settings;
	struct life **lives;
	size_t nr_lives, room;
	size_t nr_alive;
	struct map by_identity, programs;
	struct sums sums;
	struct scratch scratch;
	uint64_t last_ns;    /* of all records */
	struct life **order; /* made by lives_link: each parent before its children */
	struct life *root;   /* made by lives_link; NULL: nothing is known */
};

/* The life of this identity, made where it is not known; NULL where no more are kept. */
struct life *lives_find(struct report *r, uint32_t pid, uint64_t start_ns);

/* The one copy of a name. NULL where memory ran out. */
const char *lives_intern(struct report *r, const char *name, size_t length);

/* Joins children to parents in order of their begin, and finds the root. Returns 0 or -ENOMEM. */
int lives_link(struct report *r);
void lives_done(struct report *r);

static inline uint64_t life_cpu_ns(const struct life *l)
{
	return l->utime_ns + l->stime_ns;
}

static inline uint64_t life_end_ns(const struct report *r, const struct life *l)
{
	return l->ended ? l->end_ns : r->last_ns;
}

static inline uint64_t life_wall_ns(const struct report *r, const struct life *l)
{
	uint64_t end_ns = life_end_ns(r, l);

	return end_ns > l->begin_ns ? end_ns - l->begin_ns : 0;
}

static inline bool life_failed(const struct life *l)
{
	return l->ended && (l->signal || l->exit_code);
}

#endif
