/* SPDX-License-Identifier: GPL-2.0-only */
/* Prints lives as a tree: of a run with its times, and of what lives now. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "report/fold.h"
#include "report/parts.h"
#include "report/units.h"

/* Columns of one level. Of deep levels the outer ones are left out, and their number shown. */
#define LEVEL_COLUMNS 3

struct tree {
	const struct report *report;
	struct page *page;
	struct fold fold;
	struct buffer cell;
	bool living;
};

static size_t deepest_level(const struct page *p)
{
	return p->look->columns ? p->look->columns * 2 / 5 / LEVEL_COLUMNS : SIZE_MAX;
}

/* Something is printed below its parent and behind it: another branch, or what is told of the hidden ones. */
static bool has_more(const struct branch *b)
{
	return branch_next_shown(b) || (b->parent && b->parent->nr_hidden);
}

/* The lines that lead to a child of `b`, whose own corner is `corner`. */
static void put_levels(struct page *p, const struct branch *b, const char *corner)
{
	size_t depth = branch_depth(b), omitted = depth > deepest_level(p) ? depth - deepest_level(p) : 0;
	struct buffer levels = {0};
	bool more;

	for (size_t level = omitted; level < depth; level++) {
		const struct branch *at = b;

		for (size_t up = depth - level - 1; up; up--)
			at = at->parent;
		more = has_more(at);
		buffer_append_text(&levels, more ? "│  " : "   ");
	}
	if (omitted)
		page_print(p, STYLE_DIM, "+%zu ", omitted);
	buffer_append_text(&levels, corner);
	page_put(p, STYLE_DIM, levels.data, levels.length);
	buffer_done(&levels);
}

static void put_own_levels(struct page *p, const struct branch *b)
{
	if (b->parent)
		put_levels(p, b->parent, has_more(b) ? "├─ " : "└─ ");
}

static void append_end(const struct life *l, struct buffer *out)
{
	const char *name = l->signal ? sigabbrev_np(l->signal) : NULL;

	if (!l->ended)
		buffer_append_char(out, '-');
	else if (name)
		buffer_append_text(out, name);
	else if (l->signal)
		buffer_printf(out, "SIG%u", l->signal);
	else
		buffer_append_u64(out, l->exit_code);
}

static void put_run_columns(struct tree *t, const struct branch *b)
{
	enum style style = life_failed(b->life) ? STYLE_FAILED : STYLE_PLAIN;

	units_append_time(&t->cell, b->wall_ns);
	page_cell(t->page, STYLE_PLAIN, &t->cell, UNIT_COLUMNS);
	units_append_time(&t->cell, b->cpu_ns);
	page_cell(t->page, STYLE_PLAIN, &t->cell, UNIT_COLUMNS);
	append_end(b->life, &t->cell);
	page_cell(t->page, style == STYLE_PLAIN ? STYLE_DIM : style, &t->cell, 5);
	page_put(t->page, STYLE_PLAIN, " ", 1);
}

static void put_living_columns(struct tree *t, const struct branch *b)
{
	buffer_append_u64(&t->cell, b->life->pid);
	page_cell(t->page, STYLE_PLAIN, &t->cell, 7);
	units_append_time(&t->cell, b->wall_ns);
	page_cell(t->page, STYLE_PLAIN, &t->cell, UNIT_COLUMNS);
	page_put(t->page, STYLE_PLAIN, " ", 1);
}

static void put_blank_columns(struct tree *t)
{
	size_t columns = t->living ? 7 + 1 + UNIT_COLUMNS + 2 : 2 * (UNIT_COLUMNS + 1) + 5 + 2;

	while (columns--)
		page_put(t->page, STYLE_PLAIN, " ", 1);
}

static void append_errno(struct buffer *out, uint32_t number)
{
	const char *name = strerrorname_np(number);

	if (name)
		buffer_append_text(out, name);
	else
		buffer_printf(out, "error %u", number);
}

static void put_failure_line(struct tree *t, const struct branch *b, bool last, struct buffer *text)
{
	put_blank_columns(t);
	put_levels(t->page, b, last ? "└─ " : "├─ ");
	page_put(t->page, STYLE_FAILED, text->data, text->length);
	page_end_line(t->page);
	text->length = 0;
}

/* A line for each name that could not be exec'ed; of merged lives one for all. */
static void put_failures(struct tree *t, const struct branch *b, bool followed)
{
	uint64_t left = b->nr_failed_execs;
	const struct life *l = b->life;
	struct buffer text = {0};

	for (uint32_t i = 0; b->count == 1 && i < l->nr_failures; i++) {
		const struct failure *f = &l->failures[i];

		if (f->probe)
			continue;
		left -= f->count;
		buffer_append_text(&text, "exec failed: ");
		append_errno(&text, f->number);
		buffer_append_char(&text, ' ');
		buffer_append_visible(&text, f->name, strlen(f->name));
		if (f->count > 1)
			buffer_printf(&text, " (%u times)", f->count);
		put_failure_line(t, b, !left && !followed, &text);
	}
	if (left) {
		buffer_printf(&text, "%llu %sfailed exec%s", (unsigned long long)left,
			      left < b->nr_failed_execs ? "more " : "", left == 1 ? "" : "s");
		put_failure_line(t, b, !followed, &text);
	}
	buffer_done(&text);
}

/* What is told of branches that are not shown: how many lives, their CPU time, and how many failed. */
static void append_hidden(const struct tree *t, const struct branch *first, struct buffer *text)
{
	uint64_t nr_lives = 0, nr_failed = 0, cpu_ns = 0;

	for (const struct branch *b = first; b; b = b->next) {
		if (b->shown)
			continue;
		nr_lives += b->all_lives;
		nr_failed += b->all_failed;
		cpu_ns += b->all_cpu_ns;
	}
	buffer_append_text(text, "… ");
	units_append_count(text, nr_lives);
	buffer_append_text(text, t->living	 ? " threads of the kernel"
				 : nr_lives == 1 ? " more process"
						 : " more processes");
	if (!t->living) {
		buffer_append_text(text, ", CPU ");
		units_append_time(text, cpu_ns);
	}
	if (nr_failed)
		buffer_printf(text, ", %llu failed", (unsigned long long)nr_failed);
}

static void put_hidden(struct tree *t, const struct branch *parent)
{
	struct buffer text = {0};

	append_hidden(t, parent->first, &text);
	put_blank_columns(t);
	put_levels(t->page, parent, "└─ ");
	page_put(t->page, STYLE_DIM, text.data, text.length);
	page_end_line(t->page);
	buffer_done(&text);
}

static void put_branch(struct tree *t, const struct branch *b)
{
	const struct life *l = b->life;
	bool dim = !l->command && !life_failed(l);

	if (t->living)
		put_living_columns(t, b);
	else
		put_run_columns(t, b);
	put_own_levels(t->page, b);
	branch_append_command(b, &t->cell);
	page_put(t->page, life_failed(l) ? STYLE_FAILED : dim ? STYLE_DIM : STYLE_PLAIN, t->cell.data, t->cell.length);
	t->cell.length = 0;
	page_end_line(t->page);
	if (b->nr_failed_execs)
		put_failures(t, b, branch_first_shown(b) || b->nr_hidden);
}

/* After the last line of a subtree: what is hidden below its ancestors, which had to wait for it. */
static void close_branches(struct tree *t, const struct branch *b, const struct branch *next)
{
	if (branch_first_shown(b))
		return;
	for (; b && (!next || b != next->parent); b = b->parent) {
		if (b->nr_hidden)
			put_hidden(t, b);
	}
}

static void put_tree(struct tree *t)
{
	struct branch hidden_roots = {0};

	for (size_t i = 0; i < t->fold.nr_branches; i++) {
		const struct branch *b = &t->fold.branches[i], *next;

		if (b->parent)
			continue;
		if (!b->shown) {
			hidden_roots.all_lives += b->all_lives;
			hidden_roots.all_cpu_ns += b->all_cpu_ns;
			hidden_roots.all_failed += b->all_failed;
		}
		for (; b && b->shown; b = next) {
			next = fold_next(b);
			put_branch(t, b);
			close_branches(t, b, next);
		}
	}
	if (!hidden_roots.all_lives)
		return;
	append_hidden(t, &hidden_roots, &t->cell);
	put_blank_columns(t);
	page_put(t->page, STYLE_DIM, t->cell.data, t->cell.length);
	page_end_line(t->page);
	t->cell.length = 0;
}

static bool lives(const struct report *r, const struct life *l)
{
	(void)r;
	return !l->ended;
}

/* Threads of the kernel are many and all alike: only their parent is shown. */
static void hide_kernel_threads(struct fold *f)
{
	for (size_t i = 0; i < f->nr_branches; i++) {
		struct branch *b = &f->branches[i];

		if (!b->life->kernel || !b->parent || !b->shown)
			continue;
		b->shown = false;
		b->parent->nr_hidden++;
	}
}

int tree_print_living(const struct report *r, struct page *p)
{
	const struct fold_settings settings = {.takes = lives};
	struct tree t = {.report = r, .page = p, .living = true};
	int code = fold_make(r, &settings, &t.fold);

	if (code)
		return code;
	if (p->look->max_lines)
		hide_kernel_threads(&t.fold);
	page_put(p, STYLE_HEADING, "    PID    AGE  COMMAND", 23);
	page_end_line(p);
	put_tree(&t);
	buffer_done(&t.cell);
	fold_done(&t.fold);
	return 0;
}

int tree_print(const struct report *r, struct page *p)
{
	const struct fold_settings settings = {.max_lines = p->look->max_lines};
	struct tree t = {.report = r, .page = p};
	int code = fold_make(r, &settings, &t.fold);

	if (code)
		return code;
	page_put(p, STYLE_HEADING, "  WALL    CPU  EXIT  COMMAND", 28);
	page_end_line(p);
	put_tree(&t);
	if (t.fold.merged) {
		page_print(p, STYLE_DIM, "%zu processes in %zu branches; the times of N × are sums", r->nr_lives,
			   t.fold.nr_branches);
		page_end_line(p);
	}
	buffer_done(&t.cell);
	fold_done(&t.fold);
	return 0;
}
