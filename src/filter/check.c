/* SPDX-License-Identifier: GPL-2.0-only */
/* Looks up what a filter names in the event types that may come, and whether it can be compared so. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/words.h"
#include "filter/tree.h"

static const char *const operator_signs[OPERATOR_MAX] = {
	[OPERATOR_EQUAL] = "==",  [OPERATOR_UNEQUAL] = "!=",  [OPERATOR_LESS] = "<",	      [OPERATOR_AT_MOST] = "<=",
	[OPERATOR_GREATER] = ">", [OPERATOR_AT_LEAST] = ">=", [OPERATOR_GLOB] = "~",	      [OPERATOR_REGEX] = "=~",
	[OPERATOR_ANY_BIT] = "&", [OPERATOR_IN] = "in",	      [OPERATOR_PRESENT] = "present", [OPERATOR_IS_TRUE] = "",
};

#define OPERATOR_BIT(name) (1U << OPERATOR_##name)
#define EVERY_TYPE	   (OPERATOR_BIT(EQUAL) | OPERATOR_BIT(UNEQUAL) | OPERATOR_BIT(IN))
#define IN_ORDER                                                                                                       \
	(OPERATOR_BIT(LESS) | OPERATOR_BIT(AT_MOST) | OPERATOR_BIT(GREATER) | OPERATOR_BIT(AT_LEAST) |                 \
	 OPERATOR_BIT(ANY_BIT))

/* How values of a type are compared. */
static const struct {
	const char *is;
	unsigned int operators;
	const char *hint;
} types[VALUE_TYPE_MAX] = {
	[VALUE_UINT] = {"a number", EVERY_TYPE | IN_ORDER, "numbers are compared by == != < <= > >= & and in"},
	[VALUE_SINT] = {"a number", EVERY_TYPE | IN_ORDER, "numbers are compared by == != < <= > >= & and in"},
	[VALUE_BOOL] = {"true or false", EVERY_TYPE, "the name alone means that it is true"},
	[VALUE_TEXT] = {"text", EVERY_TYPE | OPERATOR_BIT(GLOB) | OPERATOR_BIT(REGEX),
			"text is compared by == != ~ =~ and in"},
};

static int compare_targets(const void *a, const void *b)
{
	const struct target *x = a, *y = b;

	return (x->schema > y->schema) - (x->schema < y->schema);
}

struct target *filter_find_target(const struct filter *f, const struct schema *s)
{
	const struct target key = {.schema = s};

	/* nothing was checked: bsearch must not see a null pointer */
	return f->nr_targets ? bsearch(&key, f->targets, f->nr_targets, sizeof(key), compare_targets) : NULL;
}

/* Those inside of others, too. */
static void consider_fields(const struct schema *s, struct words_search *search)
{
	for (size_t i = 0; i < s->nr_fields; i++) {
		if (!s->fields[i].internal)
			words_consider(search, s->fields[i].name);
		if (s->fields[i].members)
			consider_fields(s->fields[i].members, search);
	}
}

static int fail_name(const struct filter *f, const struct test *t, struct error *err)
{
	struct words_search search = {.word = t->name};

	for (size_t i = 0; i < f->nr_targets; i++)
		consider_fields(f->targets[i].schema, &search);
	if (f->nr_targets == 1)
		fail(err, -EINVAL, "%s has no field '%s'", f->targets[0].schema->name, t->name);
	else
		fail(err, -EINVAL, "none of the events has a field '%s'", t->name);
	if (search.best)
		fail_hint(err, "did you mean '%s'?", search.best);
	else
		fail_hint(err, "--fields help lists them");
	return fail_in(err, t->source, t->name_offset);
}

static int compile_regex(struct test *t, struct error *err)
{
	const struct operand *o = &t->operands[0];
	char reason[128];
	int code;

	if (t->has_regex)
		return 0;
	code = regcomp(&t->regex, o->literal.text, REG_EXTENDED | REG_NOSUB);
	if (!code) {
		t->has_regex = true;
		return 0;
	}
	regerror(code, &t->regex, reason, sizeof(reason));
	fail(err, -EINVAL, "this is no regular expression: %s", reason);
	fail_hint(err, "POSIX extended expressions, see regex(7); ~ compares with a pattern of * and ?");
	return fail_in(err, t->source, o->offset);
}

static int fail_operator(const struct test *t, const struct field *field, enum value_type type, struct error *err)
{
	fail(err, -EINVAL, "%s is %s, which '%s' does not compare", field->name, types[type].is,
	     operator_signs[t->operator]);
	fail_hint(err, "%s", types[type].hint);
	return fail_in(err, t->source, t->operator_offset);
}

static int check_bare_name(const struct test *t, const struct field *field, struct error *err)
{
	if (!strcmp(kinds[field->kind].json, "boolean"))
		return 0;
	fail(err, -EINVAL, "%s is not true or false by itself", field->name);
	fail_hint(err, "compare it, as %s == ...; whether it is there is asked by present(%s)", field->name,
		  field->name);
	return fail_in(err, t->source, t->name_offset);
}

static int read_operands(const struct test *t, const struct meaning *m, const struct literal_names *names,
			 struct error *err)
{
	const struct field *field = m->field;

	for (size_t i = 0; i < t->nr_operands; i++) {
		const struct operand *o = &t->operands[i];

		if (kinds[field->kind].read(field, &o->literal, names, &m->values[i], err))
			return fail_in(err, t->source, o->offset);
		if (!(types[m->values[i].type].operators & 1U << t->operator))
			return fail_operator(t, field, m->values[i].type, err);
	}
	return 0;
}

static int check_test(struct test *t, const struct meaning *m, const struct literal_names *names, struct error *err)
{
	int code = 0;

	if (!m->field)
		return 0;
	if (t->operator== OPERATOR_IS_TRUE)
		return check_bare_name(t, m->field, err);
	code = read_operands(t, m, names, err);
	return !code && t->operator== OPERATOR_REGEX ? compile_regex(t, err) : code;
}

static int open_target(const struct filter *f, struct target *target, const struct schema *s, struct error *err)
{
	struct value *values;

	*target = (struct target){.schema = s};
	target->meanings = calloc(f->nr_tests + 1, sizeof(*target->meanings));
	target->values = values = calloc(f->nr_values + 1, sizeof(*target->values));
	target->pushed = calloc(f->nr_parts + 1, sizeof(*target->pushed));
	if (!target->meanings || !target->values || !target->pushed)
		return fail(err, -ENOMEM, "no memory for the filter");
	for (const struct test *t = f->tests; t; t = t->next) {
		target->meanings[t->number] = (struct meaning){schema_resolve(s, t->name, NULL), values};
		values += t->nr_operands;
	}
	return 0;
}

static int open_targets(struct filter *f, const struct schema *const *schemas, struct error *err)
{
	size_t nr_schemas = 0;
	int code = 0;

	while (schemas[nr_schemas])
		nr_schemas++;
	filter_forget_targets(f);
	f->targets = calloc(nr_schemas + 1, sizeof(*f->targets));
	if (!f->targets)
		return fail(err, -ENOMEM, "no memory for the filter");
	for (size_t i = 0; !code && i < nr_schemas; i++)
		if (!schemas[i]->control)
			code = open_target(f, &f->targets[f->nr_targets++], schemas[i], err);
	return code;
}

static bool is_known(const struct filter *f, const struct test *t)
{
	for (size_t i = 0; i < f->nr_targets; i++)
		if (f->targets[i].meanings[t->number].field)
			return true;
	return false;
}

int filter_check(struct filter *f, const struct schema *const *schemas, const struct literal_names *names,
		 struct error *err)
{
	int code = open_targets(f, schemas, err);

	for (struct test *t = f->tests; !code && t; t = t->next) {
		if (!is_known(f, t))
			code = fail_name(f, t, err);
		for (size_t i = 0; !code && i < f->nr_targets; i++)
			code = check_test(t, &f->targets[i].meanings[t->number], names, err);
	}
	qsort(f->targets, f->nr_targets, sizeof(f->targets[0]), compare_targets);
	return code;
}

/* Rows that a test of an event type reads. */
static uint64_t rows_of(const struct meaning *m)
{
	if (!m->field)
		return 0;
	return m->field->needs | (m->field->row < 64 ? 1ULL << m->field->row : 0);
}

uint64_t filter_needed_rows(const struct filter *f, const struct schema *s)
{
	const struct target *target = filter_find_target(f, s);
	uint64_t rows = 0;

	for (size_t i = 0; target && i < f->nr_tests; i++)
		rows |= rows_of(&target->meanings[i]);
	return rows;
}
