/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes the kernel side's table of the parts of a filter that it can decide exactly as evaluate.c would. A part that
 * has anything else in it stays here whole.
 */
#include <string.h>

#include "filter/tree.h"

/* How the values of a kind lie in the record, where they are what is compared. The other kinds are put together here.
 */
static const struct storage {
	bool known;
	uint16_t flags; /* enum filter_flag */
} storages[KIND_MAX] = {
	[KIND_u32] = {true, 0},
	[KIND_u64] = {true, 0},
	[KIND_id] = {true, 0},
	[KIND_group] = {true, 0},
	[KIND_error] = {true, 0},
	[KIND_nsec] = {true, 0},
	[KIND_hex64] = {true, 0},
	[KIND_flag] = {true, 0},
	[KIND_inum] = {true, FILTER_ABSENT_ZERO},
	[KIND_signal] = {true, FILTER_ABSENT_ZERO},
	[KIND_cpu] = {true, FILTER_ABSENT_ONES},
	[KIND_number] = {true, FILTER_ABSENT_ONES},
	[KIND_u8] = {true, 0},
	[KIND_u16] = {true, 0},
	[KIND_s8] = {true, FILTER_SIGNED},
	[KIND_s16] = {true, FILTER_SIGNED},
	[KIND_s32] = {true, FILTER_SIGNED},
	[KIND_s64] = {true, FILTER_SIGNED},
	[KIND_boolean] = {true, 0},
	[KIND_pointer] = {true, 0},
	[KIND_chars] = {true, FILTER_TEXT},
	[KIND_comm] = {true, FILTER_TEXT},
	[KIND_text] = {true, FILTER_TEXT | FILTER_SPAN},
};

static const uint8_t number_ops[OPERATOR_MAX] = {
	[OPERATOR_EQUAL] = FILTER_EQUAL,
	[OPERATOR_IN] = FILTER_EQUAL,
	[OPERATOR_UNEQUAL] = FILTER_LESS | FILTER_GREATER,
	[OPERATOR_LESS] = FILTER_LESS,
	[OPERATOR_AT_MOST] = FILTER_LESS | FILTER_EQUAL,
	[OPERATOR_GREATER] = FILTER_GREATER,
	[OPERATOR_AT_LEAST] = FILTER_GREATER | FILTER_EQUAL,
	[OPERATOR_ANY_BIT] = FILTER_LESS | FILTER_GREATER, /* masked, than 0 */
};

/*
 * A table in the making, last step first: where a step goes on must be known before it. Places are numbers of steps in
 * that order, or FILTER_ACCEPT and FILTER_REJECT.
 */
struct maker {
	const struct target *target;
	const struct filter_place *place;
	struct filter_step steps[FILTER_STEPS_MAX];
	unsigned int nr_steps;
	uint32_t raw_offset;
	bool failed; /* the part cannot be decided by the kernel side, or the table is full */
};

/* Where to go on. */
struct ways {
	unsigned int if_true, if_false;
};

static unsigned int add_step(struct maker *m, const struct filter_step *step, struct ways ways)
{
	if (m->nr_steps == FILTER_STEPS_MAX) {
		m->failed = true;
		return FILTER_ACCEPT;
	}
	m->steps[m->nr_steps] = *step;
	m->steps[m->nr_steps].when_true = ways.if_true;
	m->steps[m->nr_steps].when_false = ways.if_false;
	return m->nr_steps++;
}

/* Makes a step of the text; false where it is too long. */
static bool set_text(struct filter_step *step, const char *text, size_t length, bool whole)
{
	if (length > FILTER_TEXT_BYTES)
		return false;
	memset(step->words, 0, sizeof(step->words));
	memcpy(step->words, text, length);
	step->length = length;
	step->op = FILTER_EQUAL;
	if (whole)
		step->flags |= FILTER_WHOLE;
	return true;
}

/* Of the patterns those that are a text, or one that only the end is left open of. */
static bool set_pattern(struct filter_step *step, const char *pattern)
{
	size_t length = strcspn(pattern, "*?");

	return strspn(pattern + length, "*") == strlen(pattern + length) &&
	       set_text(step, pattern, length, !pattern[length]);
}

static bool set_text_operand(struct filter_step *step, enum operator operator, const struct value * than)
{
	if (operator== OPERATOR_GLOB)
		return set_pattern(step, than->text.data);
	if (operator== OPERATOR_REGEX || !set_text(step, than->text.data, than->text.length, true))
		return false;
	if (operator== OPERATOR_UNEQUAL)
		step->op = FILTER_LESS;
	return true;
}

static bool set_operand(struct filter_step *step, enum operator operator, const struct value * than)
{
	if (than->type == VALUE_TEXT)
		return step->flags & FILTER_TEXT && set_text_operand(step, operator, than);
	/* Larger than any signed number: that, too, stays here. */
	if (step->flags & FILTER_TEXT || (step->flags & FILTER_SIGNED && than->type == VALUE_UINT && than->u >> 63))
		return false;
	step->op = number_ops[operator];
	if (than->type == VALUE_BOOL) {
		/* Any number but 0 is true. */
		step->number = 0;
		step->op = (operator== OPERATOR_UNEQUAL) == than->b ? FILTER_EQUAL : FILTER_LESS | FILTER_GREATER;
	} else if (operator== OPERATOR_ANY_BIT) {
		step->number = 0;
		step->mask = than->u;
	} else {
		step->number = than->u;
	}
	return true;
}

static bool is_readable(const struct maker *m, const struct field *f)
{
	const struct storage *storage = &storages[f->kind];
	bool fits = storage->flags & FILTER_TEXT || f->size == 1 || f->size == 2 || f->size == 4 || f->size == 8;

	return !f->get && f->part == PART_RECORD && storage->known && fits && f->offset + f->size <= FILTER_REACH &&
	       m->place->has_field(m->target->schema, f);
}

/* What all steps on the field have in common; false where the kernel side cannot read it. */
static bool begin_step(struct maker *m, const struct field *f, struct filter_step *step)
{
	const struct storage *storage = &storages[f->kind];

	if (!is_readable(m, f))
		return false;
	*step = (struct filter_step){
		.offset = f->offset,
		.size = f->size,
		.flags = storage->flags,
		.row = f->row < 64 ? f->row : FILTER_NO_ROW,
		.op = FILTER_PRESENT,
		.mask = ~0ULL,
	};
	if (!f->located)
		return true;
	step->flags |= f->base == f->offset + f->size ? FILTER_REL_LOC : FILTER_DATA_LOC;
	if (step->flags & FILTER_REL_LOC)
		return true;
	/* All of a tracepoint count from the start of its record. */
	if (m->raw_offset && m->raw_offset != f->base)
		return false;
	m->raw_offset = f->base;
	return true;
}

static unsigned int add_test(struct maker *m, const struct test *t, struct ways ways)
{
	static const struct value yes = {.type = VALUE_BOOL, .b = true};
	const struct meaning *meaning = &m->target->meanings[t->number];
	struct filter_step step;
	unsigned int at = ways.if_false;

	if (!meaning->field)
		return ways.if_false;
	if (!begin_step(m, meaning->field, &step)) {
		m->failed = true;
		return FILTER_ACCEPT;
	}
	if (t->operator== OPERATOR_PRESENT)
		return add_step(m, &step, ways);
	if (t->operator== OPERATOR_IS_TRUE) {
		set_operand(&step, OPERATOR_EQUAL, &yes);
		return add_step(m, &step, ways);
	}
	for (size_t i = t->nr_operands; i-- > 0;) {
		struct filter_step one = step;

		if (!set_operand(&one, t->operator, & meaning->values[i])) {
			m->failed = true;
			return FILTER_ACCEPT;
		}
		at = add_step(m, &one, (struct ways){ways.if_true, at});
	}
	return at;
}

static unsigned int add_node(struct maker *m, const struct node *n, struct ways ways);

/* The children from this one on. */
static unsigned int add_children(struct maker *m, const struct node *child, enum node_type type, struct ways ways)
{
	unsigned int rest;

	if (!child)
		return type == NODE_AND ? ways.if_true : ways.if_false;
	rest = add_children(m, child->next, type, ways);
	if (type == NODE_AND)
		ways.if_true = rest;
	else
		ways.if_false = rest;
	return add_node(m, child, ways);
}

static unsigned int add_node(struct maker *m, const struct node *n, struct ways ways)
{
	if (m->failed)
		return FILTER_ACCEPT;
	if (n->type == NODE_TEST)
		return add_test(m, n->test, ways);
	if (n->type == NODE_NOT)
		return add_node(m, n->child, (struct ways){ways.if_false, ways.if_true});
	return add_children(m, n->child, n->type, ways);
}

/* Turns the steps round into the table: from `first` on, those made after it are never reached. */
static void put_steps(const struct maker *m, unsigned int first, struct filter_table *ret)
{
	*ret = (struct filter_table){.nr_steps = first + 1,
				     .unreadable_offset = m->target->schema->unreadable_offset,
				     .raw_offset = m->raw_offset};
	for (unsigned int i = 0; i <= first; i++) {
		struct filter_step *step = &ret->steps[i];

		*step = m->steps[first - i];
		if (step->when_true < FILTER_STEPS_MAX)
			step->when_true = first - step->when_true;
		if (step->when_false < FILTER_STEPS_MAX)
			step->when_false = first - step->when_false;
	}
}

bool filter_push_down(struct filter *f, const struct schema *s, const struct filter_place *place,
		      struct filter_table *ret_table)
{
	static const struct filter_step never = {.row = FILTER_NO_ROW};
	struct target *target = filter_find_target(f, s);
	struct maker m = {.target = target, .place = place};
	unsigned int at = FILTER_ACCEPT;

	for (size_t i = f->nr_parts; target && i-- > 0;) {
		unsigned int nr_before = m.nr_steps, part;

		m.failed = false;
		part = add_node(&m, f->parts[i], (struct ways){at, FILTER_REJECT});
		target->pushed[i] = !m.failed;
		if (m.failed)
			m.nr_steps = nr_before;
		else
			at = part;
	}
	/* No event of the type can pass. */
	if (at == FILTER_REJECT) {
		m.nr_steps = 0;
		at = add_step(&m, &never, (struct ways){FILTER_REJECT, FILTER_REJECT});
	}
	if (at == FILTER_ACCEPT)
		return false;
	put_steps(&m, at, ret_table);
	return true;
}

static uint64_t rows_below(const struct node *n, const struct target *target)
{
	uint64_t rows = 0;

	if (n->type == NODE_TEST) {
		const struct field *f = target->meanings[n->test->number].field;

		return f && f->row < 64 ? 1ULL << f->row : 0;
	}
	for (const struct node *child = n->child; child; child = child->next)
		rows |= rows_below(child, target);
	return rows;
}

uint64_t filter_pushed_rows(const struct filter *f, const struct schema *s)
{
	const struct target *target = filter_find_target(f, s);
	uint64_t rows = 0;

	for (size_t i = 0; target && i < f->nr_parts; i++)
		if (target->pushed[i])
			rows |= rows_below(f->parts[i], target);
	return rows;
}
