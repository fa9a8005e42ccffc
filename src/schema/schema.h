/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events as data: a schema is an array of fields, an event is a schema and the parts that its fields lie in. Everything
 * that prints, filters or documents is a loop over that array. Knows nothing of processes, rings or files.
 */
#ifndef SCHEMA_SCHEMA_H
#define SCHEMA_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "schema/literal.h"
#include "schema/scratch.h"

struct event;
struct field;

/* What a field of an event holds. Memory belongs to the event or to its scratch: valid until the next event. */
enum value_type {
	VALUE_ABSENT, /* not known, or there is none */
	VALUE_UINT,
	VALUE_SINT,
	VALUE_BOOL,
	VALUE_TEXT,	/* bytes, any value but NUL as a rule */
	VALUE_LIST,	/* strings one after the other, each ended by NUL; the last may lack it */
	VALUE_RECORDS,	/* events inside this one */
	VALUE_RECORD,	/* fields inside this event, read by event_get like any other of it */
	VALUE_INTEGERS, /* several of one size; see value_integer */
	VALUE_KEYS,	/* set of field names of the event's schema: bit N is the field whose `row` is N */
	VALUE_TYPE_MAX,
};

struct value {
	enum value_type type;
	union {
		uint64_t u;
		int64_t s;
		bool b;
		struct {
			const char *data;
			size_t length;
		} text; /* VALUE_TEXT and VALUE_LIST */
		struct {
			const struct event *items;
			size_t nr;
		} records;		      /* VALUE_RECORDS */
		const struct schema *members; /* VALUE_RECORD */
		struct {
			const void *data; /* not aligned */
			size_t nr;
			uint8_t item_bytes; /* 1, 2, 4 or 8 */
			bool is_signed;
		} integers; /* VALUE_INTEGERS */
	};
};

/* How a field is stored, printed and compared with literals: only the kind knows. Table in kinds.c. */
enum kind_id {
	KIND_u32,
	KIND_u64,
	KIND_id,
	KIND_group,
	KIND_error,
	KIND_inum,
	KIND_nsec,
	KIND_hex64,
	KIND_flag,
	KIND_dev,
	KIND_comm,
	KIND_text,
	KIND_tty,
	KIND_path,
	KIND_strings,
	KIND_keys,
	KIND_cpu,
	KIND_number,
	KIND_signal,
	KIND_cause,
	KIND_type,
	KIND_level,
	KIND_time,     /* computed: nanoseconds since 1970, UTC */
	KIND_duration, /* nanoseconds; for people with a unit */
	KIND_size,     /* computed: bytes; for people with a unit */
	KIND_records,  /* computed: events inside the event */
	KIND_record,   /* fields inside the event */
	/* Of tracepoints, as C has them: */
	KIND_u8,
	KIND_u16,
	KIND_s8,
	KIND_s16,
	KIND_s32,
	KIND_s64,
	KIND_boolean, /* one byte */
	KIND_pointer,
	KIND_chars,    /* char[]: text up to its NUL */
	KIND_integers, /* an array of them */
	KIND_cpumask,
	KIND_json, /* computed: text that is a JSON array already */
	KIND_MAX,
};

struct kind {
	const char *name;
	const char *json; /* "number", "string", "boolean" or "array" */
	/* Reads the stored bytes at `at` (inside part `f->part` of `e`); checks spans against the part's size. */
	void (*load)(const struct field *f, const struct event *e, const void *at, struct value *ret_value);
	/* Appends for people: one line, nothing that moves a terminal; escaped so that it can be read back. */
	void (*print_text)(const struct event *e, const struct value *v, struct buffer *out);
	/* Appends one JSON value; false where that is not exact, because bytes were not UTF-8. */
	bool (*print_json)(const struct event *e, const struct value *v, struct buffer *out);
	/*
	 * Reads what a person writes to compare the field with: a number, a flag or a text (which lies in the literal).
	 * Returns 0, or -EINVAL described: what the field is.
	 */
	int (*read)(const struct field *f, const struct literal *l, const struct literal_names *names,
		    struct value *ret_value, struct error *err);
};
extern const struct kind kinds[KIND_MAX];

enum event_part {
	PART_RECORD, /* the kernel's record, contiguous */
	PART_SECOND, /* of a joined event: the second record */
	PART_MAX,
};

#define FIELD_NO_ROW 0xff

struct field {
	const char *name;  /* JSON key = column = filter word */
	const char *title; /* column heading */
	const char *doc;   /* one sentence */
	enum kind_id kind;
	uint8_t part;	 /* enum event_part */
	uint8_t row;	 /* row number of the event type (bit in VALUE_KEYS), or FIELD_NO_ROW */
	uint32_t offset; /* bytes from the start of the part */
	uint32_t size;	 /* bytes */
	bool internal;	 /* feeds other fields; never shown */
	/* KIND_chars, KIND_integers, KIND_cpumask: at `offset` lies where the value is (__data_loc: 16 bits offset from
	 * `base`, 16 bits length), not itself. */
	bool located;
	uint32_t base;	    /* bytes from the start of the part */
	uint8_t item_bytes; /* of each integer: 1, 2, 4 or 8 */
	bool item_signed;
	const struct schema
		*members; /* KIND_record: the fields inside it; their offsets count from the part's start too */
	/* Computed fields: reads the value instead of kind->load. `context` is the one given with the field. */
	void (*get)(const struct event *e, void *context, struct value *ret_value);
	void *context;
	/* Computed fields: rows of the record that `get` reads (bits): collected where this field is wanted. */
	uint64_t needs;
};

/* A column that a table shows by itself, without --fields. */
struct schema_column {
	const char *title;
	const char *field; /* its name; or NULL, then: */
	const char *line;  /* a template, as of struct schema; NULL: the command line */
	uint8_t width;
	bool right;
	bool spare; /* left out where a terminal has too little room for the last column */
};

struct schema {
	const char *name; /* value of the key `event` */
	const char *doc;
	const struct field *fields;
	size_t nr_fields;
	bool control; /* lost, log, ...: never filtered, never reduced by --fields */
	bool counted; /* a control event that counts as written where it is, as others do */
	bool alarm;   /* a control event that is not to be overlooked */
	/*
	 * The event in one line for people: text with {names} of fields. A part in [brackets] is left out where one of
	 * its fields is absent; elsewhere absent is "-".
	 */
	const char *line;
	/* The same of whose event it is: stands in front of the line where no columns say so. NULL: the line says all.
	 */
	const char *who;
	/* Columns of the table where such events are shown, ended by one without a title; NULL: the usual ones. */
	const struct schema_column *columns;
	uint32_t unreadable_offset; /* bytes into PART_RECORD of the kind_keys that marks rows as unreadable; 0: it has
				       none */
};

struct event {
	const struct schema *schema;
	struct {
		const void *data;
		size_t size; /* bytes */
	} parts[PART_MAX];
	struct scratch
		*scratch; /* for values that must be put together; reset before each event by whoever owns the event */
};

/* Reads one field. Absent where the record is too short, the span lies outside it, or the row is marked unreadable. */
void event_get(const struct event *e, const struct field *f, struct value *ret_value);

/*
 * Appends a template of names over the event's fields (struct schema, `line`), filled in. Ends without a newline.
 */
void event_append_line(struct buffer *out, const struct event *e, const char *line);

/* Looks up a field that users may name; NULL where there is none. */
const struct field *schema_find_field(const struct schema *s, const char *name);

/*
 * What a user means by a name: a field of the event type; else NAME.MEMBER, a field inside the one of kind `record`;
 * else a field that only is inside of one. Either is read by event_get. *ret_record, which may be NULL, is the field
 * that it is inside of, or NULL. Returns NULL where there is none.
 */
const struct field *schema_resolve(const struct schema *s, const char *name, const struct field **ret_record);

/* Item `i` of VALUE_INTEGERS, as VALUE_UINT or VALUE_SINT. */
struct value value_integer(const struct value *v, size_t i);

/* The field of a row of the event type, internal ones too; NULL where there is none. */
const struct field *schema_find_row(const struct schema *s, unsigned int row);

/* The built-in event types, without the computed fields. */
extern const struct schema schema_exec;
extern const struct schema schema_exec_fail;
extern const struct schema schema_exit;
extern const struct schema schema_fork;
extern const struct schema schema_snapshot;
extern const struct schema schema_lost;
extern const struct schema schema_tracepoint; /* the frame that each tracepoint's event has (schema/tracepoint.h) */
extern const struct schema schema_log;

/*
 * A copy of `base` with computed fields put in, each behind the field named `after` ("" = first; several keep their
 * order). New memory, released by schema_free. Returns NULL where memory ran out or `after` names no field.
 */
struct computed_field {
	struct field field;
	const char *after;
};
struct schema *schema_extend(const struct schema *base, const struct computed_field *rows, size_t nr_rows);
void schema_free(struct schema *s);

#endif
