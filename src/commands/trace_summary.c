/* SPDX-License-Identifier: GPL-2.0-only */
/* Counts events by type and by values. Takes what memory the number of different values needs, within a bound. */
#include "commands/trace_summary.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

/* A key is a text: the event's name, or its values as people read them, each ended by NUL. */
struct group {
	char *key; /* NULL: free */
	size_t length;
	uint64_t hash, count;
};

/* By hash of the key, at most half full. */
struct groups {
	struct group *slots;
	size_t nr_slots, nr;
};

struct trace_summary {
	const char *const *by;
	size_t nr_by;
	struct groups events, values;
	uint64_t total, others; /* of values: those in no group of their own */
	struct buffer key;
};

struct trace_summary *trace_summary_new(const char *const *by, struct error *err)
{
	struct trace_summary *s = calloc(1, sizeof(*s));

	if (!s) {
		fail(err, -ENOMEM, "no memory for the summary");
		return NULL;
	}
	s->by = by;
	while (by && by[s->nr_by])
		s->nr_by++;
	return s;
}

static void free_groups(struct groups *g)
{
	for (size_t i = 0; i < g->nr_slots; i++)
		free(g->slots[i].key);
	free(g->slots);
}

void trace_summary_free(struct trace_summary *s)
{
	if (!s)
		return;
	free_groups(&s->events);
	free_groups(&s->values);
	buffer_done(&s->key);
	free(s);
}

/* FNV-1a */
static uint64_t hash_of(const char *key, size_t length)
{
	uint64_t hash = 14695981039346656037ULL;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)key[i]) * 1099511628211ULL;
	return hash;
}

static struct group *find_slot(struct group *slots, size_t nr_slots, const struct group *like)
{
	size_t i = like->hash & (nr_slots - 1);

	while (slots[i].key && (slots[i].hash != like->hash || slots[i].length != like->length ||
				memcmp(slots[i].key, like->key, like->length) != 0))
		i = (i + 1) & (nr_slots - 1);
	return &slots[i];
}

static bool make_room(struct groups *g)
{
	size_t nr_slots = g->nr_slots ? g->nr_slots * 2 : 64;
	struct group *slots;

	if (g->nr * 2 < g->nr_slots)
		return true;
	slots = calloc(nr_slots, sizeof(*slots));
	if (!slots)
		return false;
	for (size_t i = 0; i < g->nr_slots; i++)
		if (g->slots[i].key)
			*find_slot(slots, nr_slots, &g->slots[i]) = g->slots[i];
	free(g->slots);
	g->slots = slots;
	g->nr_slots = nr_slots;
	return true;
}

/* False where there is no room for another group. */
static bool count_key(struct groups *g, const char *key, size_t length)
{
	const struct group like = {.key = (char *)key, .length = length, .hash = hash_of(key, length)};
	struct group *group;

	if (!make_room(g))
		return false;
	group = find_slot(g->slots, g->nr_slots, &like);
	if (!group->key) {
		if (g->nr >= SUMMARY_GROUPS_MAX || !(group->key = malloc(length + 1)))
			return false;
		memcpy(group->key, key, length);
		group->length = length;
		group->hash = like.hash;
		g->nr++;
	}
	group->count++;
	return true;
}

/* Puts the event's values of the fields into the key; false where it has none of them. */
static bool make_key(struct trace_summary *s, const struct event *e)
{
	bool any = false;

	s->key.length = 0;
	for (size_t i = 0; i < s->nr_by; i++) {
		const struct field *f = schema_resolve(e->schema, s->by[i], NULL);
		struct value v = {.type = VALUE_ABSENT};

		if (f)
			event_get(e, f, &v);
		if (v.type != VALUE_ABSENT)
			kinds[f->kind].print_text(e, &v, &s->key);
		else if (strcmp(s->by[i], "event") == 0)
			buffer_append_text(&s->key, e->schema->name);
		else
			buffer_append_char(&s->key, '-');
		any |= f != NULL;
		buffer_append_char(&s->key, '\0');
	}
	return any;
}

void trace_summary_add(struct trace_summary *s, const struct event *e)
{
	s->total++;
	count_key(&s->events, e->schema->name, strlen(e->schema->name) + 1);
	if (s->nr_by && make_key(s, e) && !count_key(&s->values, s->key.data, s->key.length))
		s->others++;
}

static int compare_groups(const void *a, const void *b)
{
	const struct group *x = *(const struct group *const *)a, *y = *(const struct group *const *)b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return strcmp(x->key, y->key);
}

/* The most frequent first; allocated. */
static const struct group **sort_groups(const struct groups *g)
{
	const struct group **sorted = calloc(g->nr + 1, sizeof(*sorted));
	size_t nr = 0;

	for (size_t i = 0; sorted && i < g->nr_slots; i++)
		if (g->slots[i].key)
			sorted[nr++] = &g->slots[i];
	if (sorted)
		qsort(sorted, nr, sizeof(*sorted), compare_groups);
	return sorted;
}

static void append_count(struct buffer *out, uint64_t count, uint64_t elapsed_ns)
{
	buffer_printf(out, "%10llu", (unsigned long long)count);
	if (elapsed_ns)
		buffer_printf(out, "  %10.1f", count / (elapsed_ns / 1e9));
}

static void append_heading(struct buffer *out, uint64_t elapsed_ns)
{
	buffer_append_text(out, elapsed_ns ? "     COUNT    PER SEC." : "     COUNT");
}

static void append_columns(struct buffer *out, const char *text, size_t columns)
{
	size_t has = utf8_columns(text, strlen(text));

	buffer_append_text(out, text);
	for (; has < columns; has++)
		buffer_append_char(out, ' ');
}

/* The `i`th text of a key. */
static const char *text_of(const char *key, size_t i)
{
	while (i--)
		key += strlen(key) + 1;
	return key;
}

/* How the combinations are printed. */
struct look {
	uint64_t elapsed_ns;
	const struct group **sorted;
	size_t nr;	/* of these, printed */
	size_t *widths; /* of each column */
};

static void measure(const struct trace_summary *s, struct look *look)
{
	for (size_t k = 0; k < s->nr_by; k++) {
		look->widths[k] = strlen(s->by[k]);
		for (size_t i = 0; i < look->nr; i++) {
			const char *text = text_of(look->sorted[i]->key, k);
			size_t columns = utf8_columns(text, strlen(text));

			if (columns > look->widths[k])
				look->widths[k] = columns;
		}
	}
}

static void print_row(const struct trace_summary *s, const struct look *look, const char *key, struct buffer *out)
{
	for (size_t k = 0; k < s->nr_by; k++) {
		buffer_append_text(out, "  ");
		append_columns(out, key ? text_of(key, k) : s->by[k], k + 1 < s->nr_by ? look->widths[k] : 0);
	}
	buffer_append_char(out, '\n');
}

static void print_values(const struct trace_summary *s, const struct look *look, struct buffer *out)
{
	uint64_t nr_rest = s->values.nr - look->nr, rest = s->others;

	append_heading(out, look->elapsed_ns);
	print_row(s, look, NULL, out);
	for (size_t i = 0; i < s->values.nr; i++) {
		if (i >= look->nr) {
			rest += look->sorted[i]->count;
			continue;
		}
		append_count(out, look->sorted[i]->count, look->elapsed_ns);
		print_row(s, look, look->sorted[i]->key, out);
	}
	if (!rest)
		return;
	append_count(out, rest, look->elapsed_ns);
	buffer_printf(out, "  (%llu others%s)\n", (unsigned long long)nr_rest,
		      s->others ? ", and more that were not told apart" : "; --full shows them");
}

static void print_events(const struct trace_summary *s, uint64_t elapsed_ns, struct buffer *out)
{
	const struct group **sorted = sort_groups(&s->events);

	append_heading(out, elapsed_ns);
	buffer_append_text(out, "  EVENT\n");
	for (size_t i = 0; sorted && i < s->events.nr; i++) {
		append_count(out, sorted[i]->count, elapsed_ns);
		buffer_printf(out, "  %s\n", sorted[i]->key);
	}
	free(sorted);
}

void trace_summary_print(const struct trace_summary *s, uint64_t elapsed_ns, bool all, struct buffer *out)
{
	struct look look = {.elapsed_ns = elapsed_ns, .nr = s->values.nr};

	print_events(s, elapsed_ns, out);
	if (!s->nr_by)
		return;
	if (!all && look.nr > SUMMARY_GROUPS_SHOWN)
		look.nr = SUMMARY_GROUPS_SHOWN;
	look.sorted = sort_groups(&s->values);
	look.widths = calloc(s->nr_by, sizeof(*look.widths));
	if (look.sorted && look.widths) {
		buffer_append_char(out, '\n');
		measure(s, &look);
		print_values(s, &look, out);
	}
	free(look.sorted);
	free(look.widths);
}
