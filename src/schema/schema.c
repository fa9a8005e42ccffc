/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading and finding fields, and schemas with computed fields put in. Holds no list of fields itself. */
#include "schema/schema.h"

#include <stdlib.h>
#include <string.h>

#include "schema/kind.h"

/* Rows of the record that the kernel side could not read, as far as the record is long enough to say. */
static uint64_t unreadable_rows(const struct event *e)
{
	uint32_t offset = e->schema->unreadable_offset;
	uint64_t rows;

	if (!offset || e->parts[PART_RECORD].size < offset + sizeof(rows))
		return 0;
	memcpy(&rows, (const char *)e->parts[PART_RECORD].data + offset, sizeof(rows));
	return rows;
}

void event_get(const struct event *e, const struct field *f, struct value *ret_value)
{
	ret_value->type = VALUE_ABSENT;
	if (f->get) {
		f->get(e, f->context, ret_value);
		return;
	}
	if (f->part >= PART_MAX || e->parts[f->part].size < (size_t)f->offset + f->size)
		return;
	if (f->row < 64 && f->part == PART_RECORD && unreadable_rows(e) & 1ULL << f->row)
		return;
	kinds[f->kind].load(f, e, (const char *)e->parts[f->part].data + f->offset, ret_value);
}

const struct field *schema_find_field(const struct schema *s, const char *name)
{
	for (size_t i = 0; i < s->nr_fields; i++)
		if (!s->fields[i].internal && !strcmp(s->fields[i].name, name))
			return &s->fields[i];
	return NULL;
}

/* A field of `s` that is a record with a member of this name. */
static const struct field *find_member(const struct schema *s, const char *member, const struct field **ret_record)
{
	for (size_t i = 0; i < s->nr_fields; i++) {
		const struct field *f = &s->fields[i],
				   *found = f->members ? schema_find_field(f->members, member) : NULL;

		if (!found)
			continue;
		if (ret_record)
			*ret_record = f;
		return found;
	}
	return NULL;
}

const struct field *schema_resolve(const struct schema *s, const char *name, const struct field **ret_record)
{
	const struct field *f = schema_find_field(s, name);

	if (ret_record)
		*ret_record = NULL;
	if (f)
		return f;
	for (size_t i = 0; i < s->nr_fields; i++) {
		size_t length = strlen(s->fields[i].name);

		if (!s->fields[i].members || strncmp(s->fields[i].name, name, length) != 0 || name[length] != '.')
			continue;
		if (ret_record)
			*ret_record = &s->fields[i];
		return schema_find_field(s->fields[i].members, name + length + 1);
	}
	return find_member(s, name, ret_record);
}

const struct field *schema_find_row(const struct schema *s, unsigned int row)
{
	for (size_t i = 0; i < s->nr_fields; i++)
		if (s->fields[i].row == row && row != FIELD_NO_ROW)
			return &s->fields[i];
	return NULL;
}

/* A schema and its fields in one piece of memory. */
struct extended {
	struct schema schema;
	struct field fields[];
};

static void put_computed(struct extended *x, const struct computed_field *rows, size_t nr_rows, const char *after);

static void put_field(struct extended *x, const struct field *f, const struct computed_field *rows, size_t nr_rows)
{
	x->fields[x->schema.nr_fields++] = *f;
	put_computed(x, rows, nr_rows, f->name);
}

/* A computed field may follow another one, so each is followed by its own. */
static void put_computed(struct extended *x, const struct computed_field *rows, size_t nr_rows, const char *after)
{
	for (size_t i = 0; i < nr_rows; i++)
		if (!strcmp(rows[i].after, after))
			put_field(x, &rows[i].field, rows, nr_rows);
}

struct schema *schema_extend(const struct schema *base, const struct computed_field *rows, size_t nr_rows)
{
	struct extended *x = malloc(sizeof(*x) + (base->nr_fields + nr_rows) * sizeof(x->fields[0]));

	if (!x)
		return NULL;
	x->schema = *base;
	x->schema.fields = x->fields;
	x->schema.nr_fields = 0;
	put_computed(x, rows, nr_rows, "");
	for (size_t i = 0; i < base->nr_fields; i++)
		put_field(x, &base->fields[i], rows, nr_rows);
	if (x->schema.nr_fields != base->nr_fields + nr_rows) {
		free(x);
		return NULL;
	}
	return &x->schema;
}

void schema_free(struct schema *s)
{
	free(s);
}
