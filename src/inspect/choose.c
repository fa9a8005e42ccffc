/* SPDX-License-Identifier: GPL-2.0-only */
/* Which programs and maps are shown, and what they did between two looks. */
#include <stdio.h>
#include <string.h>

#include "base/glob.h"
#include "inspect/inspect.h"

static bool is_wanted(const struct inspect_choice *choice, uint32_t id, struct slice name, bool of_observer)
{
	if (choice->id && choice->id != id)
		return false;
	if (choice->name)
		return glob_match(choice->name, name.data ? name.data : "", name.length);
	return choice->all || choice->id || of_observer;
}

/* The map is one of a program that is kept. */
static bool is_of_program(const struct inspection *i, const struct inspected_map *m)
{
	for (size_t p = 0; p < i->nr_programs; p++)
		if (inspect_ids_have(m->program_ids, i->programs[p].id))
			return true;
	return false;
}

void inspect_choose(struct inspection *i, const struct inspect_choice *choice)
{
	size_t nr_programs = 0, nr_maps = 0;

	for (size_t at = 0; at < i->nr_programs; at++) {
		const struct inspected_program *p = &i->programs[at];

		if (is_wanted(choice, p->id, p->name, p->of_observer))
			i->programs[nr_programs++] = *p;
	}
	i->nr_programs = nr_programs;
	for (size_t at = 0; at < i->nr_maps; at++) {
		const struct inspected_map *m = &i->maps[at];

		if (is_wanted(choice, m->id, m->name, m->of_observer) || is_of_program(i, m))
			i->maps[nr_maps++] = *m;
	}
	i->nr_maps = nr_maps;
}

/* Share of one processor's time, with two digits behind the point. */
static struct slice share_of_cpu(struct inspection *i, uint64_t run_ns, uint64_t interval_ns)
{
	char text[32], *copy;
	int length = snprintf(text, sizeof(text), "%.2f%%", interval_ns ? 100.0 * run_ns / interval_ns : 0.0);

	copy = scratch_take(&i->texts, length);
	if (!copy)
		return (struct slice){NULL, 0};
	memcpy(copy, text, length);
	return (struct slice){copy, length};
}

static void compare(struct inspection *now, struct inspected_program *p, const struct inspected_program *before,
		    uint64_t interval_ns)
{
	/* Without statistics nothing is counted, and a count of nothing would say that it did not run. */
	p->runs = p->total_runs - before->total_runs;
	p->run_ns = p->total_run_ns - before->total_run_ns;
	p->interval_ns = interval_ns;
	if (p->runs)
		p->ns_per_run = p->run_ns / p->runs;
	p->cpu = share_of_cpu(now, p->run_ns, interval_ns);
}

void inspect_compare(struct inspection *now, const struct inspection *before)
{
	uint64_t interval_ns = now->boot_ns - before->boot_ns;

	for (struct inspected_program *p = now->programs; p < now->programs + now->nr_programs; p++)
		for (size_t i = 0; i < before->nr_programs; i++)
			if (before->programs[i].id == p->id &&
			    before->programs[i].loaded_at / 1000000000 == p->loaded_at / 1000000000)
				compare(now, p, &before->programs[i], interval_ns);
}
