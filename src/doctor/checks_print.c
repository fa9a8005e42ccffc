/* SPDX-License-Identifier: GPL-2.0-only */
/* Findings as a page for people and as events. */
#include <stddef.h>

#include "base/fill.h"
#include "doctor/check.h"
#include "schema/slice.h"

/* Where the text begins: behind the state and the name. */
#define NAME_COLUMN  11
#define NAME_COLUMNS 15
#define TEXT_COLUMN  (NAME_COLUMN + NAME_COLUMNS)

static const char *const states[CHECK_STATE_MAX] = {
	[CHECK_OK] = "ok",
	[CHECK_MISSING] = "missing",
	[CHECK_UNKNOWN] = "unknown",
};

static const char *const severities[CHECK_SEVERITY_MAX] = {
	[CHECK_NEEDED] = "needed",
	[CHECK_USEFUL] = "useful",
	[CHECK_OPTIONAL] = "optional",
};

static enum mood mood_of(const struct finding *f)
{
	if (f->state == CHECK_OK)
		return MOOD_GOOD;
	if (f->state == CHECK_UNKNOWN || f->check->severity == CHECK_OPTIONAL)
		return MOOD_DIM;
	return f->check->severity == CHECK_NEEDED ? MOOD_BAD : MOOD_WARNING;
}

static void put_blanks(struct buffer *out, size_t nr)
{
	while (nr--)
		buffer_append_char(out, ' ');
}

static void put_text(const struct look *look, const char *text, struct buffer *out)
{
	fill_text(out, text, strlen(text), (struct fill){.indent = TEXT_COLUMN, .columns = look->columns});
}

static void print_finding(const struct finding *f, const struct look *look, struct buffer *out)
{
	const char *state = states[f->state];
	const bool missing = f->state == CHECK_MISSING;
	const char *const texts[] = {f->found, missing ? f->check->effect : NULL};
	size_t blanks;

	buffer_append_text(out, "  ");
	look_put(look, mood_of(f), slice_of(state), out);
	put_blanks(out, NAME_COLUMN - 2 - strlen(state));
	buffer_append_text(out, f->check->name);
	blanks = strlen(f->check->name) < NAME_COLUMNS ? NAME_COLUMNS - strlen(f->check->name) : 1;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (!texts[i] || !*texts[i])
			continue;
		put_blanks(out, blanks);
		put_text(look, texts[i], out);
		blanks = 0;
	}
	if (blanks)
		buffer_append_char(out, '\n');
	if (!missing)
		return;
	if (f->check->hint) {
		fill_pad(out, TEXT_COLUMN - 6);
		buffer_append_text(out, "hint:");
		put_text(look, f->check->hint, out);
	}
}

static void print_sum(const struct finding *findings, size_t nr, struct buffer *out)
{
	size_t needed = checks_count(findings, nr, CHECK_MISSING, CHECK_NEEDED);
	size_t useful = checks_count(findings, nr, CHECK_MISSING, CHECK_USEFUL);
	size_t optional = checks_count(findings, nr, CHECK_MISSING, CHECK_OPTIONAL);

	if (needed)
		buffer_printf(out, "\nobserver cannot run here: of what it needs %zu thing%s missing\n", needed,
			      needed == 1 ? " is" : "s are");
	else if (useful)
		buffer_printf(out, "\nobserver runs here; %zu thing%s missing that it does without\n", useful,
			      useful == 1 ? " is" : "s are");
	else
		buffer_append_text(out, "\nobserver runs here, and nothing that it uses is missing\n");
	if (optional)
		buffer_printf(out, "%zu thing%s missing that only other programs would use\n", optional,
			      optional == 1 ? " is" : "s are");
}

void checks_print(const struct finding *findings, size_t nr, const struct look *look, struct buffer *out)
{
	const char *group = "";

	for (size_t i = 0; i < nr; i++) {
		if (strcmp(group, findings[i].check->group)) {
			buffer_append_text(out, i ? "\n" : "");
			look_put(look, MOOD_HEADING, slice_of(findings[i].check->group), out);
			buffer_append_char(out, '\n');
		}
		group = findings[i].check->group;
		print_finding(&findings[i], look, out);
	}
	print_sum(findings, nr, out);
}

#define TEXT(member, heading, doc) SLICE_FIELD(struct check_row, member, heading, doc)

static const struct field fields[] = {
	TEXT(group, "GROUP", "what it belongs to"),
	TEXT(name, "NAME", "what was looked at"),
	TEXT(status, "STATUS", "ok, missing or unknown"),
	TEXT(severity, "SEVERITY",
	     "needed: observer cannot run without it; useful: it does without; optional: it does not use it"),
	TEXT(found, "FOUND", "what there is, or why not"),
	TEXT(effect, "EFFECT", "what follows from its missing"),
	TEXT(hint, "HINT", "the next step"),
};

const struct schema schema_check = {
	.name = "check",
	.doc = "something that a program of eBPF needs of the machine (observer doctor)",
	.fields = fields,
	.nr_fields = sizeof(fields) / sizeof(fields[0]),
	.line = "{status} {name}[: {found}]",
};

void check_fill_row(const struct finding *f, struct check_row *ret)
{
	const bool missing = f->state == CHECK_MISSING;

	*ret = (struct check_row){
		.group = slice_of(f->check->group),
		.name = slice_of(f->check->name),
		.status = slice_of(states[f->state]),
		.severity = slice_of(severities[f->check->severity]),
		.found = slice_of(*f->found ? f->found : NULL),
		.effect = slice_of(missing ? f->check->effect : NULL),
		.hint = slice_of(missing ? f->check->hint : NULL),
	};
}
