/* SPDX-License-Identifier: GPL-2.0-only */
/* One program's messages: what comes behind the last instruction that the verifier looked at tells why it stopped. */
#include "diagnosis/diagnosis.h"

#include <ctype.h>
#include <string.h>

#include "base/glob.h"
#include "diagnosis/lines.h"

/* Lines of an unknown cause that are shown. */
#define LAST_LINES 8

static size_t count_digits(const struct slice *line, size_t at)
{
	size_t begin = at;

	while (at < line->length && isdigit((unsigned char)line->data[at]))
		at++;
	return at - begin;
}

/* "12: (85) call ...": the verifier has come to this instruction. */
static bool is_instruction(const struct slice *line)
{
	size_t at = count_digits(line, 0);

	return at && line->length >= at + 6 && line->data[at] == ':' && line->data[at + 2] == '(' &&
	       line->data[at + 5] == ')';
}

static bool is_statistic(const struct slice *line)
{
	static const char *const patterns[] = {
		"",
		"processed * insns (limit *",
		"verification time * usec",
		"stack depth *",
		"peak_states *",
		"*-- * PROG LOAD LOG --*",
		"arg#* size cannot be determined*",
		"func '*' arg* has btf_id *",
	};

	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		if (glob_match(patterns[i], line->data, line->length))
			return true;
	return false;
}

/* "CODE @ FILE:LINE", as the kernel has it from Linux 6.10 on. */
static bool take_place(const struct slice *line, struct diagnosis *d)
{
	const char *at = lines_find_last(line, " @ "), *colon;

	if (!at)
		return false;
	colon = memrchr(at, ':', line->data + line->length - at);
	if (!colon || !lines_read_number(colon + 1, line->data + line->length, &d->line) || !d->line)
		return false;
	d->file = (struct slice){at + 3, colon - at - 3};
	d->code.length = at > d->code.data ? at - d->code.data : 0;
	return true;
}

/* Lines of source begin with "; ", those of a loop in the graph with the instruction's number before it. */
static bool take_source(const struct slice *line, struct diagnosis *d)
{
	size_t skip = count_digits(line, 0);

	if (skip && skip + 2 < line->length && line->data[skip] == ':')
		skip += 2;
	if (line->length < skip + 2 || memcmp(line->data + skip, "; ", 2))
		return false;
	d->line = 0;
	d->file = (struct slice){NULL, 0};
	d->code = (struct slice){line->data + skip + 2, line->length - skip - 2};
	if (take_place(line, d))
		return true;
	/* What the compiler made by itself has the line 0 and no code; older kernels give the code alone. */
	return !lines_find_last(line, " @ ") && d->code.length;
}

/* The last line of source: where the verifier was. */
static void find_source(const char *text, size_t length, struct diagnosis *d)
{
	struct slice line;
	const char *end = text + length;

	while (lines_previous(text, &end, &line))
		if (take_source(&line, d))
			return;
	d->line = 0;
	d->file = d->code = (struct slice){NULL, 0};
}

/* Begin of what comes behind the last instruction; the whole text where there is none. */
static const char *find_tail(const char *text, size_t length)
{
	struct slice line;
	const char *end = text + length;

	while (lines_previous(text, &end, &line))
		if (is_instruction(&line))
			return line.data + line.length;
	return text;
}

/* The most special cause that a line of the tail tells. */
static void find_cause(const char *tail, const char *end, struct diagnosis *d)
{
	struct slice line;

	while (lines_next(&tail, end, &line)) {
		const struct cause *cause = cause_find(line.data, line.length);

		if (!cause || (d->cause && d->cause <= cause))
			continue;
		d->cause = cause;
		d->reason = line;
	}
}

/* Who is meant is said before its log. */
static void find_program(const char *text, const char *end, struct diagnosis *d)
{
	struct slice line;

	while (!d->program.length && lines_next(&text, end, &line))
		lines_take_program(&line, &d->program);
}

/* Of an unknown cause the last lines. */
static void take_last_lines(const char *tail, const char *end, struct diagnosis *d)
{
	struct slice line;
	const char *last = NULL, *from = end;
	int nr = 0;

	while (nr < LAST_LINES && lines_previous(tail, &from, &line)) {
		if (is_statistic(&line) || take_source(&line, d))
			continue;
		if (!last)
			last = line.data + line.length;
		d->reason = (struct slice){line.data, last - line.data};
		nr++;
	}
}

/* The verifier finds the sum of all frames after it has walked through everything: no line is to blame. */
static bool is_of_whole_program(const struct slice *reason)
{
	return glob_match("combined stack size *", reason->data, reason->length);
}

bool diagnose(const char *text, size_t length, struct diagnosis *ret)
{
	const char *tail = find_tail(text, length), *end = text + length;
	struct diagnosis d = {0};

	find_program(text, end, &d);
	find_cause(tail, end, &d);
	if (!d.cause)
		take_last_lines(tail, end, &d);
	if (!is_of_whole_program(&d.reason))
		find_source(text, length, &d);
	if (!d.reason.length)
		return false;
	*ret = d;
	return true;
}

static void take_sum(const struct slice *line, struct verifier_sums *s)
{
	const char *end = line->data + line->length, *at;

	if (glob_match("processed * insns (limit *)*", line->data, line->length)) {
		s->found = lines_read_number(line->data + strlen("processed "), end, &s->processed);
		at = lines_find_last(line, "(limit ");
		lines_read_number(at + strlen("(limit "), end, &s->limit);
	} else if (glob_match("verification time * usec", line->data, line->length)) {
		lines_read_number(line->data + strlen("verification time "), end, &s->usec);
	} else if (glob_match("stack depth *", line->data, line->length)) {
		uint64_t frame;

		s->stack = 0;
		for (at = line->data + strlen("stack depth "); lines_read_number(at, end, &frame); at++) {
			s->stack += frame;
			at = memchr(at, '+', end - at);
			if (!at)
				break;
		}
	}
}

void diagnose_sums(const char *log, size_t length, struct verifier_sums *ret)
{
	struct slice line;
	const char *end = log + length;

	*ret = (struct verifier_sums){0};
	for (const char *from = log; lines_next(&from, end, &line);)
		take_sum(&line, ret);
}
