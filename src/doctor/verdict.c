/* SPDX-License-Identifier: GPL-2.0-only */
/* Verdicts on programs: filled, described, printed. */
#include "doctor/verdict.h"

#include <stddef.h>
#include <string.h>

#include "base/digits.h"
#include "base/fill.h"
#include "schema/slice.h"

#define TEXT(member, heading, doc)   SLICE_FIELD(struct verdict, member, heading, doc)
#define NUMBER(member, heading, doc) STRUCT_FIELD(struct verdict, number, member, heading, doc)

static const struct field fields[] = {
	TEXT(object, "OBJECT", "the file; absent where messages were read"),
	TEXT(program, "PROGRAM", "name of the program; absent where the object as a whole is meant"),
	TEXT(section, "SECTION", "where it is to be attached, as in SEC()"),
	TEXT(status, "STATUS", "taken or refused; of a message that was read: error"),
	TEXT(cause, "CAUSE", "name of the cause in docs/errors.md; absent where it is none of them"),
	TEXT(why, "WHY", "the cause in a sentence"),
	TEXT(fix, "FIX", "the next step"),
	TEXT(said, "SAID",
	     "the line that tells it, of the kernel, libbpf or clang; the last lines of an unknown cause"),
	TEXT(file, "FILE", "source file at which it happened, as the compiler was given it"),
	NUMBER(line, "LINE", "line in that file"),
	TEXT(code, "CODE", "what stands there"),
	NUMBER(instructions, "INSNS", "instructions of the program in the object"),
	NUMBER(processed, "VERIFIED", "instructions that the verifier looked at, over all ways through the program"),
	NUMBER(verify_us, "VERIFY_US", "microseconds that this took"),
	NUMBER(stack, "STACK", "bytes of stack, of all frames together"),
};

const struct schema schema_verdict = {
	.name = "verdict",
	.doc = "a program of an object that was tried, or a message that was read (observer doctor)",
	.fields = fields,
	.nr_fields = sizeof(fields) / sizeof(fields[0]),
	.line = "{status} {program}[ {why}]",
};

static const char unknown_why[] = "None of the causes that observer knows; these are the last lines of what was said:";

static void take_diagnosis(const struct diagnosis *d, struct verdict *v)
{
	v->cause = slice_of(d->cause ? d->cause->name : NULL);
	v->why = slice_of(d->cause ? d->cause->sentence : unknown_why);
	v->fix = slice_of(d->cause ? d->cause->fix : NULL);
	v->said = d->reason;
	v->file = d->file;
	v->code = d->code;
	v->line = d->line ? d->line : UINT64_MAX;
}

static const struct verdict nothing_known = {
	.line = UINT64_MAX,
	.instructions = UINT64_MAX,
	.processed = UINT64_MAX,
	.verify_us = UINT64_MAX,
	.stack = UINT64_MAX,
};

void verdict_of_message(const struct diagnosis *d, struct verdict *ret)
{
	*ret = nothing_known;
	ret->refused = true;
	ret->status = slice_of("error");
	if (d->program.length)
		ret->program = d->program;
	take_diagnosis(d, ret);
}

void verdict_of_program(const char *object, const struct object_program *p, struct verdict *ret)
{
	*ret = nothing_known;
	ret->refused = !p->taken;
	ret->object = slice_of(object);
	ret->status = slice_of(p->taken ? "taken" : "refused");
	if (*p->name) {
		ret->program = slice_of(p->name);
		ret->section = slice_of(p->section);
		ret->instructions = p->nr_insns;
	}
	if (!p->taken) {
		take_diagnosis(&p->diagnosis, ret);
		if (!ret->said.length) {
			ret->why = slice_of("No more was said of it than the error");
			ret->said = slice_of(strerror(-p->code));
		}
	} else if (p->sums.found) {
		ret->processed = p->sums.processed;
		ret->verify_us = p->sums.usec;
		ret->stack = p->sums.stack;
	}
}

static void print_sums(const struct verdict *v, const struct look *look, struct buffer *out)
{
	_cleanup_buffer_ struct buffer text = {0};

	buffer_printf(&text, "%llu instructions", (unsigned long long)v->instructions);
	if (v->processed != UINT64_MAX)
		buffer_printf(&text, "; the verifier looked at %llu in %llu us; %llu bytes of stack",
			      (unsigned long long)v->processed, (unsigned long long)v->verify_us,
			      (unsigned long long)v->stack);
	look_put_line(look, "", (struct slice){text.data, text.length}, out);
}

static void print_place(const struct verdict *v, const struct look *look, struct buffer *out)
{
	_cleanup_buffer_ struct buffer text = {0};

	if (v->file.length) {
		buffer_append(&text, v->file.data, v->file.length);
		buffer_printf(&text, ":%llu ", (unsigned long long)v->line);
	}
	buffer_append(&text, v->code.data, v->code.length);
	look_put_line(look, "at", (struct slice){text.data, text.length}, out);
}

static void print_cause(const struct verdict *v, const struct look *look, struct buffer *out)
{
	_cleanup_buffer_ struct buffer text = {0};

	buffer_append(&text, v->why.data, v->why.length);
	if (v->cause.length)
		buffer_printf(&text, " (%s)", v->cause.data);
	look_put_line(look, "why", (struct slice){text.data, text.length}, out);
	look_put_line(look, "fix", v->fix, out);
	look_put_log("said", v->said, out);
}

static struct slice heading(const struct verdict *v)
{
	if (v->program.length)
		return v->program;
	return v->object.length ? v->object : v->file;
}

void verdict_print(const struct verdict *v, const struct look *look, struct buffer *out)
{
	look_put(look, v->refused ? MOOD_BAD : MOOD_GOOD, v->status, out);
	for (size_t at = v->status.length; at < LOOK_LABEL; at++)
		buffer_append_char(out, ' ');
	look_put(look, MOOD_HEADING, heading(v), out);
	if (v->section.length) {
		buffer_append_text(out, "  ");
		look_put(look, MOOD_DIM, v->section, out);
	}
	buffer_append_char(out, '\n');
	if (!v->refused) {
		print_sums(v, look, out);
		return;
	}
	print_place(v, look, out);
	print_cause(v, look, out);
}
