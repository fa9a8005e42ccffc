/* SPDX-License-Identifier: GPL-2.0-only */
/* Evaluates a checked filter for an event. An absent field makes every comparison false; of arrays one element is
 * enough. */
#include <string.h>

#include "base/glob.h"
#include "filter/tree.h"

/* One comparison of an event. */
struct look {
	const struct test *test;
	const struct meaning *meaning;
	const struct event *event;
};

static __int128 wide(const struct value *v)
{
	return v->type == VALUE_SINT ? (__int128)v->s : (__int128)v->u;
}

static bool number_holds(enum operator operator, const struct value * v, const struct value *than)
{
	__int128 a = wide(v), b = wide(than);

	switch (operator) {
	case OPERATOR_EQUAL:
	case OPERATOR_IN:
		return a == b;
	case OPERATOR_UNEQUAL:
		return a != b;
	case OPERATOR_LESS:
		return a < b;
	case OPERATOR_AT_MOST:
		return a <= b;
	case OPERATOR_GREATER:
		return a > b;
	case OPERATOR_AT_LEAST:
		return a >= b;
	case OPERATOR_ANY_BIT:
		return v->u & than->u;
	default:
		return false;
	}
}

static bool regex_matches(const regex_t *regex, const char *text, size_t length)
{
	regmatch_t whole = {.rm_eo = length};

	return !regexec(regex, text, 1, &whole, REG_STARTEND);
}

static bool text_holds(const struct look *l, const char *text, size_t length, const struct value *than)
{
	bool equal;

	if (l->test->operator== OPERATOR_GLOB)
		return glob_match(than->text.data, text, length);
	if (l->test->operator== OPERATOR_REGEX)
		return regex_matches(&l->test->regex, text, length);
	equal = length == than->text.length && !memcmp(text, than->text.data, length);
	return l->test->operator== OPERATOR_UNEQUAL ? !equal : equal;
}

static bool list_holds(const struct look *l, const struct value *v, const struct value *than)
{
	const char *at = v->text.data, *end = at + v->text.length;

	while (at < end) {
		size_t length = strnlen(at, end - at);

		if (text_holds(l, at, length, than))
			return true;
		at += length + 1;
	}
	return false;
}

static bool keys_hold(const struct look *l, const struct value *v, const struct value *than)
{
	for (uint64_t rows = v->u; rows; rows &= rows - 1) {
		const struct field *f = schema_find_row(l->event->schema, __builtin_ctzll(rows));

		if (f && text_holds(l, f->name, strlen(f->name), than))
			return true;
	}
	return false;
}

static bool integers_hold(const struct look *l, const struct value *v, const struct value *than)
{
	for (size_t i = 0; i < v->integers.nr; i++) {
		const struct value one = value_integer(v, i);

		if (number_holds(l->test->operator, & one, than))
			return true;
	}
	return false;
}

static bool value_holds(const struct look *l, const struct value *v, const struct value *than)
{
	bool is_text = than->type == VALUE_TEXT;

	switch (v->type) {
	case VALUE_UINT:
	case VALUE_SINT:
		return !is_text && number_holds(l->test->operator, v, than);
	case VALUE_BOOL:
		return than->type == VALUE_BOOL && (l->test->operator== OPERATOR_UNEQUAL) == (v->b != than->b);
	case VALUE_TEXT:
		return is_text && text_holds(l, v->text.data, v->text.length, than);
	case VALUE_INTEGERS:
		return !is_text && integers_hold(l, v, than);
	case VALUE_LIST:
		return is_text && list_holds(l, v, than);
	case VALUE_KEYS:
		return is_text && keys_hold(l, v, than);
	default:
		return false;
	}
}

static bool test_holds(const struct look *l)
{
	struct value v;

	if (!l->meaning->field)
		return false;
	event_get(l->event, l->meaning->field, &v);
	if (v.type == VALUE_ABSENT)
		return false;
	if (l->test->operator== OPERATOR_PRESENT)
		return true;
	if (l->test->operator== OPERATOR_IS_TRUE)
		return v.type == VALUE_BOOL && v.b;
	for (size_t i = 0; i < l->test->nr_operands; i++)
		if (value_holds(l, &v, &l->meaning->values[i]))
			return true;
	return false;
}

static bool node_holds(const struct node *n, const struct target *target, const struct event *e)
{
	bool is_and = n->type == NODE_AND;

	if (n->type == NODE_TEST) {
		const struct look look = {n->test, &target->meanings[n->test->number], e};

		return test_holds(&look);
	}
	if (n->type == NODE_NOT)
		return !node_holds(n->child, target, e);
	for (const struct node *child = n->child; child; child = child->next)
		if (node_holds(child, target, e) != is_and)
			return !is_and;
	return is_and;
}

bool filter_keeps(const struct filter *f, const struct event *e)
{
	const struct target *target = filter_find_target(f, e->schema);

	for (size_t i = 0; target && i < f->nr_parts; i++)
		if (!target->pushed[i] && !node_holds(f->parts[i], target, e))
			return false;
	return true;
}
