/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * User space's side of klog: the table of sites out of the BPF object, which of them log, and records as values and
 * text. Needs libelf and nothing else. Trusts neither object nor record: what does not fit is refused, never read.
 */
#ifndef KLOG_KLOG_READ_H
#define KLOG_KLOG_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "klog.h"

/* A line of source that logs. Texts belong to the table. */
struct klog_place {
	unsigned int number; /* index into klog_on */
	enum klog_level level;
	const char *format;
	const char *file;
	unsigned int line;
	const char *function;
	unsigned int nr_args;
	unsigned int string_bytes;
	uint16_t arrays[KLOG_ARGS_MAX];
};

struct klog_table;

/*
 * Reads the sites of a BPF object that lies in memory (NAME__elf_bytes of a skeleton, or a file read). All that is
 * needed is copied. Returns 0, -ENOENT where the object has no sites, -EINVAL where it is damaged, -ENOMEM. The table
 * belongs to the caller, who gives it to klog_table_close.
 */
int klog_table_open(const void *object, size_t bytes, struct klog_table **ret);
void klog_table_close(struct klog_table *t);

/* The sites, in the order of the source. */
size_t klog_table_count(const struct klog_table *t);
const struct klog_place *klog_table_at(const struct klog_table *t, size_t index);

/* The site of a record's id; NULL where it is none of this object. */
const struct klog_place *klog_table_find(const struct klog_table *t, uint64_t id);

/*
 * The program that a record's id comes from; of a subprogram that is not inlined its own name, for it may belong to
 * several programs. NULL where the object does not tell.
 */
const char *klog_table_program(const struct klog_table *t, uint64_t id);

/* "off", "error", "warn", "info", "debug", "trace"; NULL beyond. */
const char *klog_level_name(enum klog_level level);

/* The variable klog_on as it will be loaded: a byte for each site. */
struct klog_switches {
	unsigned char *on;
	size_t nr; /* sizeof klog_on */
};

/* Fills all switches: a site logs where its level is `level` or a more serious one. */
void klog_choose(const struct klog_table *t, enum klog_level level, const struct klog_switches *s);

/*
 * Switches the sites in line `line` of a file, whose path may be given from any folder on ("path.bpf.h" means
 * "src/bpf/path.bpf.h"). Returns how many there are.
 */
size_t klog_choose_site(const struct klog_table *t, const char *file, unsigned int line, bool log,
			const struct klog_switches *s);

/* The same without switching: whether a site lies there. */
bool klog_place_is_at(const struct klog_place *p, const char *file, unsigned int line);

enum klog_value_type {
	KLOG_VALUE_SIGNED,
	KLOG_VALUE_UNSIGNED,
	KLOG_VALUE_POINTER,
	KLOG_VALUE_TEXT,
	KLOG_VALUE_BYTES, /* of %*ph */
};

/* One argument. Bytes lie in the record. */
struct klog_value {
	enum klog_value_type type;
	enum klog_string_state state; /* of texts and bytes */
	union {
		uint64_t u; /* of unsigned numbers and pointers */
		int64_t s;
		struct {
			const char *data;
			size_t length;
		} text;
	};
};

/*
 * Takes the values of a record apart; `values` points behind the record's head, at a multiple of 8, and has `bytes`
 * bytes. `ret` has room for KLOG_ARGS_MAX. Returns how many there are, or -EINVAL where record and site do not go
 * together.
 */
int klog_unpack(const struct klog_place *p, const void *values, size_t bytes, struct klog_value *ret);

/*
 * The message: the format with the values put in. Strings go in as they are, whatever bytes they hold. Writes at most
 * `room` bytes and no NUL; returns how many the whole message has.
 */
size_t klog_message(const struct klog_place *p, const struct klog_value *values, int nr_values, char *to, size_t room);

/*
 * A record of klog_ring (struct klog_record) as one line without its end: SECONDS LEVEL PROGRAM: MESSAGE. Bytes that
 * are not printable ASCII are written \xNN. NUL-terminated as by snprintf; returns the bytes that the whole line has
 * without the NUL, or -EINVAL where the record is not one of this object.
 */
int klog_line(const struct klog_table *t, const void *record, size_t bytes, char *to, size_t room);

#endif
