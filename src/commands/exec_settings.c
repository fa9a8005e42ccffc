/* SPDX-License-Identifier: GPL-2.0-only */
/* The settings of observer exec as a whole: whether they can be, and what follows from them. Opens no output. */
#include "commands/exec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/words.h"
#include "commands/log_sites.h"
#include "commands/schemas.h"
#include "commands/stream_options.h"
#include "commands/where.h"
#include "filter/filter.h"
#include "outputs/outputs.h"

int stream_split_names(const char *option, const char *list, const char ***ret_names, struct error *err)
{
	size_t nr_names = 1, length = strlen(list), n = 0;
	const char **names;
	char *copy, *name;

	for (const char *at = list; (at = strchr(at, ',')); at++)
		nr_names++;
	names = malloc((nr_names + 1) * sizeof(*names) + length + 1);
	if (!names)
		return fail(err, -ENOMEM, "no memory for the options");
	copy = memcpy(names + nr_names + 1, list, length + 1);
	while ((name = strsep(&copy, ","))) {
		if (!*name) {
			free(names);
			fail(err, -EINVAL, "option '%s': an empty name in '%s'", option, list);
			return fail_hint(err, "names with one comma between them, no blanks: %s=pid,uid,comm", option);
		}
		names[n++] = name;
	}
	names[n] = NULL;
	*ret_names = names;
	return 0;
}

static bool has_name(const char *const *names, const char *name)
{
	while (names && *names && strcmp(*names, name) != 0)
		names++;
	return names && *names;
}

bool stream_asks_for_list(const struct stream_settings *s)
{
	return s->log_list || (s->fields_list && strcmp(s->fields_list, "help") == 0);
}

/* Two writers would tear each other's lines. */
static int fail_same_target(const struct option_texts *outputs, size_t a, size_t b, struct error *err)
{
	fail(err, -EINVAL, "outputs '%s' and '%s' write to the same place", outputs->items[a], outputs->items[b]);
	return fail_hint(err, "give each its own file: -o FORMAT:PATH");
}

static int check_outputs(const struct option_texts *outputs, struct error *err)
{
	const struct output_format *format;
	const char *path, *other;

	for (size_t i = 0; i < outputs->nr_items; i++) {
		if (outputs_parse_spec(outputs->items[i], &format, &path, err) < 0)
			return -EINVAL;
		for (size_t k = 0; k < i; k++) {
			outputs_parse_spec(outputs->items[k], &format, &other, err);
			if (strcmp(path ? path : "", other ? other : "") == 0)
				return fail_same_target(outputs, k, i, err);
		}
	}
	return 0;
}

static int check_fields(const char *const *names, struct error *err)
{
	struct schemas schemas;
	int r = schemas_open(NULL, &schemas, err);

	if (r == 0)
		r = outputs_check_fields(names, schemas.all, err);
	schemas_close(&schemas);
	return r;
}

#define EVENT(name, doc) #name,
static const char *const event_names[] = {
#include "events/types.h"
	NULL,
};
#undef EVENT

static int add_event(const char *name, uint32_t *events, struct error *err)
{
	const char *nearest = words_nearest(name, event_names);

	for (int i = 0; event_names[i]; i++) {
		if (strcmp(event_names[i], name) != 0)
			continue;
		if (RECORD_NONE + 1 + i == RECORD_tracepoint)
			break;
		*events |= 1U << (RECORD_NONE + 1 + i);
		return 0;
	}
	fail(err, -EINVAL, "option '--events': there is no event '%s'", name);
	if (strcmp(name, "tracepoint") == 0)
		return fail_hint(err, "tracepoints have a command of their own: observer trace CATEGORY:NAME");
	if (nearest)
		return fail_hint(err, "did you mean '%s'?", nearest);
	return fail_hint(err, "the events are exec, exec_fail, exit, fork and snapshot");
}

static int read_events(const char *list, uint32_t *events, struct error *err)
{
	_cleanup_free_ char *copy = strdup(list);
	char *rest = copy, *name;
	int r = copy ? 0 : fail(err, -ENOMEM, "no memory for the options");

	while (r == 0 && (name = strsep(&rest, ",")))
		r = add_event(name, events, err);
	return r;
}

static bool is_used(const struct stream_settings *s, const char *name)
{
	return has_name(s->fields, name) || (s->filter && filter_names(s->filter, name));
}

/* What is shown decides what is captured: whoever needs the table of processes needs all that it learns from. */
static int check_events(struct stream_settings *s, struct error *err)
{
	bool needs_table;
	int r = s->events_list ? read_events(s->events_list, &s->shown, err) : 0;

	if (r < 0)
		return r;
	if (!s->shown)
		s->shown = CAPTURE_BIT(exec);
	if (s->failed)
		s->shown |= CAPTURE_BIT(exec_fail);
	if (s->threads && !(s->shown & CAPTURE_BIT(fork))) {
		fail(err, -EINVAL, "option '--threads' is about fork events, and none are shown");
		return fail_hint(err, "add them: --events exec,fork --threads");
	}
	if (!s->ancestors && is_used(s, "ancestors"))
		s->ancestors = ANCESTORS_MOST;
	needs_table = s->ancestors || (s->shown & CAPTURE_BIT(exit) && (!s->fields || is_used(s, "exe")));
	if (!needs_table)
		s->max_processes = 0;
	s->events = s->shown | (needs_table ? PROCESS_TABLE_EVENTS : 0);
	return 0;
}

int stream_settings_read(struct stream_settings *s, struct error *err)
{
	int r = 0;

	if (s->fields_list)
		r = stream_split_names("--fields", s->fields_list, &s->fields, err);
	if (r == 0 && s->env_list && *s->env_list)
		r = environ_choice_new(s->env_list, &s->env_choice, err);
	s->env = s->env_list || has_name(s->fields, "env");
	if (r == 0)
		r = check_outputs(&s->outputs, err);
	if (r == 0 && s->log_texts.nr_items)
		r = log_sites_read(&s->log_texts, s->events, &s->log_sites, err);
	if (r == 0)
		r = where_read(s, err);
	return r;
}

int stream_settings_check(struct stream_settings *s, struct error *err)
{
	int r = stream_settings_read(s, err);

	return r == 0 ? check_fields(s->fields, err) : r;
}

int exec_check(const struct call *call, struct error *err)
{
	struct stream_settings *s = call->settings;
	int r = 0;

	if (stream_asks_for_list(s))
		return 0;
	if (!s->outputs.nr_items)
		r = option_texts_add(&s->outputs, "table", err);
	if (r == 0)
		r = stream_settings_check(s, err);
	if (r == 0)
		r = check_events(s, err);
	if (r == 0)
		r = stream_check_fail_hook(s, err);
	if (r == 0)
		r = where_check(s, where_schemas(s->shown), err);
	if (s->pin && !*s->pin)
		s->pin = PIN_FOLDER;
	return r;
}

void exec_done(void *settings)
{
	struct stream_settings *s = settings;

	free(s->fields);
	free(s->log_sites);
	environ_choice_free(s->env_choice);
	filter_free(s->filter);
}
