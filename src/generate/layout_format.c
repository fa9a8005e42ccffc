/* SPDX-License-Identifier: GPL-2.0-only */
/* Fields from the text of a format file, which libtraceevent parses. Opens no file. */
#include <errno.h>
#include <event-parse.h>
#include <string.h>

#include "generate/layout.h"

static bool is_number_size(unsigned int bytes)
{
	return bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
}

static bool has_word(const char *type, const char *word)
{
	return strstr(type, word) != NULL;
}

/* What the items of an array are. */
static enum layout_kind kind_of_items(const struct tep_format_field *f, unsigned int item_bytes)
{
	if (has_word(f->type, "cpumask_t"))
		return LAYOUT_CPUS;
	/* TEP_FIELD_IS_STRING is set for addresses too, which are arrays of u8 or unsigned char. */
	if (has_word(f->type, "char") && !has_word(f->type, "signed"))
		return LAYOUT_TEXT;
	if (item_bytes == 1 || has_word(f->type, "struct ") || has_word(f->type, "union ") ||
	    !is_number_size(item_bytes))
		return LAYOUT_BYTES;
	return LAYOUT_NUMBERS;
}

static enum layout_kind kind_of(const struct tep_format_field *f, unsigned int item_bytes)
{
	if (f->flags & (TEP_FIELD_IS_ARRAY | TEP_FIELD_IS_DYNAMIC))
		return kind_of_items(f, item_bytes);
	if (f->flags & TEP_FIELD_IS_POINTER)
		return LAYOUT_POINTER;
	return is_number_size(f->size) && !has_word(f->type, "struct ") && !has_word(f->type, "union ") ? LAYOUT_NUMBER
													: LAYOUT_BYTES;
}

static enum layout_place place_of(const struct tep_format_field *f)
{
	if (!(f->flags & TEP_FIELD_IS_DYNAMIC))
		return LAYOUT_IN_PLACE;
	return f->flags & TEP_FIELD_IS_RELATIVE ? LAYOUT_REL_LOC : LAYOUT_DATA_LOC;
}

static int add_field(struct layout *l, const struct tep_format_field *f, struct error *err)
{
	bool is_list = f->flags & (TEP_FIELD_IS_ARRAY | TEP_FIELD_IS_DYNAMIC);
	struct layout_field field = {
		.name = f->name,
		.type = f->type,
		.place = place_of(f),
		.offset = f->offset,
		.bytes = f->size,
		.is_signed = f->flags & TEP_FIELD_IS_SIGNED,
		.item_bytes = is_list ? f->elementsize : (unsigned int)f->size,
	};

	/* "unsigned long args[6]" has the items' size in arraylen alone. */
	if (is_list && field.place == LAYOUT_IN_PLACE && f->arraylen)
		field.item_bytes = f->size / f->arraylen;
	field.kind = kind_of(f, field.item_bytes);
	return layout_add(l, &field, err);
}

static int fail_format(const struct layout *l, struct error *err)
{
	fail(err, -EINVAL, "the format of %s:%s is not one that tracefs would have", l->category, l->name);
	return fail_hint(err, "it is the text of /sys/kernel/tracing/events/%s/%s/format", l->category, l->name);
}

int layout_read_format(struct layout *l, const char *text, size_t length, struct error *err)
{
	struct tep_handle *tep = tep_alloc();
	struct tep_event *event = NULL;
	int r = 0;

	if (!tep)
		return fail(err, -ENOMEM, "out of memory");
	tep_set_loglevel(TEP_LOG_NONE);
	tep_set_long_size(tep, sizeof(long));
	/* An error may be about the print format alone, which nothing here needs: what counts is whether there are
	 * fields. */
	tep_parse_format(tep, &event, text, length, l->category);
	if (!event || !event->format.nr_common)
		r = fail_format(l, err);
	else if (strcmp(event->name, l->name))
		r = fail(err, -EINVAL, "the format is that of '%s', not of '%s'", event->name, l->name);
	for (const struct tep_format_field *f = r ? NULL : event->format.fields; r == 0 && f; f = f->next)
		r = add_field(l, f, err);
	tep_free(tep);
	return r;
}
