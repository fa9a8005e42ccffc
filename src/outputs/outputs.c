/* SPDX-License-Identifier: GPL-2.0-only */
/* The list of outputs, and what -o and --fields may say about it. Opens and writes nothing. */
#include "outputs/outputs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/words.h"
#include "outputs/output.h"

static const struct output_format *const formats[] = {&output_table, &output_log, &output_json, &output_perfetto};

#define NR_FORMATS (sizeof(formats) / sizeof(formats[0]))

const struct output_format *const *outputs_list(size_t *ret_nr)
{
	*ret_nr = NR_FORMATS;
	return formats;
}

const char *output_format_name(const struct output_format *format)
{
	return format->name;
}

const char *output_format_doc(const struct output_format *format)
{
	return format->doc;
}

static int fail_unknown_format(const char *name, struct error *err)
{
	struct words_search search = {.word = name};
	char list[256] = "";

	for (size_t i = 0; i < NR_FORMATS; i++) {
		words_consider(&search, formats[i]->name);
		strncat(list, i ? ", " : "", sizeof(list) - strlen(list) - 1);
		strncat(list, formats[i]->name, sizeof(list) - strlen(list) - 1);
	}
	fail(err, -EINVAL, "unknown output format '%s'", name);
	if (search.best)
		return fail_hint(err, "did you mean '%s'? The formats are: %s", search.best, list);
	return fail_hint(err, "the formats are: %s", list);
}

int outputs_parse_spec(const char *spec, const struct output_format **ret_format, const char **ret_path,
		       struct error *err)
{
	size_t length = strcspn(spec, ":");
	_cleanup_free_ char *name = strndup(spec, length);
	const char *path = spec[length] ? spec + length + 1 : NULL;

	if (!name)
		return fail(err, -ENOMEM, "cannot open output '%s': out of memory", spec);
	if (path && !*path) {
		fail(err, -EINVAL, "output '%s' names no file", spec);
		return fail_hint(err, "-o %s:PATH writes to a file, -o %s to standard output", name, name);
	}
	for (size_t i = 0; i < NR_FORMATS; i++) {
		if (strcmp(formats[i]->name, name))
			continue;
		*ret_format = formats[i];
		*ret_path = path;
		return 0;
	}
	return fail_unknown_format(name, err);
}

static bool is_known_field(const char *name, const struct schema *const *schemas)
{
	if (!strcmp(name, "event"))
		return true;
	for (; *schemas; schemas++)
		if (schema_resolve(*schemas, name, NULL))
			return true;
	return false;
}

static void consider_fields(struct words_search *search, const struct schema *s)
{
	for (size_t i = 0; i < s->nr_fields; i++) {
		if (!s->fields[i].internal)
			words_consider(search, s->fields[i].name);
		if (s->fields[i].members)
			consider_fields(search, s->fields[i].members);
	}
}

static int fail_unknown_field(const char *name, const struct schema *const *schemas, struct error *err)
{
	/* Of a name inside a record the last part is compared. */
	struct words_search search = {.word = strrchr(name, '.') ? strrchr(name, '.') + 1 : name};

	for (; *schemas; schemas++)
		consider_fields(&search, *schemas);
	fail(err, -EINVAL, "unknown field '%s'", name);
	if (search.best)
		return fail_hint(err, "did you mean '%s'? --fields help lists all", search.best);
	return fail_hint(err, "--fields help lists all");
}

int outputs_check_fields(const char *const *names, const struct schema *const *schemas, struct error *err)
{
	for (; names && *names; names++)
		if (!is_known_field(*names, schemas))
			return fail_unknown_field(*names, schemas, err);
	return 0;
}
