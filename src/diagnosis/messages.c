/* SPDX-License-Identifier: GPL-2.0-only */
/* Any text: finds in it the messages of clang, line by line, and those of a load, block by block. */
#include <string.h>

#include "base/glob.h"
#include "diagnosis/lines.h"

static bool fits(const struct slice *line, const char *pattern)
{
	return glob_match(pattern, line->data, line->length);
}

/* clang's verdict on its own crash, and what counts the errors, tell no cause. */
static bool is_clang(const struct slice *line)
{
	return (fits(line, "*error: *") || fits(line, "*warning: *")) && !fits(line, "clang: *") &&
	       !fits(line, "*Error *: *");
}

/* The end of what is said of one program. */
static bool ends_block(const struct slice *line)
{
	return fits(line, "*-- END PROG LOAD LOG --*") || fits(line, "processed * insns (limit *");
}

/* "FILE:LINE:COLUMN: error: ..."; the line behind it shows the source. */
static void take_place(const struct slice *line, const struct slice *next, struct diagnosis *d)
{
	const char *end = line->data + line->length, *colon = memchr(line->data, ':', line->length);

	if (!colon || !lines_read_number(colon + 1, end, &d->line))
		return;
	d->file = (struct slice){line->data, colon - line->data};
	if (next->length && (next->data[0] == ' ' || next->data[0] == '\t' || next->data[0] == '#'))
		d->code = *next;
	while (d->code.length && (d->code.data[0] == ' ' || d->code.data[0] == '\t'))
		d->code.data++, d->code.length--;
}

/* From "error: " on: what does not change where one cause is told of several places. */
static struct slice words_of(const struct slice *reason)
{
	const char *at = lines_find_last(reason, "error: ");

	return at ? (struct slice){at, reason->data + reason->length - at} : *reason;
}

static bool is_repetition(const struct diagnosis *a, const struct diagnosis *b)
{
	struct slice x = words_of(&a->reason), y = words_of(&b->reason);

	return a->reason.data && a->cause == b->cause && x.length == y.length && !memcmp(x.data, y.data, x.length);
}

/* A warning is told where its cause is known, an error always. */
static bool diagnose_clang(const struct slice *line, const char *rest, const char *end, struct diagnosis *ret)
{
	struct slice next = {NULL, 0};
	struct diagnosis d = {.cause = cause_find(line->data, line->length), .reason = *line};

	if (!d.cause && !fits(line, "*error: *"))
		return false;
	lines_next(&rest, end, &next);
	take_place(line, &next, &d);
	*ret = d;
	return true;
}

/* Looks for the next message; repetitions are not passed over yet. */
static bool find_next(struct diagnosis_walk *walk, struct diagnosis *ret)
{
	const char *block = walk->at;
	struct slice line;

	while (lines_next(&walk->at, walk->end, &line)) {
		if (is_clang(&line)) {
			if (diagnose_clang(&line, walk->at, walk->end, ret))
				return true;
		} else if (ends_block(&line) && diagnose(block, walk->at - block, ret)) {
			return true;
		}
	}
	/* What is left is no whole log: only what is known in it is told. */
	return block < walk->end && diagnose(block, walk->end - block, ret) && ret->cause;
}

bool diagnose_next(struct diagnosis_walk *walk, struct diagnosis *ret)
{
	while (find_next(walk, ret)) {
		bool again = is_repetition(&walk->last, ret);

		walk->last = *ret;
		if (!again)
			return true;
	}
	return false;
}
