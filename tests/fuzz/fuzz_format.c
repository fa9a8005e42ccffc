/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Format texts of tracepoints, and records by them: the input is a text, a NUL, and the bytes of a raw record. Whatever
 * they are, nothing is read outside of them. libtraceevent is not given such texts: they come from the kernel alone.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "schema/print_fmt.h"
#include "schema/tracepoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A record of exactly its size, so that a read beyond it is found. */
static void show(struct tracepoint *t, const uint8_t *raw, size_t bytes)
{
	struct tracepoint_event *record = calloc(1, TRACEPOINT_RAW_OFFSET + bytes);
	struct scratch scratch = {0};
	struct event e = {
		.schema = &t->schema,
		.parts[PART_RECORD] = {record, TRACEPOINT_RAW_OFFSET + bytes},
		.scratch = &scratch,
	};
	struct buffer text = {0};
	struct value v;

	if (!record)
		return;
	record->args = (struct span){TRACEPOINT_RAW_OFFSET, bytes};
	if (bytes)
		memcpy((char *)record + TRACEPOINT_RAW_OFFSET, raw, bytes);
	for (size_t i = 0; i < t->schema.nr_fields; i++) {
		const struct field *f = &t->schema.fields[i];

		event_get(&e, f, &v);
		if (v.type == VALUE_ABSENT)
			continue;
		kinds[f->kind].print_text(&e, &v, &text);
		kinds[f->kind].print_json(&e, &v, &text);
	}
	buffer_done(&text);
	scratch_done(&scratch);
	free(record);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = memchr(data, 0, size);
	size_t length = end ? (size_t)(end - data) : size;
	struct buffer guarded = {0};
	struct tracepoint *t;

	print_fmt_guard((const char *)data, length, &guarded);
	buffer_done(&guarded);
	if (tracepoint_new("fuzz:fuzz", (const char *)data, length, &t, NULL) < 0)
		return 0;
	if (tracepoint_put_frame(t, &schema_tracepoint) == 0)
		show(t, end ? end + 1 : data, end ? size - length - 1 : 0);
	tracepoint_free(t);
	return 0;
}
