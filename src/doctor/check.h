/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a program of eBPF on a tracepoint needs of the machine, found out by trying it as the user who asks. Loads tiny
 * programs and attaches them where that is harmless; all is gone when a check returns.
 */
#ifndef DOCTOR_CHECK_H
#define DOCTOR_CHECK_H

#include <stddef.h>

#include "base/buffer.h"
#include "doctor/look.h"
#include "schema/schema.h"

enum check_state {
	CHECK_OK,
	CHECK_MISSING,
	CHECK_UNKNOWN, /* could not be found out as this user */
	CHECK_STATE_MAX,
};

enum check_severity {
	CHECK_NEEDED,	/* observer cannot run without it */
	CHECK_USEFUL,	/* observer does without, and less well or with less */
	CHECK_OPTIONAL, /* for other programs: observer does not use it */
	CHECK_SEVERITY_MAX,
};

struct check;

struct finding {
	const struct check *check;
	enum check_state state;
	char found[400]; /* what there is, or why not; "" where the state says all */
};

/* A row of the table in checks.c. */
struct check {
	const char *group, *name;
	enum check_severity severity;
	void (*probe)(const struct check *check, struct finding *ret);
	const void *argument; /* of the probe */
	const char *effect;   /* what follows where it is missing: a sentence without a full stop */
	const char *hint;     /* the next step then; NULL: none */
};

extern const struct check checks[];
extern const size_t nr_checks;

/* Makes one check. */
void check_make(const struct check *check, struct finding *ret);

/* For probes: the state, and what was found. */
void check_found(struct finding *f, enum check_state state, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Findings of one state and severity. */
size_t checks_count(const struct finding *findings, size_t nr, enum check_state state, enum check_severity severity);

/* Appends the page for people: all findings by group, and what they come to. */
void checks_print(const struct finding *findings, size_t nr, const struct look *look, struct buffer *out);

/* A finding as an event: PART_RECORD is a struct check_row. */
struct check_row {
	struct slice group, name, status, severity, found, effect, hint;
};
void check_fill_row(const struct finding *f, struct check_row *ret);
extern const struct schema schema_check;

#endif
