/* SPDX-License-Identifier: GPL-2.0-only */
/* A tracepoint's event type: the frame of all, its own fields in `args`, and `message`. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/kind.h"
#include "schema/message.h"
#include "schema/tracepoint.h"

static bool append_message(const struct event *e, const struct tracepoint *t, struct buffer *out)
{
	const struct tracepoint_event *frame = e->parts[PART_RECORD].data;
	size_t bytes = e->parts[PART_RECORD].size;
	struct message_record record;

	/* Words over a record that was cut would leave out what is missing without a word. */
	if (!t->message || bytes < TRACEPOINT_RAW_OFFSET || frame->truncated)
		return false;
	record = (struct message_record){
		.data = (const char *)frame + TRACEPOINT_RAW_OFFSET,
		.bytes = bytes - TRACEPOINT_RAW_OFFSET,
		.id = t->id,
		.boot_ns = frame->header.boot_ns,
		.cpu = frame->header.cpu,
		.tid = frame->tid,
	};
	return message_append(t->message, &record, out);
}

/* Where the kernel's words cannot be followed the fields stand for them. */
static void get_message(const struct event *e, void *context, struct value *ret_value)
{
	const struct tracepoint *t = context;
	const struct value args = {.type = VALUE_RECORD, .members = &t->args};
	_cleanup_buffer_ struct buffer text = {0};
	char *copy;

	if (!append_message(e, t, &text)) {
		text.length = 0;
		print_record(e, &args, &text);
	}
	copy = text.failed ? NULL : scratch_take(e->scratch, text.length + 1);
	if (!copy)
		return;
	memcpy(copy, text.data ? text.data : "", text.length);
	ret_value->type = VALUE_TEXT;
	ret_value->text.data = copy;
	ret_value->text.length = text.length;
}

/* For the table; whoever knows the names of all may make the column of the names wider. */
static const struct schema_column columns[] = {
	{"TIME", "time", NULL, 15, false},
	{"CPU", "cpu", NULL, 3, true, .spare = true},
	{"PID", "pid", NULL, 7, true},
	{"COMM", "comm", NULL, 10, false},
	{"EVENT", "event", NULL, 22, false},
	{"MESSAGE", NULL, "{message}", 7, false},
	{0},
};

int tracepoint_put_frame(struct tracepoint *t, const struct schema *frame)
{
	const struct field message = {
		.name = "message",
		.title = "MESSAGE",
		.doc = "the event in the kernel's own words",
		.kind = KIND_text,
		.row = FIELD_NO_ROW,
		.get = get_message,
		.context = t,
	};
	size_t nr = frame->nr_fields;

	t->frame = calloc(nr + 1, sizeof(*t->frame));
	if (!t->frame || asprintf(&t->line, "{comm} %s {message}", t->name) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < nr; i++) {
		t->frame[i] = frame->fields[i];
		if (t->frame[i].kind == KIND_record)
			t->frame[i].members = &t->args;
	}
	t->frame[nr] = message;
	t->schema = *frame;
	t->schema.name = t->name;
	t->schema.line = t->line;
	t->schema.columns = columns;
	t->schema.fields = t->frame;
	t->schema.nr_fields = nr + 1;
	return 0;
}
