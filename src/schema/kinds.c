/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of kinds. KIND(name, json, load, text, print_json): only here is told how a field of a kind is read and
 * shown. `time` lies in no record yet; computed fields have it.
 */
#include "schema/kind.h"

#define KINDS                                                                                                          \
	KIND(u32, "number", load_u32, print_number, json_number)                                                       \
	KIND(u64, "number", load_u64, print_number, json_number)                                                       \
	KIND(id, "number", load_u32, print_number, json_number)                                                        \
	KIND(inum, "number", load_nonzero_u32, print_number, json_number)                                              \
	KIND(nsec, "number", load_u64, print_number, json_number)                                                      \
	KIND(hex64, "string", load_u64, print_hex, json_hex)                                                           \
	KIND(flag, "boolean", load_flag, print_flag, json_flag)                                                        \
	KIND(dev, "number", load_dev, print_number, json_number)                                                       \
	KIND(comm, "string", load_comm, print_bytes, json_bytes)                                                       \
	KIND(text, "string", load_text, print_bytes, json_bytes)                                                       \
	KIND(tty, "string", load_tty, print_bytes, json_bytes)                                                         \
	KIND(path, "string", load_path, print_bytes, json_bytes)                                                       \
	KIND(strings, "array", load_strings, print_strings, json_strings)                                              \
	KIND(keys, "array", load_keys, print_keys, json_keys)                                                          \
	KIND(cpu, "number", load_known_u32, print_number, json_number)                                                 \
	KIND(number, "number", load_known_u64, print_number, json_number)                                              \
	KIND(signal, "number", load_nonzero_u32, print_number, json_number)                                            \
	KIND(cause, "string", load_cause, print_bytes, json_bytes)                                                     \
	KIND(type, "string", load_type, print_bytes, json_bytes)                                                       \
	KIND(level, "string", load_level, print_bytes, json_bytes)                                                     \
	KIND(time, "string", load_u64, print_time, json_time)                                                          \
	KIND(duration, "number", load_u64, print_duration, json_number)                                                \
	KIND(size, "number", load_u64, print_size, json_number)                                                        \
	KIND(records, "array", load_nothing, print_records, json_records)                                              \
	KIND(record, "object", load_record, print_record, json_record)                                                 \
	KIND(u8, "number", load_u8, print_number, json_number)                                                         \
	KIND(u16, "number", load_u16, print_number, json_number)                                                       \
	KIND(s8, "number", load_s8, print_number, json_number)                                                         \
	KIND(s16, "number", load_s16, print_number, json_number)                                                       \
	KIND(s32, "number", load_s32, print_number, json_number)                                                       \
	KIND(s64, "number", load_s64, print_number, json_number)                                                       \
	KIND(boolean, "boolean", load_boolean, print_flag, json_flag)                                                  \
	KIND(pointer, "string", load_pointer, print_pointer, json_pointer)                                             \
	KIND(chars, "string", load_chars, print_bytes, json_bytes)                                                     \
	KIND(integers, "array", load_integers, print_integers, json_integers)                                          \
	KIND(cpumask, "array", load_cpumask, print_integers, json_integers)                                            \
	KIND(json, "array", load_nothing, print_bytes, json_itself)

const struct kind kinds[KIND_MAX] = {
#define KIND(kind_name, json_type, loader, text_printer, json_printer)                                                 \
	[KIND_##kind_name] = {                                                                                         \
		.name = #kind_name,                                                                                    \
		.json = json_type,                                                                                     \
		.load = loader,                                                                                        \
		.print_text = text_printer,                                                                            \
		.print_json = json_printer,                                                                            \
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
