/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to schema/: the functions that the table of kinds (kinds.c) is filled with. */
#ifndef SCHEMA_KIND_H
#define SCHEMA_KIND_H

#include "schema/schema.h"

typedef void kind_load(const struct field *f, const struct event *e, const void *at, struct value *ret_value);
typedef void kind_print_text(const struct event *e, const struct value *v, struct buffer *out);
typedef bool kind_print_json(const struct event *e, const struct value *v, struct buffer *out);

kind_load load_u32, load_u64, load_known_u32, load_known_u64, load_nonzero_u32, load_flag, load_dev, load_comm,
	load_text, load_tty, load_path, load_strings, load_keys, load_cause, load_type, load_level, load_nothing,
	load_record, load_u8, load_u16, load_s8, load_s16, load_s32, load_s64, load_boolean, load_pointer, load_chars,
	load_integers, load_cpumask;
kind_print_text print_number, print_hex, print_flag, print_bytes, print_strings, print_keys, print_time, print_duration,
	print_size, print_records, print_record, print_pointer, print_integers;
kind_print_json json_number, json_hex, json_flag, json_bytes, json_strings, json_keys, json_time, json_records,
	json_record, json_pointer, json_integers, json_itself;

typedef int kind_read(const struct field *f, const struct literal *l, const struct literal_names *names,
		      struct value *ret_value, struct error *err);

kind_read read_number, read_signed, read_nanoseconds, read_user, read_group, read_signal, read_error, read_flag,
	read_text, read_nothing;

/* The bytes of the span stored at `at`, whole inside the part that `f` lies in; NULL where it is not. */
const char *load_span(const struct field *f, const struct event *e, const void *at, size_t *ret_length);

#endif
