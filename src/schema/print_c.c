/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes values that tracepoints have: addresses and arrays of integers. */
#include "schema/kind.h"

/* Hexadecimal, as addresses are compared; in JSON a string, since readers keep 53 bits of a number. */
void print_pointer(const struct event *e, const struct value *v, struct buffer *out)
{
	(void)e;
	buffer_append(out, "0x", 2);
	buffer_append_hex(out, v->u);
}

bool json_pointer(const struct event *e, const struct value *v, struct buffer *out)
{
	buffer_append_char(out, '"');
	print_pointer(e, v, out);
	buffer_append_char(out, '"');
	return true;
}

void print_integers(const struct event *e, const struct value *v, struct buffer *out)
{
	buffer_append_char(out, '[');
	for (size_t i = 0; i < v->integers.nr; i++) {
		struct value item = value_integer(v, i);

		if (i)
			buffer_append_char(out, ',');
		print_number(e, &item, out);
	}
	buffer_append_char(out, ']');
}

bool json_integers(const struct event *e, const struct value *v, struct buffer *out)
{
	print_integers(e, v, out);
	return true;
}
