/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Follows `print fmt` by libtraceevent. The library trusts a record's offsets and ends of strings: it is given a copy
 * in memory that has zeros behind it as far as an offset can point. Knows no schema.
 */
#include "schema/message.h"

#include <stdlib.h>
#include <string.h>

#include <traceevent/event-parse.h>
#include <traceevent/trace-seq.h>

#include "schema/print_fmt.h"

/* An offset has 16 bits, and so has a length; __rel_loc counts from a field, which lies in the first 64 KiB. */
#define ROOM_BYTES ((size_t)3 << 16)

struct message {
	struct messages *set;
	struct tep_event *event;
	struct message *next;
};

struct messages {
	struct tep_handle *tep;
	struct message *first;
	struct trace_seq seq;
	char *room;   /* ROOM_BYTES */
	size_t dirty; /* bytes of it that are not zero */
};

struct messages *messages_new(void)
{
	struct messages *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->room = calloc(1, ROOM_BYTES);
	m->tep = tep_alloc();
	trace_seq_init(&m->seq);
	if (!m->room || !m->tep || !m->seq.buffer) {
		messages_free(m);
		return NULL;
	}
	tep_set_loglevel(TEP_LOG_NONE);
	tep_set_long_size(m->tep, sizeof(long));
	return m;
}

void messages_free(struct messages *m)
{
	if (!m)
		return;
	while (m->first) {
		struct message *next = m->first->next;

		free(m->first);
		m->first = next;
	}
	trace_seq_destroy(&m->seq);
	tep_free(m->tep);
	free(m->room);
	free(m);
}

/* A variable of the kernel, which the library takes for 0: what it would print of a page's address is none. */
static const char unknown_variable[] = "vmemmap_base";

const struct message *messages_add(struct messages *m, const char *name, const char *format, size_t length)
{
	const char *colon = strchr(name, ':');
	char *category = colon ? strndup(name, colon - name) : NULL;
	_cleanup_buffer_ struct buffer text = {0};
	struct tep_event *event = NULL;
	struct message *message;

	if (category && !memmem(format, length, unknown_variable, strlen(unknown_variable)))
		print_fmt_guard(format, length, &text);
	if (text.length && !text.failed &&
	    tep_parse_event(m->tep, text.data, text.length, category) == TEP_ERRNO__SUCCESS)
		event = tep_find_event_by_name(m->tep, category, colon + 1);
	free(category);
	if (!event || event->flags & TEP_EVENT_FL_FAILED)
		return NULL;
	message = calloc(1, sizeof(*message));
	if (!message)
		return NULL;
	*message = (struct message){.set = m, .event = event, .next = m->first};
	m->first = message;
	return message;
}

/* The common fields, which the kernel hands over overwritten: type, flags, preempt count, pid. */
static void put_common_fields(char *at, const struct message_record *record)
{
	const struct {
		uint16_t type;
		uint8_t flags, preempt_count;
		int32_t pid;
	} common = {.type = record->id, .pid = record->tid};

	memcpy(at, &common, sizeof(common));
}

bool message_append(const struct message *message, const struct message_record *record, struct buffer *out)
{
	struct messages *m = message->set;
	size_t bytes = record->bytes < ROOM_BYTES / 3 ? record->bytes : ROOM_BYTES / 3;
	struct tep_record copy = {.data = m->room, .size = bytes, .cpu = record->cpu, .ts = record->boot_ns};
	unsigned int length;

	memcpy(m->room, record->data, bytes);
	if (m->dirty > bytes)
		memset(m->room + bytes, 0, m->dirty - bytes);
	put_common_fields(m->room, record);
	m->dirty = bytes > 8 ? bytes : 8;
	trace_seq_reset(&m->seq);
	tep_print_event(m->tep, &m->seq, &copy, "%s", TEP_PRINT_INFO);
	if (m->seq.state != TRACE_SEQ__GOOD || message->event->flags & TEP_EVENT_FL_FAILED)
		return false;
	length = m->seq.len;
	while (length && m->seq.buffer[length - 1] == '\n')
		length--;
	buffer_append(out, m->seq.buffer, length);
	return true;
}
