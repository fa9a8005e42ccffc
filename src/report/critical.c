/* SPDX-License-Identifier: GPL-2.0-only */
/* The critical path, as report.h defines it: found by walking backwards from the root's end. */
#include <errno.h>
#include <stdlib.h>

#include "report/fold.h"
#include "report/parts.h"
#include "report/units.h"

#define LINES 20

/* Children of each life side by side, the one that ended last first. */
struct walk {
	const struct report *report;
	struct life **by_end;
	size_t *next; /* by index of the life: where in by_end its next child stands */
};

static int compare_end(const void *a, const void *b)
{
	const struct life *x = *(struct life *const *)a, *y = *(struct life *const *)b;

	if (x->parent != y->parent)
		return x->parent->index < y->parent->index ? -1 : 1;
	if (x->end_ns != y->end_ns)
		return x->end_ns > y->end_ns ? -1 : 1;
	return x->index > y->index ? -1 : x->index < y->index;
}

/* Only children whose end is known can have been waited for. */
static int walk_open(struct walk *w, const struct report *r)
{
	size_t n = 0;

	*w = (struct walk){
		.report = r,
		.by_end = calloc(r->nr_lives + 1, sizeof(*w->by_end)),
		.next = calloc(r->nr_lives + 1, sizeof(*w->next)),
	};
	if (!w->by_end || !w->next)
		return -ENOMEM;
	for (size_t i = 0; i < r->nr_lives; i++) {
		if (r->order[i]->parent && r->order[i]->ended)
			w->by_end[n++] = r->order[i];
	}
	if (n)
		qsort(w->by_end, n, sizeof(*w->by_end), compare_end);
	for (size_t i = 0; i < r->nr_lives; i++)
		w->next[i] = n;
	for (size_t i = n; i > 0; i--)
		w->next[w->by_end[i - 1]->parent->index] = i - 1;
	return 0;
}

static void walk_close(struct walk *w)
{
	free(w->by_end);
	free(w->next);
}

/* The child of `l` that ended last, but not after `at_ns`. Those that ended later were not waited for. */
static struct life *take_child(struct walk *w, const struct life *l, uint64_t at_ns)
{
	struct life *child;

	for (;;) {
		child = w->by_end[w->next[l->index]];
		if (!child || child->parent != l)
			return NULL;
		w->next[l->index]++;
		if (child->end_ns <= at_ns && child->end_ns > l->begin_ns)
			return child;
	}
}

int critical_find(struct report *r)
{
	struct walk w;
	int code = walk_open(&w, r);
	struct life *l = r->root, *child;
	uint64_t at_ns = l ? life_end_ns(r, l) : 0;

	for (size_t i = 0; i < r->nr_lives; i++) {
		r->lives[i]->on_path = false;
		r->lives[i]->path_ns = 0;
	}
	while (!code && l) {
		uint64_t begin_ns = l->begin_ns < r->root->begin_ns ? r->root->begin_ns : l->begin_ns;

		l->on_path = true;
		child = take_child(&w, l, at_ns);
		if (child) {
			l->path_ns += at_ns - child->end_ns;
			at_ns = child->end_ns;
			l = child;
			continue;
		}
		if (at_ns > begin_ns) {
			l->path_ns += at_ns - begin_ns;
			at_ns = begin_ns;
		}
		l = l == r->root ? NULL : l->parent;
	}
	walk_close(&w);
	return code;
}

static bool on_path(const struct report *r, const struct life *l)
{
	(void)r;
	return l->on_path;
}

static void put_branch(const struct report *r, struct page *p, const struct branch *b)
{
	struct buffer cell = {0};

	units_append_time(&cell, b->life->begin_ns - r->root->begin_ns);
	page_cell(p, STYLE_DIM, &cell, UNIT_COLUMNS);
	units_append_time(&cell, b->path_ns);
	page_cell(p, STYLE_PLAIN, &cell, UNIT_COLUMNS);
	units_append_percent(&cell, b->path_ns, life_wall_ns(r, r->root));
	page_cell(p, STYLE_PLAIN, &cell, 4);
	for (size_t depth = branch_depth(b) + 1; depth; depth--)
		page_put(p, STYLE_PLAIN, page_room(p) > 40 ? "  " : "", page_room(p) > 40 ? 2 : 0);
	branch_append_command(b, &cell);
	page_put(p, life_failed(b->life) ? STYLE_FAILED : STYLE_PLAIN, cell.data, cell.length);
	page_end_line(p);
	buffer_done(&cell);
}

static void put_rest(const struct report *r, struct page *p, const struct fold *f)
{
	uint64_t nr_lives = 0, path_ns = 0;
	struct buffer cell = {0};

	for (size_t i = 0; i < f->nr_branches; i++) {
		if (f->branches[i].shown)
			continue;
		nr_lives += f->branches[i].count;
		path_ns += f->branches[i].path_ns;
	}
	if (nr_lives) {
		page_cell(p, STYLE_PLAIN, &cell, UNIT_COLUMNS);
		units_append_time(&cell, path_ns);
		page_cell(p, STYLE_PLAIN, &cell, UNIT_COLUMNS);
		units_append_percent(&cell, path_ns, life_wall_ns(r, r->root));
		page_cell(p, STYLE_PLAIN, &cell, 4);
		page_print(p, STYLE_DIM, "  … %llu more on the path", (unsigned long long)nr_lives);
		page_end_line(p);
	}
	buffer_done(&cell);
}

int critical_print(struct report *r, struct page *p)
{
	const struct fold_settings settings = {
		.max_lines = p->look->max_lines ? LINES : 0, .takes = on_path, .by_path = true};
	static const char columns[] = "    AT   SELF    %  COMMAND";
	struct fold f;
	int code = critical_find(r);

	if (!code)
		code = fold_make(r, &settings, &f);
	if (code)
		return code;
	if (f.nr_branches > 1) {
		page_heading(p, "Critical path: what the wall time was spent on, each moment once");
		page_put(p, STYLE_DIM, columns, sizeof(columns) - 1);
		page_end_line(p);
		for (const struct branch *b = f.branches; b; b = fold_next(b))
			put_branch(r, p, b);
		put_rest(r, p, &f);
	}
	fold_done(&f);
	return 0;
}
