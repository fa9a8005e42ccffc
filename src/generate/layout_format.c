/* SPDX-License-Identifier: GPL-2.0-only */
/* Fields from the text of a format file, which schema/ reads. Opens no file. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "generate/layout.h"
#include "schema/tracepoint.h"

/* What fields of the schema are here; what is not named is a struct, or an array of something. */
static const struct {
	enum layout_kind kind;
	bool is_signed;
} by_kind[KIND_MAX] = {
	[KIND_chars] = {.kind = LAYOUT_TEXT},	   [KIND_cpumask] = {.kind = LAYOUT_CPUS},
	[KIND_pointer] = {.kind = LAYOUT_POINTER}, [KIND_integers] = {.kind = LAYOUT_BYTES},
	[KIND_s8] = {.is_signed = true},	   [KIND_s16] = {.is_signed = true},
	[KIND_s32] = {.is_signed = true},	   [KIND_s64] = {.is_signed = true},
};

/* The declaration without the name in it: "char[16]" of "char comm[16]". */
static void copy_type(const struct field *f, char *type, size_t room)
{
	size_t length = strlen(f->name), at = strlen(f->doc);

	while (at && strncmp(f->doc + at, f->name, length))
		at--;
	snprintf(type, room, "%.*s%s", (int)(at && f->doc[at - 1] == ' ' ? at - 1 : at), f->doc, f->doc + at + length);
}

/* System calls keep each argument in a long, whatever its type. */
static uint32_t bytes_in_record(const struct layout *l, const struct field *f, uint32_t offset)
{
	return !strcmp(l->category, "syscalls") && offset >= 16 ? sizeof(long) : f->size;
}

static int add_field(struct layout *l, const struct field *f, struct error *err)
{
	char type[256];
	struct layout_field field = {
		.name = (char *)f->name,
		.type = type,
		.kind = by_kind[f->kind].kind,
		.is_signed = by_kind[f->kind].is_signed,
		.offset = f->offset - TRACEPOINT_RAW_OFFSET,
		.item_bytes = f->size,
	};

	copy_type(f, type, sizeof(type));
	field.bytes = bytes_in_record(l, f, field.offset);
	if (f->located)
		field.place = f->base > TRACEPOINT_RAW_OFFSET ? LAYOUT_REL_LOC : LAYOUT_DATA_LOC;
	if (f->kind == KIND_integers) {
		field.item_bytes = f->item_bytes;
		field.is_signed = f->item_signed;
		if (f->item_bytes > 1 && !strstr(type, "struct ") && !strstr(type, "union "))
			field.kind = LAYOUT_NUMBERS;
	}
	return layout_add(l, &field, err);
}

static int check_name(const struct layout *l, const char *text, size_t length, struct error *err)
{
	static const char word[] = "name: ";
	const size_t before = sizeof(word) - 1, name = strlen(l->name);

	if (length > before + name && !strncmp(text, word, before) && !strncmp(text + before, l->name, name) &&
	    text[before + name] == '\n')
		return 0;
	return fail(err, -EINVAL, "the text is not the format of %s:%s: it does not begin with that name", l->category,
		    l->name);
}

int layout_read_format(struct layout *l, const char *text, size_t length, struct error *err)
{
	struct tracepoint *t = NULL;
	char name[512];
	int r = check_name(l, text, length, err);

	snprintf(name, sizeof(name), "%s:%s", l->category, l->name);
	if (r == 0)
		r = tracepoint_new(name, text, length, &t, err);
	if (r < 0)
		return fail_hint(err, "it should be the text of /sys/kernel/tracing/events/%s/%s/format", l->category,
				 l->name);
	for (size_t i = 0; r == 0 && i < t->args.nr_fields; i++)
		r = add_field(l, &t->args.fields[i], err);
	tracepoint_free(t);
	return r;
}
