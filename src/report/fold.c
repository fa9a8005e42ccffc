/* SPDX-License-Identifier: GPL-2.0-only */
/* Merges lives to branches, and chooses those that are shown. */
#include "report/fold.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "report/units.h"

/* What lives of one branch have in common. */
struct key {
	const struct branch *parent;
	const char *program;
	uint32_t exit_code, signal;
	bool ended, execed;
};

static struct key make_key(const struct branch *parent, const struct life *l)
{
	return (struct key){parent, l->program, l->exit_code, l->signal, l->ended, l->nr_execs > 0};
}

static bool has_key(const void *value, const void *sought)
{
	const struct branch *b = value;
	const struct key *key = sought;
	struct key own = make_key(b->parent, b->life);

	return own.parent == key->parent && own.program == key->program && own.exit_code == key->exit_code &&
	       own.signal == key->signal && own.ended == key->ended && own.execed == key->execed;
}

static uint64_t hash_key(const struct key *key)
{
	uint64_t words[] = {(uintptr_t)key->parent, (uintptr_t)key->program,
			    (uint64_t)key->exit_code << 32 | key->signal, (uint64_t)key->ended << 1 | key->execed};

	return map_hash(3, words, sizeof(words));
}

static void join(struct branch *b, struct branch *parent)
{
	b->parent = parent;
	if (!parent)
		return;
	if (parent->last)
		parent->last->next = b;
	else
		parent->first = b;
	parent->last = b;
}

static size_t common_length(const char *a, const char *b, size_t length)
{
	size_t i = 0;

	while (i < length && a[i] == b[i])
		i++;
	return i;
}

static void add_life(const struct report *r, struct branch *b, const struct life *l)
{
	if (!b->count++) {
		b->life = l;
		b->common = l->command ? strlen(l->command) : 0;
	}
	if (b->life->command) {
		b->common = common_length(b->life->command, l->command ? l->command : "", b->common);
		b->differs |= b->life->command[b->common] || !l->command || l->command[b->common];
	}
	b->wall_ns += life_wall_ns(r, l);
	b->cpu_ns += life_cpu_ns(l);
	b->path_ns += l->path_ns;
	b->nr_failed_execs += l->nr_more_failures;
	for (uint32_t i = 0; i < l->nr_failures; i++)
		b->nr_failed_execs += l->failures[i].probe ? 0 : l->failures[i].count;
	b->all_failed += life_failed(l);
}

struct making {
	const struct report *report;
	const struct fold_settings *settings;
	struct fold *fold;
	struct branch **of_life; /* by index of the life */
	struct map map;
};

static struct branch *find_branch(struct making *m, struct branch *parent, const struct life *l)
{
	struct key key = make_key(parent, l);
	uint64_t hash = hash_key(&key);
	struct branch *b = m->fold->merged ? map_find(&m->map, hash, has_key, &key) : NULL;

	if (b)
		return b;
	b = &m->fold->branches[m->fold->nr_branches++];
	b->life = l;
	join(b, parent);
	/* Where memory runs out here the next one gets a branch of its own. */
	if (m->fold->merged)
		map_add(&m->map, hash, b);
	return b;
}

static bool takes(const struct making *m, const struct life *l)
{
	return !m->settings->takes || m->settings->takes(m->report, l);
}

static void make_branches(struct making *m)
{
	for (size_t i = 0; i < m->report->nr_lives; i++) {
		struct life *l = m->report->order[i];
		struct branch *b;

		if (!takes(m, l))
			continue;
		b = find_branch(m, l->parent ? m->of_life[l->parent->index] : NULL, l);
		m->of_life[l->index] = b;
		add_life(m->report, b, l);
	}
}

static void sum_up(const struct fold_settings *s, struct fold *f)
{
	for (size_t i = f->nr_branches; i > 0; i--) {
		struct branch *b = &f->branches[i - 1], *parent = b->parent;

		b->all_lives += b->count;
		b->all_cpu_ns += b->cpu_ns;
		b->all_path_ns += b->path_ns;
		b->weight += s->by_path ? b->path_ns : b->cpu_ns + b->wall_ns;
		if (!parent)
			continue;
		parent->all_lives += b->all_lives;
		parent->all_failed += b->all_failed;
		parent->all_cpu_ns += b->all_cpu_ns;
		parent->all_path_ns += b->all_path_ns;
		parent->weight += b->weight;
	}
}

/* Heaviest first. No branch comes before its parent: it is not heavier, and stands behind it. */
static int compare_weight(const void *a, const void *b)
{
	const struct branch *x = *(struct branch *const *)a, *y = *(struct branch *const *)b;

	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	return x < y ? -1 : x > y;
}

static int choose_shown(const struct fold_settings *s, struct fold *f)
{
	struct branch **sorted = calloc(f->nr_branches + 1, sizeof(*sorted));

	if (!sorted)
		return -ENOMEM;
	for (size_t i = 0; i < f->nr_branches; i++)
		sorted[i] = &f->branches[i];
	if (f->nr_branches)
		qsort(sorted, f->nr_branches, sizeof(*sorted), compare_weight);
	for (size_t i = 0; i < f->nr_branches; i++) {
		sorted[i]->shown = !s->max_lines || i < s->max_lines;
		if (!sorted[i]->shown && sorted[i]->parent)
			sorted[i]->parent->nr_hidden++;
	}
	free(sorted);
	return 0;
}

static size_t count_taken(const struct making *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->report->nr_lives; i++)
		n += takes(m, m->report->order[i]);
	return n;
}

int fold_make(const struct report *r, const struct fold_settings *settings, struct fold *ret)
{
	struct making m = {.report = r, .settings = settings, .fold = ret};
	size_t nr_lives = count_taken(&m);
	int code = -ENOMEM;

	*ret = (struct fold){.merged = settings->max_lines && nr_lives > settings->max_lines};
	ret->branches = calloc(nr_lives + 1, sizeof(*ret->branches));
	m.of_life = calloc(r->nr_lives + 1, sizeof(*m.of_life));
	if (ret->branches && m.of_life) {
		make_branches(&m);
		sum_up(settings, ret);
		code = choose_shown(settings, ret);
	}
	map_done(&m.map);
	free(m.of_life);
	if (code)
		fold_done(ret);
	return code;
}

void fold_done(struct fold *f)
{
	free(f->branches);
	*f = (struct fold){0};
}

const struct branch *branch_next_shown(const struct branch *b)
{
	for (b = b->next; b && !b->shown; b = b->next)
		;
	return b;
}

const struct branch *branch_first_shown(const struct branch *b)
{
	if (!b->first || b->first->shown)
		return b->first;
	return branch_next_shown(b->first);
}

const struct branch *fold_next(const struct branch *b)
{
	const struct branch *next = branch_first_shown(b);

	while (!next && b) {
		next = branch_next_shown(b);
		b = b->parent;
	}
	return next;
}

size_t branch_depth(const struct branch *b)
{
	size_t depth = 0;

	while ((b = b->parent))
		depth++;
	return depth;
}

static void append_single(const struct life *l, struct buffer *out)
{
	if (l->earlier) {
		buffer_append_text(out, l->earlier);
		buffer_append_text(out, " > ");
	}
	if (l->command)
		buffer_append_text(out, l->command);
	else
		buffer_append_visible(out, l->program, strlen(l->program));
	if (!l->command)
		buffer_append_text(out, " (fork)");
}

/* What all have in common, up to a whole word; the program at least. */
static void append_common(const struct branch *b, struct buffer *out)
{
	const char *command = b->life->command;
	size_t length = b->common;

	if (!b->differs) {
		buffer_append_text(out, command);
		return;
	}
	while (length && command[length] && command[length] != ' ')
		length--;
	if (length)
		buffer_append(out, command, length);
	else
		buffer_append_visible(out, b->life->program, strlen(b->life->program));
	buffer_append_text(out, " …");
}

void branch_append_command(const struct branch *b, struct buffer *out)
{
	if (b->count == 1) {
		append_single(b->life, out);
		return;
	}
	units_append_count(out, b->count);
	buffer_append_text(out, " × ");
	if (b->life->command)
		append_common(b, out);
	else
		append_single(b->life, out);
}
