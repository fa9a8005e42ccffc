/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copies requested types into BTF of their own. Types wait in a queue; a type's place there is its number in the copy,
 * so that others can refer to it before it is written. Changes nothing in the original.
 */
#include "generate/type_extract.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "generate/type_btf.h"
#include "generate/type_closure.h"

/* A type to be copied. */
struct item {
	uint32_t id; /* in the original */
	const struct type_request *req;
	bool declare; /* the name is enough */
	bool hollow;  /* nothing of it is wanted: only the names of its members are */
};

struct extract {
	const struct btf *from;
	struct btf *to;
	const struct type_closure *closure;
	struct item *items; /* the first has the number FIRST_NUMBER in the copy */
	size_t nr_items;
	uint32_t *numbers; /* by number in the original: that in the copy, 0 where it does not wait yet */
	int error;	   /* the first one */
};

/* Number of the type of all members that are left out: it is written before all others. */
#define LEFT_OUT     1
#define FIRST_NUMBER 2

static uint32_t enqueue(struct extract *x, struct item item)
{
	struct item *grown = realloc(x->items, (x->nr_items + 1) * sizeof(*grown));

	if (!grown) {
		x->error = -ENOMEM;
		return 0;
	}
	x->items = grown;
	grown[x->nr_items] = item;
	return FIRST_NUMBER + x->nr_items++;
}

static const struct type_use *find_defined(const struct extract *x, uint32_t id)
{
	for (size_t i = 0; i < x->closure->nr_defined; i++)
		if (x->closure->defined[i].id == id)
			return &x->closure->defined[i];
	return NULL;
}

/* The number in the copy for a type of the original. */
static uint32_t number_of(struct extract *x, uint32_t id)
{
	const struct btf_type *t = type_at(x->from, id);
	const struct type_use *defined;
	struct item item = {.id = id};

	if (!id || id >= btf__type_cnt(x->from))
		return 0;
	if (x->numbers[id])
		return x->numbers[id];
	defined = find_defined(x, id);
	item.req = defined ? defined->req : NULL;
	item.declare = btf_is_composite(t) && !type_is_nameless(x->from, t) && !defined;
	return x->numbers[id] = enqueue(x, item);
}

/* Number of the type of a member. What has no name is copied anew for each struct: the next one may want other members.
 */
static uint32_t member_number(struct extract *x, const struct item *around, const struct btf_type *t, int i)
{
	const struct btf_member *m = &btf_members(t)[i];
	bool hollow = around->hollow || !type_wants_member(x->from, t, i, around->req);

	if (!*type_name_at(x->from, m->name_off) && btf_is_composite(type_at(x->from, m->type)))
		return enqueue(x, (struct item){.id = m->type, .req = around->req, .hollow = hollow});
	return hollow ? LEFT_OUT : number_of(x, m->type);
}

/* A typedef's request is about the members of the nameless struct behind it. */
static uint32_t target_number(struct extract *x, const struct item *item, const struct btf_type *t)
{
	if (item->req && type_is_nameless_composite(x->from, t->type))
		return enqueue(x, (struct item){.id = t->type, .req = item->req});
	return number_of(x, t->type);
}

/* Puts the numbers of the copy into a type just copied; `old` is the same type in the original. */
static void renumber(struct extract *x, const struct item *item, const struct btf_type *old, struct btf_type *copy)
{
	if (btf_is_composite(old)) {
		for (int i = 0; i < btf_vlen(old); i++)
			btf_members(copy)[i].type = member_number(x, item, old, i);
	} else if (btf_is_array(old)) {
		btf_array(copy)->type = number_of(x, btf_array(old)->type);
		btf_array(copy)->index_type = number_of(x, btf_array(old)->index_type);
	} else if (btf_is_func_proto(old)) {
		copy->type = number_of(x, old->type);
		for (int i = 0; i < btf_vlen(old); i++)
			btf_params(copy)[i].type = number_of(x, btf_params(old)[i].type);
	} else if (btf_is_typedef(old) || btf_is_ptr(old) || type_is_modifier(old)) {
		copy->type = target_number(x, item, old);
	}
}

static int copy_item(struct extract *x, struct item item)
{
	const struct btf_type *t = type_at(x->from, item.id);
	int number;

	if (item.declare)
		return btf__add_fwd(x->to, type_name_at(x->from, t->name_off),
				    btf_is_union(t) ? BTF_FWD_UNION : BTF_FWD_STRUCT);
	number = btf__add_type(x->to, x->from, t);
	if (number > 0)
		renumber(x, &item, t, (struct btf_type *)type_at(x->to, number));
	return number;
}

static int copy_all(struct extract *x)
{
	int number = btf__add_int(x->to, "left_out", 1, 0);

	for (size_t i = 0; i < x->closure->nr_defined; i++)
		number_of(x, x->closure->defined[i].id);
	/* The queue grows meanwhile. */
	for (size_t i = 0; number > 0 && x->error == 0 && i < x->nr_items; i++)
		number = copy_item(x, x->items[i]);
	return number < 0 ? number : x->error;
}

static int copy_closure(const struct type_closure *c, struct buffer *out, struct error *err)
{
	struct extract x = {.from = c->btf, .closure = c, .to = btf__new_empty()};
	const void *data = NULL;
	uint32_t size;
	int r = -ENOMEM;

	x.numbers = calloc(btf__type_cnt(c->btf), sizeof(*x.numbers));
	if (x.to && x.numbers)
		r = copy_all(&x);
	if (r == 0)
		data = btf__raw_data(x.to, &size);
	if (data)
		buffer_append(out, data, size);
	else
		r = fail(err, r < 0 ? r : -ENOMEM, "cannot copy types: %s", strerror(r < 0 ? -r : ENOMEM));
	free(x.items);
	free(x.numbers);
	btf__free(x.to);
	return r;
}

int type_extract(const struct type_request *reqs, size_t nr_reqs, const struct btf *btf, struct buffer *out,
		 struct error *err)
{
	struct type_closure c;
	int r = type_closure_collect(&c, btf, reqs, nr_reqs, err);

	if (r == 0)
		r = copy_closure(&c, out, err);
	type_closure_done(&c);
	return r;
}
