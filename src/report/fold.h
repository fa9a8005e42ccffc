/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to report/: a tree of lives made small enough to be read. A branch is one life; where there are too many, it
 * is all lives of one program, with one end, under one branch. What is still too much is marked as hidden, cheapest
 * first, and stays in the sums of the branches above. Prints nothing.
 */
#ifndef REPORT_FOLD_H
#define REPORT_FOLD_H

#include "report/lives.h"

struct branch {
	struct branch *parent, *first, *last, *next;
	const struct life *life; /* the first one */
	uint64_t count;		 /* lives */
	size_t common;		 /* bytes of the first one's command that all have */
	bool differs;		 /* not all commands are the same */
	uint64_t wall_ns, cpu_ns, path_ns;
	uint64_t nr_failed_execs; /* probes left out */
	/* Of this branch and all below it: */
	uint64_t all_lives, all_failed, all_cpu_ns, all_path_ns, weight;
	uint64_t nr_hidden; /* children that are not shown */
	bool shown;
};

struct fold {
	struct branch *branches; /* each behind its parent */
	size_t nr_branches;
	bool merged;
};

struct fold_settings {
	size_t max_lines; /* branches to show; 0: all, none merged */
	bool (*takes)(const struct report *r,
		      const struct life *l); /* may refuse only with all that is below; NULL: all */
	bool by_path;			     /* weigh by time on the critical path instead of wall and CPU time */
};

/* Needs lives_link. Returns 0 or -ENOMEM. */
int fold_make(const struct report *r, const struct fold_settings *settings, struct fold *ret);
void fold_done(struct fold *f);

/* The shown branch behind this one, parents first; NULL at the end. */
const struct branch *fold_next(const struct branch *b);

/* The next shown branch of the same parent. */
const struct branch *branch_next_shown(const struct branch *b);
const struct branch *branch_first_shown(const struct branch *b);
size_t branch_depth(const struct branch *b);

/* Appends the command line that stands for the branch: "make -j2", "400 × cc -c …", "sh (fork)". */
void branch_append_command(const struct branch *b, struct buffer *out);

#endif
