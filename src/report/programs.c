/* SPDX-License-Identifier: GPL-2.0-only */
/* What cost most, by program; and what was run more than once. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "report/parts.h"
#include "report/units.h"

#define LINES 10

/* Lives of one program, or of one command. */
struct group {
	const struct life *life; /* the first one */
	uint64_t count, cpu_ns, wall_ns, max_rss_bytes, nr_failed;
};

struct groups {
	struct group *rows;
	size_t nr_rows;
	struct map map;
};

static bool same_program(const void *value, const void *key)
{
	return ((const struct group *)value)->life->program == ((const struct life *)key)->program;
}

static bool same_command(const void *value, const void *key)
{
	return ((const struct group *)value)->life->identity == ((const struct life *)key)->identity;
}

static void add_life(const struct report *r, struct group *g, const struct life *l)
{
	g->count++;
	g->cpu_ns += life_cpu_ns(l);
	g->wall_ns += life_wall_ns(r, l);
	g->nr_failed += life_failed(l);
	if (l->max_rss_bytes > g->max_rss_bytes)
		g->max_rss_bytes = l->max_rss_bytes;
}

static int make_groups(const struct report *r, bool by_command, struct groups *ret)
{
	*ret = (struct groups){.rows = calloc(r->nr_lives + 1, sizeof(*ret->rows))};
	if (!ret->rows)
		return -ENOMEM;
	for (size_t i = 0; i < r->nr_lives; i++) {
		const struct life *l = r->order[i];
		uint64_t hash = by_command ? l->identity : map_hash(4, &l->program, sizeof(l->program));
		struct group *g;

		if (by_command && !l->identity)
			continue;
		g = map_find(&ret->map, hash, by_command ? same_command : same_program, l);
		if (!g) {
			g = &ret->rows[ret->nr_rows++];
			g->life = l;
			map_add(&ret->map, hash, g);
		}
		add_life(r, g, l);
	}
	map_done(&ret->map);
	return 0;
}

static int compare_cpu(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	if (x->cpu_ns != y->cpu_ns)
		return x->cpu_ns > y->cpu_ns ? -1 : 1;
	return x->life->index < y->life->index ? -1 : 1;
}

static void sort(struct groups *g)
{
	if (g->nr_rows)
		qsort(g->rows, g->nr_rows, sizeof(*g->rows), compare_cpu);
}

static void put_heading(struct page *p, const char *title, const char *columns)
{
	page_heading(p, title);
	page_put(p, STYLE_DIM, columns, strlen(columns));
	page_end_line(p);
}

static void put_numbers(const struct report *r, struct page *p, const struct group *g)
{
	struct buffer cell = {0};

	units_append_count(&cell, g->count);
	page_cell(p, STYLE_PLAIN, &cell, UNIT_COLUMNS);
	units_append_time(&cell, g->cpu_ns);
	page_cell(p, STYLE_PLAIN, &cell, UNIT_COLUMNS);
	units_append_percent(&cell, g->cpu_ns, r->sums.utime_ns + r->sums.stime_ns);
	page_cell(p, STYLE_PLAIN, &cell, 4);
	units_append_time(&cell, g->wall_ns);
	page_cell(p, STYLE_PLAIN, &cell, UNIT_COLUMNS);
	units_append_bytes(&cell, g->max_rss_bytes);
	page_cell(p, STYLE_PLAIN, &cell, UNIT_COLUMNS);
	units_append_count(&cell, g->nr_failed);
	page_cell(p, g->nr_failed ? STYLE_FAILED : STYLE_DIM, &cell, UNIT_COLUMNS);
	page_put(p, STYLE_PLAIN, " ", 1);
	buffer_done(&cell);
}

static void add_group(struct group *sum, const struct group *g)
{
	sum->count += g->count;
	sum->cpu_ns += g->cpu_ns;
	sum->wall_ns += g->wall_ns;
	sum->nr_failed += g->nr_failed;
	if (g->max_rss_bytes > sum->max_rss_bytes)
		sum->max_rss_bytes = g->max_rss_bytes;
}

/* Those that no line was left for, in one. */
static void put_rest(const struct report *r, struct page *p, const struct groups *g, const char *what)
{
	struct group rest = {0};

	for (size_t i = LINES; i < g->nr_rows; i++)
		add_group(&rest, &g->rows[i]);
	if (!rest.count)
		return;
	put_numbers(r, p, &rest);
	page_print(p, STYLE_DIM, "… %zu more %s", g->nr_rows - LINES, what);
	page_end_line(p);
}

#define COLUMNS "  RUNS    CPU    %   WALL MAXRSS FAILED  "

static void put_groups(const struct report *r, struct page *p, struct groups *g, bool by_command)
{
	struct buffer text = {0};

	sort(g);
	for (size_t i = 0; i < g->nr_rows && i < LINES; i++) {
		const struct life *l = g->rows[i].life;

		put_numbers(r, p, &g->rows[i]);
		if (by_command)
			buffer_append_text(&text, l->command);
		else
			buffer_append_visible(&text, l->program, strlen(l->program));
		page_put(p, STYLE_PLAIN, text.data, text.length);
		page_end_line(p);
		text.length = 0;
	}
	put_rest(r, p, g, by_command ? "commands" : "programs");
	buffer_done(&text);
}

int programs_print(const struct report *r, struct page *p)
{
	struct groups g;
	int code = make_groups(r, false, &g);

	if (code)
		return code;
	if (g.nr_rows > 1) {
		put_heading(p, "Programs, by CPU time", COLUMNS "PROGRAM");
		put_groups(r, p, &g, false);
	}
	free(g.rows);
	return 0;
}

static void keep_repeated(struct groups *g)
{
	size_t kept = 0;

	for (size_t i = 0; i < g->nr_rows; i++) {
		if (g->rows[i].count > 1)
			g->rows[kept++] = g->rows[i];
	}
	g->nr_rows = kept;
}

int repeats_print(const struct report *r, struct page *p)
{
	struct groups g;
	int code = make_groups(r, true, &g);

	if (code)
		return code;
	keep_repeated(&g);
	if (g.nr_rows) {
		put_heading(p, "Run more than once: same file, folder and arguments", COLUMNS "COMMAND");
		put_groups(r, p, &g, true);
	}
	free(g.rows);
	return 0;
}
