/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of lives, and the tree that is made of it at the end. */
#include "report/lives.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct identity {
	uint64_t start_ns;
	uint64_t pid;
};

static bool has_identity(const void *value, const void *key)
{
	const struct life *l = value;
	const struct identity *id = key;

	return l->pid == id->pid && l->start_ns == id->start_ns;
}

static struct life *find(const struct report *r, uint32_t pid, uint64_t start_ns)
{
	const struct identity id = {start_ns, pid};

	return map_find(&r->by_identity, map_hash(0, &id, sizeof(id)), has_identity, &id);
}

static int make_room(struct report *r)
{
	size_t room = r->room ? r->room * 2 : 64;
	struct life **lives;

	if (r->nr_lives < r->room)
		return 0;
	lives = reallocarray(r->lives, room, sizeof(*lives));
	if (!lives)
		return -ENOMEM;
	r->lives = lives;
	r->room = room;
	return 0;
}

struct life *lives_find(struct report *r, uint32_t pid, uint64_t start_ns)
{
	const struct identity id = {start_ns, pid};
	struct life *l = find(r, pid, start_ns);

	if (l)
		return l;
	if (r->nr_lives >= r->settings.max_lives || make_room(r))
		return NULL;
	l = calloc(1, sizeof(*l));
	if (!l)
		return NULL;
	*l = (struct life){.pid = pid, .start_ns = start_ns, .index = r->nr_lives};
	if (map_add(&r->by_identity, map_hash(0, &id, sizeof(id)), l)) {
		free(l);
		return NULL;
	}
	r->lives[r->nr_lives++] = l;
	r->sums.nr_lives++;
	r->nr_alive++;
	return l;
}

struct name {
	const char *text;
	size_t length;
};

static bool has_name(const void *value, const void *key)
{
	const struct name *name = key;

	return strlen(value) == name->length && !memcmp(value, name->text, name->length);
}

const char *lives_intern(struct report *r, const char *text, size_t length)
{
	const struct name name = {text, strnlen(text, length)};
	uint64_t hash = map_hash(1, text, name.length);
	char *copy = map_find(&r->programs, hash, has_name, &name);

	if (copy)
		return copy;
	copy = strndup(text, name.length);
	if (copy && map_add(&r->programs, hash, copy)) {
		free(copy);
		return NULL;
	}
	return copy;
}

/* Lives in order of begin; a parent never stands behind its child, since links go to earlier starts only. */
static int compare_begin(const void *a, const void *b)
{
	const struct life *x = *(struct life *const *)a, *y = *(struct life *const *)b;

	if (x->begin_ns != y->begin_ns)
		return x->begin_ns < y->begin_ns ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* NULL also where the link could close a circle, which no true parent does. */
static struct life *find_parent(const struct report *r, const struct life *l)
{
	struct life *parent = l->ppid ? find(r, l->ppid, l->parent_start_ns) : NULL;

	if (!parent || parent == l || parent->start_ns > l->start_ns)
		return NULL;
	return parent->start_ns == l->start_ns && parent->index > l->index ? NULL : parent;
}

static void join(struct life *l, struct life *parent)
{
	l->parent = parent;
	if (parent->last)
		parent->last->next = l;
	else
		parent->first = l;
	parent->last = l;
}

/* The next one, parents first; NULL at the end of the tree under `top`. */
static struct life *step(struct life *l, const struct life *top)
{
	if (l->first)
		return l->first;
	while (l != top && !l->next)
		l = l->parent;
	return l == top ? NULL : l->next;
}

static void put_in_order(struct report *r, struct life **sorted)
{
	size_t n = 0;

	for (size_t i = 0; i < r->nr_lives; i++) {
		if (sorted[i]->parent)
			continue;
		for (struct life *l = sorted[i]; l; l = step(l, sorted[i]))
			r->order[n++] = l;
	}
}

static void find_root(struct report *r, struct life **sorted)
{
	r->root = NULL;
	for (size_t i = 0; i < r->nr_lives && !r->root; i++) {
		if (!r->settings.root_pid || sorted[i]->pid == r->settings.root_pid)
			r->root = sorted[i];
	}
}

/* Who never exec'ed runs its parent's program. */
static void inherit_programs(struct report *r)
{
	for (size_t i = 0; i < r->nr_lives; i++) {
		struct life *l = r->order[i];

		if (!l->program && l->parent)
			l->program = l->parent->program;
		if (!l->program)
			l->program = lives_intern(r, l->comm, strlen(l->comm));
		if (!l->program)
			l->program = "-";
	}
}

int lives_link(struct report *r)
{
	struct life **sorted;

	free(r->order);
	r->order = calloc(r->nr_lives + 1, sizeof(*r->order));
	sorted = calloc(r->nr_lives + 1, sizeof(*sorted));
	if (!r->order || !sorted) {
		free(sorted);
		return -ENOMEM;
	}
	for (size_t i = 0; i < r->nr_lives; i++) {
		sorted[i] = r->lives[i];
		sorted[i]->parent = sorted[i]->first = sorted[i]->last = sorted[i]->next = NULL;
	}
	if (r->nr_lives)
		qsort(sorted, r->nr_lives, sizeof(*sorted), compare_begin);
	for (size_t i = 0; i < r->nr_lives; i++) {
		struct life *parent = find_parent(r, sorted[i]);

		if (parent)
			join(sorted[i], parent);
	}
	put_in_order(r, sorted);
	find_root(r, sorted);
	inherit_programs(r);
	free(sorted);
	return 0;
}

static void free_life(struct life *l)
{
	for (uint32_t i = 0; i < l->nr_failures; i++)
		free(l->failures[i].name);
	free(l->command);
	free(l->earlier);
	free(l);
}

void lives_done(struct report *r)
{
	for (size_t i = 0; i < r->nr_lives; i++)
		free_life(r->lives[i]);
	for (size_t i = 0; i < r->programs.nr_slots; i++)
		free(r->programs.slots[i].value);
	map_done(&r->by_identity);
	map_done(&r->programs);
	scratch_done(&r->scratch);
	free(r->lives);
	free(r->order);
}
