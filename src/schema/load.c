/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads what the kernel side stored. A record may be cut, stale or hostile: nothing is read outside of its part, and
 * what does not fit is absent. Reads by memcpy, since a record need not be aligned.
 */
#include "schema/kind.h"

#include <string.h>

#include "events/record.h"

static uint32_t read_u32(const void *at)
{
	uint32_t number;

	memcpy(&number, at, sizeof(number));
	return number;
}

static uint64_t read_u64(const void *at)
{
	uint64_t number;

	memcpy(&number, at, sizeof(number));
	return number;
}

static void set_uint(struct value *v, uint64_t number)
{
	v->type = VALUE_UINT;
	v->u = number;
}

static void set_text(struct value *v, const char *data, size_t length)
{
	v->type = VALUE_TEXT;
	v->text.data = data;
	v->text.length = length;
}

void load_u32(const struct field *f, const struct event *e, const void *at, struct value *ret_value)
{
	(void)f, (void)e;
	set_uint(ret_value, read_u32(at));
}

void load_u64(const struct field *f, const struct event *e, const void *at, struct value *ret_value)
{
	(void)f, (void)e;
	set_uint(ret_value, read_u64(at));
}

void load_known_u32(const struct field *f, const struct event *e, const void *at, struct value *ret_value)
{
	(void)f, (void)e;
	if (read_u32(at) != UINT32_MAX)
		set_uint(ret_value, read_u32(at));
}

void load_known_u64(const struct field *f, const struct event *e, const void *at, struct value *ret_value)
{
	(void)f, (void)e;
	if (read_u64(at) != UINT64_MAX)
		set_uint(ret_value, read_u64(at));
}

void load_nonzero_u32(const struct field *f, const struct event *e, const void *at, struct value *ret_value)
{
	(void)f, (void)e;
	if (read_u32(at))
		set_uint(ret_value, read_u32(at));
}

void load_flag(const struct field *f, const struct event *e, const void *at, struct value *ret_value)
{
	(void)f, (void)e;
	ret_value->type = VALUE_BOOL;
	ret_value->b = read_u32(at);
}

/* From MKDEV (include/linux/kdev_t.h: 20 bits minor) to st_dev as user space gets it (new_encode_dev, ibid.). */
void load_dev(const struct field *f, const struct event *e, const void *at, struct value *ret_value)
{
	uint32_t stored = read_u32(at);
	uint32_t major = stored >> 20;
	uint32_t minor = stored & 0xfffff;

	(void)f, (void)e;
	set_uint(ret_value, (minor & 0xff) | major << 8 | (minor & ~0xffU) << 12);
}

void load_comm(const struct field *f, const struct event *e, const void *at, struct value *ret_value)
{
	(void)e;
	set_text(ret_value, at, strnlen(at, f->size));
}

const char *load_span(const struct field *f, const struct event *e, const void *at, size_t *ret_length)
{
	struct span span;

	memcpy(&span, at, sizeof(span));
	if (!span.offset || span.offset > e->parts[f->part].size || span.length > e->parts[f->part].size - span.offset)
		return NULL;
	*ret_length = span.length;
	return (const char *)e->parts[f->part].data + span.offset;
}

void load_text(const struct field *f, const struct event *e, const void *at, struct value *ret_value)
{
	size_t length;
	const char *bytes = load_span(f, e, at, &length);

	if (bytes)
		set_text(ret_value, bytes, length);
}

/* The driver of unix98 terminals names them pts0, pts1, ...; their files are /dev/pts/0, ... (drivers/tty/pty.c). */
void load_tty(const struct field *f, const struct event *e, const void *at, struct value *ret_value)
{
	size_t length;
	const char *bytes = load_span(f, e, at, &length);
	char *name;

	if (!bytes || !length)
		return;
	if (length < 4 || memcmp(bytes, "pts", 3) || bytes[3] < '0' || bytes[3] > '9') {
		set_text(ret_value, bytes, length);
		return;
	}
	name = scratch_take(e->scratch, length + 1);
	if (!name)
		return;
	memcpy(name, "pts/", 4);
	memcpy(name + 4, bytes + 3, length - 3);
	set_text(ret_value, name, length + 1);
}

/* A list that is there and empty (argc 0) has an offset and no length; one that was not collected has neither. */
void load_strings(const struct field *f, const struct event *e, const void *at, struct value *ret_value)
{
	size_t length;
	const char *bytes = load_span(f, e, at, &length);

	if (!bytes || bytes == e->parts[f->part].data)
		return;
	ret_value->type = VALUE_LIST;
	ret_value->text.data = bytes;
	ret_value->text.length = length;
}

/* Bits of rows that users see: the rest would name nothing. */
static uint64_t shown_rows(const struct schema *s)
{
	uint64_t rows = 0;

	for (size_t i = 0; i < s->nr_fields; i++)
		if (s->fields[i].row < 64 && !s->fields[i].internal)
			rows |= 1ULL << s->fields[i].row;
	return rows;
}

void load_keys(const struct field *f, const struct event *e, const void *at, struct value *ret_value)
{
	uint64_t rows = read_u64(at);

	(void)f;
	if (!rows)
		return;
	rows &= shown_rows(e->schema);
	if (!rows)
		return;
	ret_value->type = VALUE_KEYS;
	ret_value->u = rows;
}

static const char *const cause_names[LOSS_CAUSE_MAX] = {
#define LOSS(name, doc) [LOSS_##name] = #name,
#define LOSS_KERNEL_END
#include "events/losses.h"
#undef LOSS_KERNEL_END
#undef LOSS
};

static const char *const type_names[RECORD_EVENT_MAX] = {
#define EVENT(name, doc) [RECORD_##name] = #name,
#include "events/types.h"
#undef EVENT
};

void load_cause(const struct field *f, const struct event *e, const void *at, struct value *ret_value)
{
	uint32_t cause = read_u32(at);

	(void)f, (void)e;
	if (cause < LOSS_CAUSE_MAX && cause_names[cause])
		set_text(ret_value, cause_names[cause], strlen(cause_names[cause]));
}

void load_type(const struct field *f, const struct event *e, const void *at, struct value *ret_value)
{
	uint32_t type = read_u32(at);

	(void)f, (void)e;
	if (type == RECORD_LOG)
		set_text(ret_value, "log", 3);
	else if (type < RECORD_EVENT_MAX && type_names[type])
		set_text(ret_value, type_names[type], strlen(type_names[type]));
}

void load_level(const struct field *f, const struct event *e, const void *at, struct value *ret_value)
{
	static const char *const names[LOG_LEVEL_MAX] = {NULL, "error", "warn", "info", "debug", "trace"};
	uint32_t level = read_u32(at);

	(void)f, (void)e;
	if (level && level < LOG_LEVEL_MAX)
		set_text(ret_value, names[level], strlen(names[level]));
}
