/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of kinds. KIND(name, json, load, text, print_json, read): only here is told how a field of a kind is read,
 * shown and compared. `time` lies in no record yet; computed fields have it.
 */
#include "schema/kind.h"

#define KINDS                                                                                                          \
	KIND(u32, "number", load_u32, print_number, json_number, read_number)                                          \
	KIND(u64, "number", load_u64, print_number, json_number, read_number)                                          \
	KIND(id, "number", load_u32, print_number, json_number, read_user)                                             \
	KIND(group, "number", load_u32, print_number, json_number, read_group)                                         \
	KIND(error, "number", load_u32, print_number, json_number, read_error)                                         \
	KIND(inum, "number", load_nonzero_u32, print_number, json_number, read_number)                                 \
	KIND(nsec, "number", load_u64, print_number, json_number, read_nanoseconds)                                    \
	KIND(hex64, "string", load_u64, print_hex, json_hex, read_number)                                              \
	KIND(flag, "boolean", load_flag, print_flag, json_flag, read_flag)                                             \
	KIND(dev, "number", load_dev, print_number, json_number, read_number)                                          \
	KIND(comm, "string", load_comm, print_bytes, json_bytes, read_text)                                            \
	KIND(text, "string", load_text, print_bytes, json_bytes, read_text)                                            \
	KIND(tty, "string", load_tty, print_bytes, json_bytes, read_text)                                              \
	KIND(path, "string", load_path, print_bytes, json_bytes, read_text)                                            \
	KIND(strings, "array", load_strings, print_strings, json_strings, read_text)                                   \
	KIND(keys, "array", load_keys, print_keys, json_keys, read_text)                                               \
	KIND(cpu, "number", load_known_u32, print_number, json_number, read_number)                                    \
	KIND(number, "number", load_known_u64, print_number, json_number, read_number)                                 \
	KIND(signal, "number", load_nonzero_u32, print_number, json_number, read_signal)                               \
	KIND(cause, "string", load_cause, print_bytes, json_bytes, read_text)                                          \
	KIND(type, "string", load_type, print_bytes, json_bytes, read_text)                                            \
	KIND(level, "string", load_level, print_bytes, json_bytes, read_text)                                          \
	KIND(time, "string", load_u64, print_time, json_time, read_nothing)                                            \
	KIND(duration, "number", load_u64, print_duration, json_number, read_nanoseconds)                              \
	KIND(size, "number", load_u64, print_size, json_number, read_number)                                           \
	KIND(records, "array", load_nothing, print_records, json_records, read_nothing)                                \
	KIND(record, "object", load_record, print_record, json_record, read_nothing)                                   \
	KIND(u8, "number", load_u8, print_number, json_number, read_number)                                            \
	KIND(u16, "number", load_u16, print_number, json_number, read_number)                                          \
	KIND(s8, "number", load_s8, print_number, json_number, read_signed)                                            \
	KIND(s16, "number", load_s16, print_number, json_number, read_signed)                                          \
	KIND(s32, "number", load_s32, print_number, json_number, read_signed)                                          \
	KIND(s64, "number", load_s64, print_number, json_number, read_signed)                                          \
	KIND(boolean, "boolean", load_boolean, print_flag, json_flag, read_flag)                                       \
	KIND(pointer, "string", load_pointer, print_pointer, json_pointer, read_number)                                \
	KIND(chars, "string", load_chars, print_bytes, json_bytes, read_text)                                          \
	KIND(integers, "array", load_integers, print_integers, json_integers, read_signed)                             \
	KIND(cpumask, "array", load_cpumask, print_integers, json_integers, read_number)                               \
	KIND(json, "array", load_nothing, print_bytes, json_itself, read_nothing)

const struct kind kinds[KIND_MAX] = {
#define KIND(kind_name, json_type, loader, text_printer, json_printer, reader)                                         \
	[KIND_##kind_name] = {                                                                                         \
		.name = #kind_name,                                                                                    \
		.json = json_type,                                                                                     \
		.load = loader,                                                                                        \
		.print_text = text_printer,                                                                            \
		.print_json = json_printer,                                                                            \
		.read = reader,                                                                                        \
	},
	KINDS
#undef KIND
};

/* As many rows as kinds, and a second row for one kind is a warning: so each has one. */
enum {
#define KIND(kind_name, ...) ROW_##kind_name,
	KINDS
#undef KIND
		NR_ROWS
};
_Static_assert(NR_ROWS == (int)KIND_MAX, "every kind needs a row in the table");
