/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Any bytes as a filter: it is taken or refused with a place within the text; a filter that is taken says the same with
 * and without the kernel side's table. Runs under libFuzzer, or over files by replay.c.
 */
#include <stdlib.h>
#include <string.h>

#include "../golden/maker.h"
#include "events/events.h"
#include "filter/filter.h"

#undef errno

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct schema *const schemas[] = {&schema_exec, &schema_exit, NULL};

static bool find_user(void *context, const char *name, uint32_t *ret_uid)
{
	(void)context;
	*ret_uid = strlen(name);
	return *ret_uid < 5;
}

static bool is_there(const struct schema *s, const struct field *f)
{
	(void)s;
	return f->kind != KIND_cpu;
}

static void check_error(const struct error *err)
{
	if (!err->text[0] || !err->hint[0] || strchr(err->excerpt, '\n') || strchr(err->excerpt, '\x1b'))
		abort();
	/* Nothing can be pointed at in an empty text, and of one that grows by escapes nothing may fit. */
	if (err->excerpt[0] && err->caret > sizeof(err->excerpt))
		abort();
}

static bool table_passes(const struct filter_table *t, const char *subject, uint32_t end)
{
	uint32_t at = 0;

	for (int turn = 0; turn < FILTER_STEPS_MAX && at < FILTER_STEPS_MAX; turn++)
		at = filter_next(t, at, subject, end);
	return at != FILTER_REJECT;
}

static void compare(struct filter *f)
{
	static const struct filter_place place = {is_there};
	static struct maker m;
	static struct scratch scratch;
	struct filter_table table;
	struct event e;
	bool whole, pushed;

	maker_exec(&m);
	e = maker_event(&m, &schema_exec, &scratch);
	whole = filter_keeps(f, &e);
	pushed = filter_push_down(f, &schema_exec, &place, &table);
	if (((!pushed || table_passes(&table, m.bytes, m.size)) && filter_keeps(f, &e)) != whole)
		abort();
	scratch_reset(&scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct literal_names names = {.find_user = find_user};
	char *text = malloc(size + 1);
	struct filter *f = filter_new(NULL);
	struct error err = {};

	memcpy(text, data, size);
	text[size] = '\0';
	/* The C library's compiler of regular expressions takes time and memory without bound for nested counts. */
	if (!strchr(text, '{')) {
		if (filter_add(f, "--where", text, &err) || filter_check(f, schemas, &names, &err))
			check_error(&err);
		else
			compare(f);
	}
	filter_free(f);
	free(text);
	return 0;
}
