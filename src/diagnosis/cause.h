/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of what can be wrong with a program of eBPF, in plain words. The rows are in causes.rows.h. */
#ifndef DIAGNOSIS_CAUSE_H
#define DIAGNOSIS_CAUSE_H

#include <stddef.h>

#include "base/buffer.h"

/* Who says so. */
enum voice {
	VOICE_VERIFIER,
	VOICE_LIBBPF,
	VOICE_CLANG,
	VOICE_MAX,
};

#define CAUSE_PATTERNS_MAX 8

struct cause {
	const char *name;
	enum voice voice;
	const char *sentence; /* without a full stop */
	const char *fix;      /* the next step */
	const char *patterns[CAUSE_PATTERNS_MAX + 1];
};

extern const struct cause causes[];
extern const size_t nr_causes;

/* The first row with a pattern for this line; NULL where there is none. */
const struct cause *cause_find(const char *line, size_t length);

/* Appends docs/errors.md: the table as markdown. */
void causes_print_markdown(struct buffer *out);

#endif
