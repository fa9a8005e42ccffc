/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes values: for people, and as JSON. One line always; a value keeps to the type that its kind gives it. */
#include "schema/kind.h"

#include <string.h>

#include "base/clock.h"
#include "base/digits.h"
#include "base/json.h"
#include "base/shell.h"
#include "base/utf8.h"

void print_number(const struct event *e, const struct value *v, struct buffer *out)
{
	(void)e;
	if (v->type == VALUE_SINT)
		buffer_append_s64(out, v->s);
	else
		buffer_append_u64(out, v->u);
}

bool json_number(const struct event *e, const struct value *v, struct buffer *out)
{
	print_number(e, v, out);
	return true;
}

/* All 16 digits, as in the lines Cap* of /proc/PID/status. */
void print_hex(const struct event *e, const struct value *v, struct buffer *out)
{
	char digits[DIGITS_HEX_MAX];
	size_t nr_digits = digits_put_hex(digits, v->u);

	(void)e;
	buffer_append(out, "0000000000000000", DIGITS_HEX_MAX - nr_digits);
	buffer_append(out, digits, nr_digits);
}

bool json_hex(const struct event *e, const struct value *v, struct buffer *out)
{
	buffer_append_char(out, '"');
	print_hex(e, v, out);
	buffer_append_char(out, '"');
	return true;
}

void print_flag(const struct event *e, const struct value *v, struct buffer *out)
{
	(void)e;
	if (v->b)
		buffer_append(out, "true", 4);
	else
		buffer_append(out, "false", 5);
}

bool json_flag(const struct event *e, const struct value *v, struct buffer *out)
{
	print_flag(e, v, out);
	return true;
}

void print_bytes(const struct event *e, const struct value *v, struct buffer *out)
{
	(void)e;
	buffer_append_visible(out, v->text.data, v->text.length);
}

bool json_bytes(const struct event *e, const struct value *v, struct buffer *out)
{
	(void)e;
	return json_append_string(out, v->text.data, v->text.length);
}

bool json_itself(const struct event *e, const struct value *v, struct buffer *out)
{
	(void)e;
	buffer_append(out, v->text.data, v->text.length);
	return true;
}

void print_strings(const struct event *e, const struct value *v, struct buffer *out)
{
	const char *at = v->text.data, *end = at + v->text.length;

	(void)e;
	while (at < end) {
		size_t length = strnlen(at, end - at);

		shell_append_word(out, at, length);
		at += length + 1;
		if (at < end)
			buffer_append_char(out, ' ');
	}
}

bool json_strings(const struct event *e, const struct value *v, struct buffer *out)
{
	const char *at = v->text.data, *end = at + v->text.length;
	bool exact = true;

	(void)e;
	buffer_append_char(out, '[');
	while (at < end) {
		size_t length = strnlen(at, end - at);

		exact &= json_append_string(out, at, length);
		at += length + 1;
		if (at < end)
			buffer_append_char(out, ',');
	}
	buffer_append_char(out, ']');
	return exact;
}

/* Appends the names of the rows, each between `quote`s, with commas between. */
static void append_keys(const struct event *e, uint64_t rows, const char *quote, struct buffer *out)
{
	const char *comma = "";

	for (size_t i = 0; i < e->schema->nr_fields; i++) {
		const struct field *f = &e->schema->fields[i];

		if (f->internal || f->row >= 64 || !(rows & 1ULL << f->row))
			continue;
		buffer_append_text(out, comma);
		buffer_append_text(out, quote);
		buffer_append_text(out, f->name);
		buffer_append_text(out, quote);
		comma = ",";
	}
}

void print_keys(const struct event *e, const struct value *v, struct buffer *out)
{
	append_keys(e, v->u, "", out);
}

bool json_keys(const struct event *e, const struct value *v, struct buffer *out)
{
	buffer_append_char(out, '[');
	append_keys(e, v->u, "\"", out);
	buffer_append_char(out, ']');
	return true;
}

void print_time(const struct event *e, const struct value *v, struct buffer *out)
{
	(void)e;
	clock_append_utc(out, v->u, 9);
}

bool json_time(const struct event *e, const struct value *v, struct buffer *out)
{
	buffer_append_char(out, '"');
	print_time(e, v, out);
	buffer_append_char(out, '"');
	return true;
}
