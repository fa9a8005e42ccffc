/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Any bytes as a record -> every output. The first byte chooses the type of event, the rest is the record. Checks what
 * must hold of each line. Runs under libFuzzer, or over files by replay.c.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../golden/computed.h"
#include "outputs/output.h"
#include "shape.h"

/* Every record byte can become six in JSON and one and a half in base64, and is in argv and env at the same time. */
#define RECORD_BYTES_MAX ((size_t)8 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum target {
	TARGET_JSON,
	TARGET_LOG,
	TARGET_TABLE,
	TARGET_TABLE_CUT,
	TARGET_TABLE_COLOR,
	TARGET_FIELDS_LOG,
	TARGET_FIELDS_TABLE,
	TARGET_MAX
};

static const char *const target_specs[TARGET_MAX] = {
	[TARGET_JSON] = "json:/dev/null",	   [TARGET_LOG] = "log:/dev/null",
	[TARGET_TABLE] = "table:/dev/null",	   [TARGET_TABLE_CUT] = "table:/dev/null",
	[TARGET_TABLE_COLOR] = "table:/dev/null",  [TARGET_FIELDS_LOG] = "log:/dev/null",
	[TARGET_FIELDS_TABLE] = "table:/dev/null",
};

static const char *const all_fields[] = {"event",      "time",	   "cpu",    "seq",	  "comm", "cap_effective",
					 "privileged", "filename", "exe",    "interp",	  "cwd",  "argv",
					 "env",	       "tty",	   "cgroup", "netns",	  "dev",  "truncated",
					 "unreadable", "cause",	   "of",     "entity_id", NULL};

static struct output *outputs[TARGET_MAX];
#define NR_TYPES 5

static struct schema *schemas[NR_TYPES + 1];
static struct scratch scratch;

static void open_outputs(void)
{
	struct error err = {0};

	schemas[0] = computed_exec();
	schemas[1] = computed_lost();
	schemas[2] = computed_exit();
	schemas[3] = computed_fork();
	schemas[4] = computed_log();
	for (int i = 0; i < TARGET_MAX; i++) {
		struct output_settings settings = {.utc = true, .fields = i >= TARGET_FIELDS_LOG ? all_fields : NULL};

		if (output_open(target_specs[i], &settings, (const struct schema *const *)schemas, &outputs[i], &err)) {
			fprintf(stderr, "%s\n", err.text);
			exit(2);
		}
		/* For a terminal, which /dev/null is not. */
		if (i == TARGET_TABLE_CUT || i == TARGET_TABLE_COLOR)
			outputs[i]->settings.width = 40;
		outputs[i]->settings.color = i == TARGET_TABLE_COLOR;
		output_flush(outputs[i]);
	}
}

static bool is_right(enum target target, const char *text, size_t length)
{
	switch (target) {
	case TARGET_JSON:
		return shape_is_json_line(text, length);
	case TARGET_TABLE_COLOR:
		return shape_is_line(text, length);
	default:
		return shape_is_line(text, length) && shape_is_visible(text, length);
	}
}

static void check_output(enum target target, const struct event *e)
{
	struct output *o = outputs[target];
	const struct buffer *line = &o->sink.buffer;

	if (output_write(o, e))
		abort();
	if (!is_right(target, line->data, line->length)) {
		fprintf(stderr, "target %d: wrong line: %.*s\n", target, (int)line->length, line->data);
		abort();
	}
	if (output_flush(o))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct event e = {.scratch = &scratch};
	void *record;

	if (!outputs[0])
		open_outputs();
	if (!size || size > RECORD_BYTES_MAX)
		return 0;
	/* Memory of exactly this size: a sanitizer sees what is read beyond. */
	record = malloc(size - 1 ? size - 1 : 1);
	if (!record)
		return 0;
	memcpy(record, data + 1, size - 1);
	e.schema = schemas[data[0] % NR_TYPES];
	e.parts[PART_RECORD].data = record;
	e.parts[PART_RECORD].size = size - 1;
	for (int i = 0; i < TARGET_MAX; i++)
		check_output(i, &e);
	scratch_reset(&scratch);
	free(record);
	return 0;
}
