/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads format texts and makes schemas of them. What a declaration means is told in declaration.c. */
#include "schema/tracepoint.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "schema/declaration.h"

/* A tracepoint has far fewer fields; what has more is none. */
#define FIELDS_MAX 512

/* What is left of the text. */
struct reader {
	const char *at, *end;
};

/* Takes the next line, without its break; false at the end. */
static bool take_line(struct reader *r, struct reader *ret_line)
{
	const char *stop;

	if (r->at >= r->end)
		return false;
	stop = memchr(r->at, '\n', r->end - r->at);
	*ret_line = (struct reader){r->at, stop ? stop : r->end};
	r->at = stop ? stop + 1 : r->end;
	return true;
}

/* Passes blanks and the text `word`; false, and nothing passed, where it is not there. */
static bool pass(struct reader *line, const char *word)
{
	size_t length = strlen(word);
	const char *at = line->at;

	while (at < line->end && (*at == ' ' || *at == '\t'))
		at++;
	if ((size_t)(line->end - at) < length || memcmp(at, word, length) != 0)
		return false;
	line->at = at + length;
	return true;
}

static bool take_number(struct reader *line, uint64_t most, uint64_t *ret_number)
{
	uint64_t number = 0;
	const char *at = line->at;

	while (at < line->end && isdigit((unsigned char)*at) && number <= most)
		number = number * 10 + (*at++ - '0');
	if (at == line->at || number > most)
		return false;
	line->at = at;
	*ret_number = number;
	return true;
}

/* field:char comm[16];	offset:8;	size:16;	signed:0; */
static bool take_field(struct reader line, struct declaration *ret)
{
	struct declaration d = {0};
	uint64_t is_signed = 0;
	const char *stop;

	if (!pass(&line, "field:"))
		return false;
	stop = memchr(line.at, ';', line.end - line.at);
	if (!stop)
		return false;
	d.text = line.at;
	d.length = stop - line.at;
	line.at = stop;
	if (!pass(&line, ";") || !pass(&line, "offset:") || !take_number(&line, TRACEPOINT_RAW_MAX, &d.offset) ||
	    !pass(&line, ";") || !pass(&line, "size:") || !take_number(&line, TRACEPOINT_RAW_MAX, &d.size) ||
	    !pass(&line, ";"))
		return false;
	/* Kernels before 2.6.32 did not tell the sign. */
	if (pass(&line, "signed:") && !take_number(&line, 1, &is_signed))
		return false;
	d.is_signed = is_signed;
	*ret = d;
	return declaration_split(&d) && (*ret = d, true);
}

/* A NUL-terminated copy among the texts, which have room for all of them. */
static char *keep_text(struct tracepoint *t, const char *text, size_t length)
{
	char *copy = t->texts + t->texts_used;

	memcpy(copy, text, length);
	copy[length] = '\0';
	t->texts_used += length + 1;
	return copy;
}

static const char *keep_title(struct tracepoint *t, const struct declaration *d)
{
	char *title = keep_text(t, d->name, d->name_length);

	for (char *at = title; *at; at++)
		*at = toupper((unsigned char)*at);
	return title;
}

static int fail_field(const struct tracepoint *t, const struct declaration *d, const char *why, struct error *err)
{
	return fail(err, -EINVAL, "the format of tracepoint %s cannot be read: field '%.*s' %s", t->name,
		    (int)(d->length < 200 ? d->length : 200), d->text, why);
}

static int note_dynamic(struct tracepoint *t, const struct declaration *d, struct error *err)
{
	struct tracepoint_facts *facts = &t->facts;

	if (d->size != 4)
		return fail_field(t, d, "is dynamic, but not of 4 bytes", err);
	if (facts->nr_dynamic == TRACEPOINT_DYNAMIC_MAX)
		return fail(err, -E2BIG, "tracepoint %s has more than %d dynamic fields", t->name,
			    TRACEPOINT_DYNAMIC_MAX);
	facts->dynamic[facts->nr_dynamic].offset = d->offset;
	facts->dynamic[facts->nr_dynamic].base = d->relative ? d->offset + d->size : 0;
	facts->nr_dynamic++;
	return 0;
}

/* Bytes 0 to 7 and the kernel's own bookkeeping behind them are in the frame already, or gone. */
static bool is_common(const struct declaration *d)
{
	return d->name_length > 7 && !memcmp(d->name, "common_", 7);
}

static int add_field(struct tracepoint *t, const struct declaration *d, size_t long_bytes, struct error *err)
{
	struct field *f = &t->fields[t->args.nr_fields];
	uint64_t end = d->offset + d->size;
	int code = 0;

	if (end > TRACEPOINT_RAW_MAX)
		return fail_field(t, d, "lies beyond the longest record", err);
	if (end > t->facts.fixed_bytes)
		t->facts.fixed_bytes = end;
	if (is_common(d))
		return 0;
	if (d->offset < 8)
		return fail_field(t, d, "lies where the common fields are", err);
	if (d->located)
		code = note_dynamic(t, d, err);
	*f = (struct field){
		.name = keep_text(t, d->name, d->name_length),
		.title = keep_title(t, d),
		.doc = keep_text(t, d->text, d->length),
		.part = PART_RECORD,
		.row = FIELD_NO_ROW,
		.offset = TRACEPOINT_RAW_OFFSET + d->offset,
		.located = d->located,
		.base = TRACEPOINT_RAW_OFFSET + (d->relative ? end : 0),
	};
	declaration_choose_kind(d, long_bytes, f);
	t->args.nr_fields++;
	return code;
}

/* How long a long was where the text was made: what the first one says, or a pointer. */
static size_t find_long(struct reader text)
{
	struct reader line;
	struct declaration d;

	while (take_line(&text, &line))
		if (take_field(line, &d) && !is_common(&d) && declaration_is_long(&d) && (d.size == 4 || d.size == 8))
			return d.size;
	return sizeof(long);
}

static int read_line(struct tracepoint *t, struct reader line, size_t long_bytes, struct error *err)
{
	struct declaration d;
	uint64_t id;

	if (pass(&line, "ID:")) {
		if (!pass(&line, "") || !take_number(&line, UINT16_MAX, &id))
			return fail(err, -EINVAL, "the format of tracepoint %s cannot be read: it has no number",
				    t->name);
		t->id = id;
		return 0;
	}
	if (!pass(&(struct reader){line.at, line.end}, "field:"))
		return 0;
	if (!take_field(line, &d))
		return fail(err, -EINVAL, "the format of tracepoint %s cannot be read: '%.*s'", t->name,
			    (int)(line.end - line.at < 200 ? line.end - line.at : 200), line.at);
	if (t->args.nr_fields == FIELDS_MAX)
		return fail(err, -E2BIG, "tracepoint %s has more than %d fields", t->name, FIELDS_MAX);
	return add_field(t, &d, long_bytes, err);
}

static int read_format(struct tracepoint *t, struct reader text, struct error *err)
{
	size_t long_bytes = find_long(text);
	struct reader line;
	int code = 0;

	while (!code && take_line(&text, &line)) {
		if (pass(&line, "print fmt:")) {
			t->print_fmt = keep_text(t, line.at, text.end - line.at);
			break;
		}
		code = read_line(t, line, long_bytes, err);
	}
	if (!code && (!t->id || t->facts.fixed_bytes < 8))
		code = fail(err, -EINVAL, "the format of tracepoint %s cannot be read: it has no %s", t->name,
			    t->id ? "common fields" : "number");
	return code;
}

int tracepoint_new(const char *name, const char *format, size_t length, struct tracepoint **ret, struct error *err)
{
	struct tracepoint *t = calloc(1, sizeof(*t));
	struct reader text = {format, format + length};
	size_t nr_lines = 1;
	int code;

	for (const char *at = format; (at = memchr(at, '\n', text.end - at)) && nr_lines < FIELDS_MAX; at++)
		nr_lines++;
	if (t) {
		t->name = strdup(name);
		t->fields = calloc(nr_lines + 1, sizeof(*t->fields));
		/* Of each byte of text at most name, title, declaration, and their NULs. */
		t->texts = malloc(4 * length + 64);
	}
	if (!t || !t->name || !t->fields || !t->texts) {
		tracepoint_free(t);
		return fail(err, -ENOMEM, "no memory for tracepoint %s", name);
	}
	t->print_fmt = "";
	t->args = (struct schema){.name = t->name, .doc = "", .fields = t->fields};
	code = read_format(t, text, err);
	if (code)
		tracepoint_free(t);
	else
		*ret = t;
	return code;
}

void tracepoint_free(struct tracepoint *t)
{
	if (!t)
		return;
	free(t->fields);
	free(t->frame);
	free(t->line);
	free(t->texts);
	free(t->name);
	free(t);
}
