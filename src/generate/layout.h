/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a tracepoint hands to a BPF program, as a table for the generators: the record of the classic hook (from a
 * format text, from BTF, or both), or the arguments of tp_btf. Prints nothing and reads no tracefs.
 */
#ifndef GENERATE_LAYOUT_H
#define GENERATE_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct btf;

enum layout_kind {
	LAYOUT_NUMBER,	/* 1, 2, 4 or 8 bytes */
	LAYOUT_POINTER, /* an address, printed as such */
	LAYOUT_TEXT,	/* characters up to a NUL, or to the end */
	LAYOUT_NUMBERS, /* an array of numbers */
	LAYOUT_CPUS,	/* a bit per CPU, in longs */
	LAYOUT_BYTES,	/* a struct, or what the source does not tell */
	LAYOUT_STRING,	/* tp_btf only: the address of a text in the kernel */
};

enum layout_place {
	LAYOUT_IN_PLACE,
	LAYOUT_DATA_LOC, /* behind a u32: offset from the start of the record, and bytes << 16 */
	LAYOUT_REL_LOC,	 /* the same, offset from the end of the u32 */
};

struct layout_field {
	char *name;	/* the kernel's */
	char *word;	/* the same, where it must be a member in any C program: not a keyword, not a known macro */
	char *type;	/* as the source spells it; "" where it does not */
	char *accessor; /* how the record's type calls it: "pid", "args[2]"; "" where it is reached by its offset */
	const char
		*through; /* tp_btf only: the struct behind the argument, of which `accessor` is a member; else NULL */
	enum layout_kind kind;
	enum layout_place place;
	uint32_t offset, bytes; /* in the record */
	uint32_t item_bytes;	/* of an array's items; those of a number */
	bool is_signed;
	uint32_t btf_type; /* of the member that `accessor` names */
};

struct layout {
	char *category, *name;
	char *prefix;	       /* the name as the beginning of C identifiers */
	char *record_type;     /* struct in the BTF, trace_event_raw_...; "" where none fits: offsets are fixed */
	bool is_arguments;     /* of tp_btf: field i is the argument i */
	const struct btf *btf; /* borrowed; has the types */
	struct btf *module;    /* of layout_find_module; else NULL */
	struct layout_field *fields;
	size_t nr_fields;
};

/* Takes "CATEGORY:NAME" apart. -EINVAL, described, where it is not that. */
int layout_init(struct layout *l, const char *words, struct error *err);

/* Releases the memory; zero is good too. */
void layout_done(struct layout *l);

/*
 * Where the tracepoint is not the kernel's own but a module's: loads that one's BTF from `directory` (MODULES_BTF) as
 * l->module, which belongs to `l` and needs `kernel` as long. False where no module has it.
 */
#define MODULES_BTF "/sys/kernel/btf"
bool layout_find_module(struct layout *l, struct btf *kernel, const char *directory);

/* Adds a field; texts are copied, `word` is found. -ENOMEM, described. */
int layout_add(struct layout *l, const struct layout_field *field, struct error *err);

/*
 * Adds the fields of a format text as tracefs has them (events/CATEGORY/NAME/format). Those common to all events are
 * left out: a BPF program does not see them. -EINVAL, described, where it is no such text.
 */
int layout_read_format(struct layout *l, const char *text, size_t length, struct error *err);

/*
 * Finds the struct of the record in `btf` for fields that are known from a format text, and notes how it calls each.
 * Where none has all of them, record_type stays "": offsets then are those of the text.
 */
int layout_match(struct layout *l, const struct btf *btf, struct error *err);

/* The fields from BTF alone. -ENOENT, described with a hint, where it does not tell. */
int layout_read_btf(struct layout *l, const struct btf *btf, struct error *err);

/* Describes (-ENOENT) that there is no such tracepoint, with what it may have been meant to be. */
int layout_fail_unknown(const struct layout *l, const struct btf *btf, struct error *err);

/* The arguments that a program of type tp_btf gets. -ENOENT, described with a hint, where BTF has no such tracepoint.
 */
int layout_read_arguments(struct layout *l, const struct btf *btf, struct error *err);

#endif
