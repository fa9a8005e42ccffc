/* SPDX-License-Identifier: GPL-2.0-only */
/* The totals of a run, and how much of it went on at the same time. */
#include <errno.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "report/parts.h"
#include "report/units.h"

/* Births before deaths of the same moment, so that nothing dies before it lived. */
struct moment {
	uint64_t at_ns;
	bool death;
	const struct life *life;
};

static int compare_moments(const void *a, const void *b)
{
	const struct moment *x = a, *y = b;

	if (x->at_ns != y->at_ns)
		return x->at_ns < y->at_ns ? -1 : 1;
	return x->death - y->death;
}

/* Per life, by index: children that live, and whether it lives itself. */
struct state {
	uint32_t nr_children;
	bool lives;
};

struct sweep {
	struct state *states;
	uint64_t nr_living, nr_at_work;
};

static void be_born(struct sweep *s, const struct life *l)
{
	struct state *parent = l->parent ? &s->states[l->parent->index] : NULL;

	s->states[l->index].lives = true;
	s->nr_living++;
	if (!s->states[l->index].nr_children)
		s->nr_at_work++;
	if (parent && !parent->nr_children++ && parent->lives)
		s->nr_at_work--;
}

static void die(struct sweep *s, const struct life *l)
{
	struct state *parent = l->parent ? &s->states[l->parent->index] : NULL;

	s->states[l->index].lives = false;
	s->nr_living--;
	if (!s->states[l->index].nr_children)
		s->nr_at_work--;
	if (parent && !--parent->nr_children && parent->lives)
		s->nr_at_work++;
}

static struct moment *make_moments(const struct report *r)
{
	struct moment *moments = calloc(r->nr_lives * 2 + 1, sizeof(*moments));

	for (size_t i = 0; moments && i < r->nr_lives; i++) {
		const struct life *l = r->order[i];
		uint64_t end_ns = life_end_ns(r, l);

		moments[2 * i] = (struct moment){l->begin_ns, false, l};
		moments[2 * i + 1] = (struct moment){end_ns > l->begin_ns ? end_ns : l->begin_ns, true, l};
	}
	if (moments)
		qsort(moments, r->nr_lives * 2, sizeof(*moments), compare_moments);
	return moments;
}

int peaks_find(const struct report *r, struct peaks *ret)
{
	struct moment *moments = make_moments(r);
	struct sweep s = {.states = calloc(r->nr_lives + 1, sizeof(*s.states))};
	int code = moments && s.states ? 0 : -ENOMEM;

	if (!code)
		*ret = (struct peaks){0};
	for (size_t i = 0; !code && i < r->nr_lives * 2; i++) {
		if (moments[i].death)
			die(&s, moments[i].life);
		else
			be_born(&s, moments[i].life);
		if (s.nr_living > ret->nr_living)
			ret->nr_living = s.nr_living;
		if (s.nr_at_work > ret->nr_at_work)
			ret->nr_at_work = s.nr_at_work;
	}
	free(moments);
	free(s.states);
	return code;
}

static void begin_row(struct page *p, const char *title)
{
	page_print(p, STYLE_PLAIN, "%-13s", title);
}

static void end_row(struct page *p, enum style style, struct buffer *text)
{
	page_put(p, style, text->data, text->length);
	page_end_line(p);
	text->length = 0;
}

static void put_processes(const struct report *r, struct page *p, struct buffer *text)
{
	const struct sums *s = &r->sums;
	struct peaks peaks;

	begin_row(p, "processes");
	units_append_count(text, s->nr_lives);
	buffer_append_text(text, ", ");
	units_append_count(text, s->nr_execs);
	buffer_append_text(text, s->nr_execs == 1 ? " exec" : " execs");
	if (peaks_find(r, &peaks) == 0)
		buffer_printf(text, "; at most %llu at work at once, %llu living", (unsigned long long)peaks.nr_at_work,
			      (unsigned long long)peaks.nr_living);
	end_row(p, STYLE_PLAIN, text);
	if (s->nr_lives > s->nr_ended) {
		begin_row(p, "no end seen");
		units_append_count(text, s->nr_lives - s->nr_ended);
		end_row(p, STYLE_PLAIN, text);
	}
}

static void append_number(struct buffer *text, uint64_t number, const char *what)
{
	if (!number)
		return;
	if (text->length)
		buffer_append_text(text, ", ");
	units_append_count(text, number);
	buffer_append_text(text, what);
}

static void put_failures(const struct report *r, struct page *p, struct buffer *text)
{
	const struct sums *s = &r->sums;

	append_number(text, s->nr_exit_failures, " with another exit code than 0");
	append_number(text, s->nr_killed, " by a signal");
	if (text->length) {
		begin_row(p, "ended");
		end_row(p, STYLE_FAILED, text);
	}
	append_number(text, s->nr_failed_execs, "");
	if (text->length) {
		begin_row(p, "failed execs");
		end_row(p, STYLE_FAILED, text);
	}
	append_number(text, s->nr_probes, " failed execs that were PATH looking for a name, and found it");
	if (text->length) {
		begin_row(p, "PATH probes");
		end_row(p, STYLE_PLAIN, text);
	}
}

static void put_times(const struct report *r, struct page *p, struct buffer *text)
{
	const struct sums *s = &r->sums;
	uint64_t cpu_ns = s->utime_ns + s->stime_ns, wall_ns = r->root ? life_wall_ns(r, r->root) : 0;

	begin_row(p, "wall time");
	units_append_time(text, wall_ns);
	end_row(p, STYLE_PLAIN, text);
	begin_row(p, "CPU time");
	units_append_time(text, cpu_ns);
	buffer_append_text(text, " (user ");
	units_append_time(text, s->utime_ns);
	buffer_append_text(text, ", system ");
	units_append_time(text, s->stime_ns);
	buffer_append_text(text, ")");
	if (wall_ns) {
		uint64_t hundredths = (uint64_t)((unsigned __int128)cpu_ns * 100 / wall_ns);

		buffer_printf(text, ", %llu.%02llu CPUs busy on average", (unsigned long long)hundredths / 100,
			      (unsigned long long)hundredths % 100);
	}
	end_row(p, STYLE_PLAIN, text);
}

static void put_memory(const struct report *r, struct page *p, struct buffer *text)
{
	const struct life *most = NULL;

	for (size_t i = 0; i < r->nr_lives; i++) {
		if (!most || r->order[i]->max_rss_bytes > most->max_rss_bytes)
			most = r->order[i];
	}
	if (most && most->max_rss_bytes) {
		begin_row(p, "max RSS");
		units_append_bytes(text, most->max_rss_bytes);
		buffer_append_text(text, " in ");
		if (most->command)
			buffer_append_text(text, most->command);
		else
			buffer_append_visible(text, most->program, strlen(most->program));
		end_row(p, STYLE_PLAIN, text);
	}
	begin_row(p, "storage");
	units_append_bytes(text, r->sums.read_bytes);
	buffer_append_text(text, " read, ");
	units_append_bytes(text, r->sums.write_bytes);
	buffer_append_text(text, " written");
	end_row(p, STYLE_PLAIN, text);
}

/* What the report does not know; never left out. */
static void put_gaps(const struct report *r, struct page *p, struct buffer *text)
{
	append_number(text, r->sums.nr_lost, " events were lost: processes, ends and failures may be missing");
	if (text->length) {
		begin_row(p, "lost");
		end_row(p, STYLE_FAILED, text);
	}
	append_number(text, r->sums.nr_unkept, " processes are in these totals alone: there were too many to keep");
	if (text->length) {
		begin_row(p, "not kept");
		end_row(p, STYLE_FAILED, text);
	}
}

int totals_print(const struct report *r, struct page *p)
{
	struct buffer text = {0};

	page_heading(p, "Totals");
	put_processes(r, p, &text);
	put_failures(r, p, &text);
	put_times(r, p, &text);
	put_memory(r, p, &text);
	put_gaps(r, p, &text);
	buffer_done(&text);
	return 0;
}
