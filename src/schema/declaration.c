/* SPDX-License-Identifier: GPL-2.0-only */
/* C declarations of format files: name, type, and the kind of value that the type makes. */
#include "schema/declaration.h"

#include <ctype.h>
#include <string.h>

static bool is_name_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static bool begins_with(const char *text, size_t length, const char *word)
{
	size_t n = strlen(word);

	return length > n && !memcmp(text, word, n) && !is_name_char(text[n]);
}

/* The number in [brackets] at `at`, 0 where it is no plain number. */
static uint64_t read_items(const char *at, const char *end)
{
	uint64_t nr = 0;

	for (at++; at < end && isdigit((unsigned char)*at) && nr < UINT32_MAX; at++)
		nr = nr * 10 + (*at - '0');
	return at < end && *at == ']' ? nr : 0;
}

bool declaration_split(struct declaration *d)
{
	const char *begin = d->text, *end = begin + d->length, *stop = end, *bracket = NULL;

	d->relative = begins_with(begin, d->length, "__rel_loc");
	d->located = d->relative || begins_with(begin, d->length, "__data_loc");
	/* An array's brackets stand behind its name; of one that is elsewhere, behind its type. */
	if (!d->located)
		bracket = memchr(begin, '[', d->length);
	if (bracket) {
		d->array = true;
		d->nr_items = read_items(bracket, end);
		/* More dimensions: only their product would count. */
		if (memchr(bracket + 1, '[', end - bracket - 1))
			d->nr_items = 0;
		stop = bracket;
	}
	while (stop > begin && !is_name_char(stop[-1]))
		stop--;
	d->name = stop;
	while (d->name > begin && is_name_char(d->name[-1]))
		d->name--;
	d->name_length = stop - d->name;
	d->type_length = d->name - begin;
	return d->name_length && d->type_length && !isdigit((unsigned char)*d->name);
}

/* The words of a type that say how it is stored. */
struct c_type {
	char base[32]; /* the last word that is no qualifier; "int" where there is only "unsigned" */
	bool is_unsigned, is_signed, is_pointer;
	unsigned int nr_long;
};

static void take_word(struct c_type *t, const char *word, size_t length)
{
	static const char *const qualifiers[] = {"const", "volatile",	"struct",   "union",
						 "enum",  "__data_loc", "__rel_loc"};

#define IS(text) (length == strlen(text) && !memcmp(word, text, length))
	for (size_t i = 0; i < sizeof(qualifiers) / sizeof(qualifiers[0]); i++)
		if (IS(qualifiers[i]))
			return;
	if (IS("unsigned"))
		t->is_unsigned = true;
	else if (IS("signed"))
		t->is_signed = true;
	else if (IS("long"))
		t->nr_long++;
	else if (length < sizeof(t->base))
		memcpy(t->base, word, length), t->base[length] = '\0';
#undef IS
}

static struct c_type read_type(const struct declaration *d)
{
	const char *at = d->text, *end = at + d->type_length;
	struct c_type t = {0};

	while (at < end) {
		const char *word = at;

		while (at < end && is_name_char(*at))
			at++;
		if (at > word)
			take_word(&t, word, at - word);
		else
			t.is_pointer |= *at++ == '*';
	}
	if (!*t.base && (t.is_unsigned || t.is_signed || t.nr_long))
		memcpy(t.base, "int", sizeof("int"));
	return t;
}

#define LONG 0

/* Integers whose width and sign their names tell. */
static const struct c_integer {
	const char *name;
	uint8_t bytes; /* LONG: a machine word */
	bool is_signed;
} integers[] = {
	{"int", 4, true},	 {"short", 2, true},	    {"u8", 1, false},	    {"__u8", 1, false},
	{"uint8_t", 1, false},	 {"s8", 1, true},	    {"__s8", 1, true},	    {"int8_t", 1, true},
	{"u16", 2, false},	 {"__u16", 2, false},	    {"uint16_t", 2, false}, {"s16", 2, true},
	{"__s16", 2, true},	 {"int16_t", 2, true},	    {"u32", 4, false},	    {"__u32", 4, false},
	{"uint32_t", 4, false},	 {"uint", 4, false},	    {"s32", 4, true},	    {"__s32", 4, true},
	{"int32_t", 4, true},	 {"u64", 8, false},	    {"__u64", 8, false},    {"uint64_t", 8, false},
	{"s64", 8, true},	 {"__s64", 8, true},	    {"int64_t", 8, true},   {"pid_t", 4, true},
	{"uid_t", 4, false},	 {"gid_t", 4, false},	    {"qid_t", 4, false},    {"umode_t", 2, false},
	{"key_t", 4, true},	 {"key_serial_t", 4, true}, {"mqd_t", 4, true},	    {"clockid_t", 4, true},
	{"timer_t", 4, true},	 {"rwf_t", 4, true},	    {"loff_t", 8, true},    {"off_t", LONG, true},
	{"ssize_t", LONG, true}, {"size_t", LONG, false},
};

/* Width and sign by the type's name; false where the name does not tell. */
static bool find_integer(const struct c_type *t, size_t long_bytes, size_t *ret_bytes, bool *ret_signed)
{
	for (size_t i = 0; i < sizeof(integers) / sizeof(integers[0]); i++) {
		if (strcmp(integers[i].name, t->base) != 0)
			continue;
		*ret_bytes = integers[i].bytes ? integers[i].bytes : long_bytes;
		if (t->nr_long)
			*ret_bytes = t->nr_long > 1 ? 8 : long_bytes;
		*ret_signed = integers[i].is_signed && !t->is_unsigned;
		return true;
	}
	if (strcmp(t->base, "char") != 0 || !(t->is_unsigned || t->is_signed))
		return false;
	*ret_bytes = 1;
	*ret_signed = t->is_signed;
	return true;
}

static bool is_item_size(uint64_t bytes)
{
	return bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
}

static enum kind_id integer_kind(size_t bytes, bool is_signed)
{
	static const enum kind_id kinds_by_size[][2] = {
		[1] = {KIND_u8, KIND_s8},
		[2] = {KIND_u16, KIND_s16},
		[4] = {KIND_u32, KIND_s32},
		[8] = {KIND_u64, KIND_s64},
	};

	return kinds_by_size[bytes][is_signed];
}

/*
 * System calls keep each argument in a word, whatever its type: `int fd` of 8 bytes. The system call itself looks at
 * the type's bytes alone, which on a little-endian machine are the first.
 */
static void choose_integer(const struct declaration *d, const struct c_type *t, size_t long_bytes, struct field *f)
{
	bool is_signed = d->is_signed, named_signed;
	size_t bytes = d->size, named;

	if (find_integer(t, long_bytes, &named, &named_signed) && named <= bytes) {
		bytes = named;
		is_signed = named_signed;
	}
	f->size = bytes;
	f->kind = integer_kind(bytes, is_signed);
}

static void choose_items(const struct declaration *d, const struct c_type *t, size_t long_bytes, struct field *f)
{
	size_t bytes = 1;
	bool is_signed = false, known = !t->is_pointer && find_integer(t, long_bytes, &bytes, &is_signed);

	if (t->is_pointer)
		bytes = long_bytes;
	/* A type of another name: what the file itself says. */
	if (d->nr_items && d->size % d->nr_items == 0 && is_item_size(d->size / d->nr_items)) {
		bytes = d->size / d->nr_items;
		is_signed = known ? is_signed : d->is_signed;
	}
	f->kind = KIND_integers;
	f->item_bytes = bytes;
	f->item_signed = is_signed;
}

void declaration_choose_kind(const struct declaration *d, size_t long_bytes, struct field *ret_field)
{
	struct c_type t = read_type(d);
	bool plain_char = !strcmp(t.base, "char") && !t.is_unsigned && !t.is_signed && !t.is_pointer;

	ret_field->size = d->size;
	if ((d->array || d->located) && plain_char)
		ret_field->kind = KIND_chars;
	else if (!t.is_pointer && !strcmp(t.base, "cpumask_t"))
		ret_field->kind = KIND_cpumask;
	else if (d->array || d->located || !is_item_size(d->size))
		choose_items(d, &t, long_bytes, ret_field);
	else if (t.is_pointer && d->size >= 4)
		ret_field->kind = KIND_pointer;
	else if (d->size == 1 && (!strcmp(t.base, "bool") || !strcmp(t.base, "_Bool")))
		ret_field->kind = KIND_boolean;
	else
		choose_integer(d, &t, long_bytes, ret_field);
}

bool declaration_is_long(const struct declaration *d)
{
	struct c_type t = read_type(d);

	return !d->array && !d->located && (t.is_pointer || (t.nr_long == 1 && !strcmp(t.base, "int")));
}
