/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to report/: the parts of the report, each printed by a file of its own. All need lives_link. */
#ifndef REPORT_PARTS_H
#define REPORT_PARTS_H

#include "report/lives.h"
#include "report/page.h"

/* Return 0 or -ENOMEM; the part is then missing. */
int tree_print(const struct report *r, struct page *p);
int tree_print_living(const struct report *r, struct page *p);
int totals_print(const struct report *r, struct page *p);
int programs_print(const struct report *r, struct page *p);
int repeats_print(const struct report *r, struct page *p);
int critical_print(struct report *r, struct page *p);

/* Walks the critical path: sets on_path and path_ns of the lives on it. Returns 0 or -ENOMEM. */
int critical_find(struct report *r);

struct peaks {
	uint64_t nr_living;  /* most lives at a time */
	uint64_t nr_at_work; /* most lives without a living child at a time */
};
int peaks_find(const struct report *r, struct peaks *ret);

#endif
