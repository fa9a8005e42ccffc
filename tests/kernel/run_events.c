/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs of `observer run` and the events that they tell. */
#include "run_events.h"

#include <stdlib.h>
#include <string.h>

#include "child.h"
#include "files.h"
#include "harness.h"
#include "json.h"

struct outcome run_words(const char *const *words, void (*prepare)(void *arg))
{
	const char **args = calloc(64, sizeof(*args));
	size_t nr = 0;

	need_bpf();
	args[nr++] = "run";
	for (size_t i = 0; words[i]; i++)
		args[nr++] = words[i];
	return run_observer(&(struct session_options){.args = args, .raw = true, .prepare = prepare});
}

char *me(void)
{
	return link_text("/proc/self/exe");
}

json_t *events_of(struct outcome *ret_outcome, const char *const *words)
{
	const char **args = calloc(64, sizeof(*args));
	json_t *events = json_array();
	char *path = text("%s/events.json", test_dir()), *all;
	size_t nr = 0, length = 0;

	args[nr++] = "-o";
	args[nr++] = text("json:%s", path);
	for (size_t i = 0; words[i]; i++)
		args[nr++] = words[i];
	*ret_outcome = run_words(args, NULL);
	all = read_whole(path, &length);
	REQUIRE(all, "no events: %s", ret_outcome->err);
	for (char *line = all, *end; (end = strchr(line, '\n')); line = end + 1)
		json_array_append_new(events, session_parse(line, (size_t)(end - line)));
	return events;
}

bool is_event(const json_t *e, const char *type)
{
	return !strcmp(json_text(e, "event"), type);
}

json_t *find_event(const json_t *events, const char *type, const char *key, const char *value)
{
	for (size_t i = 0; i < json_array_size(events); i++) {
		json_t *e = json_array_get(events, i);

		if (is_event(e, type) && json_text(e, key) && !strcmp(json_text(e, key), value))
			return e;
	}
	return NULL;
}

size_t count_events(const json_t *events, const char *type)
{
	size_t nr = 0;

	for (size_t i = 0; i < json_array_size(events); i++)
		nr += is_event(json_array_get(events, i), type);
	return nr;
}

void check_only_family(const json_t *events)
{
	json_t *family = json_object();
	json_t *first = json_array_get(events, 0);

	REQUIRE(first, "no events");
	json_object_set_new(family, json_text(first, "entity_id"), json_true());
	for (size_t i = 0; i < json_array_size(events); i++) {
		json_t *e = json_array_get(events, i);

		if (is_event(e, "fork") && CHECK(json_object_get(family, json_text(e, "parent_entity_id")),
						 "a stranger's child: %.1000s", json_dumps(e, JSON_COMPACT)))
			json_object_set_new(family, json_text(e, "entity_id"), json_true());
		CHECK(json_object_get(family, json_text(e, "entity_id")), "a stranger: %.1000s",
		      json_dumps(e, JSON_COMPACT));
	}
}
