/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From requested types to all types that their declarations need: depth first, in the order of the requests and of the
 * members, so that the result does not depend on how the BTF numbers its types. Prints nothing.
 */
#include "generate/type_closure.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "generate/type_btf.h"
#include "generate/type_lookup.h"

/* How deep types may nest: more than in any kernel, and an end for broken BTF that runs in circles. */
#define DEPTH_MAX 64

enum use {
	BEHIND_POINTER, /* a declaration is enough */
	BY_VALUE,
};

struct walk {
	struct type_closure *c;
	const struct btf *btf;
	uint32_t *begun; /* types that are in `defined` or will be, once what they need is */
	size_t nr_begun;
	struct error *err;
	int depth;
};

static int require(struct walk *w, uint32_t id, enum use use);

static int fail_memory(struct walk *w)
{
	return fail(w->err, -ENOMEM, "out of memory");
}

static int append_id(struct walk *w, uint32_t **list, size_t *nr, uint32_t id)
{
	uint32_t *grown = realloc(*list, (*nr + 1) * sizeof(*grown));

	if (!grown)
		return fail_memory(w);
	*list = grown;
	grown[(*nr)++] = id;
	return 0;
}

static int append_defined(struct walk *w, uint32_t id, const struct type_request *req)
{
	struct type_closure *c = w->c;
	struct type_use *grown = realloc(c->defined, (c->nr_defined + 1) * sizeof(*grown));

	if (!grown)
		return fail_memory(w);
	c->defined = grown;
	grown[c->nr_defined++] = (struct type_use){.id = id, .req = req};
	return 0;
}

/* One name is one type in C, whatever the BTF holds under it. */
static bool is_same(const struct btf *btf, uint32_t a, uint32_t b)
{
	const struct btf_type *ta = type_at(btf, a), *tb = type_at(btf, b);

	return a == b || (!type_is_nameless(btf, ta) && type_keyword(ta) == type_keyword(tb) &&
			  !strcmp(type_name_at(btf, ta->name_off), type_name_at(btf, tb->name_off)));
}

static bool has_id(const struct walk *w, const uint32_t *ids, size_t nr, uint32_t id)
{
	for (size_t i = 0; i < nr; i++)
		if (is_same(w->btf, ids[i], id))
			return true;
	return false;
}

static int require_members(struct walk *w, const struct btf_type *t, const struct type_request *req)
{
	const struct btf_member *m = btf_members(t);
	int r = 0;

	if (w->depth == DEPTH_MAX)
		return fail(w->err, -EINVAL, "a struct of the BTF nests too deeply");
	w->depth++;
	for (int i = 0; r == 0 && i < btf_vlen(t); i++, m++) {
		const struct btf_type *nested = type_nested(w->btf, m);

		if (!type_wants_member(w->btf, t, i, req))
			continue;
		r = nested ? require_members(w, nested, req) : require(w, m->type, BY_VALUE);
	}
	w->depth--;
	return r;
}

/* The request for a type, if there is one; it may have chosen another one of several types with that name. */
static const struct type_request *find_request(const struct walk *w, uint32_t *id)
{
	const struct type_closure *c = w->c;

	for (size_t i = 0; i < c->nr_reqs; i++) {
		if (c->found[i] && is_same(w->btf, c->found[i], *id)) {
			*id = c->found[i];
			return &c->reqs[i];
		}
	}
	return NULL;
}

static int define(struct walk *w, uint32_t id)
{
	const struct type_request *req = find_request(w, &id);
	const struct btf_type *t = type_at(w->btf, id);
	int r;

	if (has_id(w, w->begun, w->nr_begun, id))
		return 0;
	r = append_id(w, &w->begun, &w->nr_begun, id);
	if (r < 0)
		return r;
	if (btf_is_composite(t))
		r = require_members(w, t, req);
	else if (btf_is_typedef(t) && type_is_nameless_composite(w->btf, t->type))
		r = require_members(w, type_at(w->btf, t->type), req);
	else if (btf_is_typedef(t))
		r = require(w, t->type, BEHIND_POINTER);
	return r < 0 ? r : append_defined(w, id, req);
}

static int require_composite(struct walk *w, uint32_t id, enum use use)
{
	const struct btf_type *t = type_at(w->btf, id);
	struct type_closure *c = w->c;

	if (type_is_nameless_composite(w->btf, id))
		return require_members(w, t, NULL);
	if (use == BY_VALUE && !btf_is_fwd(t))
		return define(w, id);
	if (has_id(w, c->declared, c->nr_declared, id))
		return 0;
	return append_id(w, &c->declared, &c->nr_declared, id);
}

static int require_function(struct walk *w, const struct btf_type *t)
{
	int r = require(w, t->type, BEHIND_POINTER);

	for (int i = 0; r == 0 && i < btf_vlen(t); i++)
		r = require(w, btf_params(t)[i].type, BEHIND_POINTER);
	return r;
}

static int require_by_kind(struct walk *w, uint32_t id, enum use use)
{
	const struct btf_type *t = type_at(w->btf, id);
	int r;

	switch (btf_kind(t)) {
	case BTF_KIND_UNKN:
	case BTF_KIND_INT:
	case BTF_KIND_FLOAT:
		return 0;
	case BTF_KIND_PTR:
		return require(w, t->type, BEHIND_POINTER);
	case BTF_KIND_CONST:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG:
		return require(w, t->type, use);
	case BTF_KIND_ARRAY: /* C wants to know the size of the elements, also behind a pointer */
		return require(w, btf_array(t)->type, BY_VALUE);
	case BTF_KIND_FUNC_PROTO:
		return require_function(w, t);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_FWD:
		return require_composite(w, id, use);
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return type_is_nameless(w->btf, t) ? 0 : define(w, id);
	case BTF_KIND_TYPEDEF:
		r = define(w, id);
		if (r < 0 || use == BEHIND_POINTER || type_is_nameless_composite(w->btf, t->type))
			return r;
		return require(w, t->type, BY_VALUE);
	default:
		return fail(w->err, -EINVAL, "type %u of the BTF (kind %u) cannot be part of a declaration", id,
			    btf_kind(t));
	}
}

/* Collects what must stand before a declaration with this type. */
static int require(struct walk *w, uint32_t id, enum use use)
{
	int r;

	if (w->depth == DEPTH_MAX)
		return fail(w->err, -EINVAL, "type %u of the BTF nests too deeply", id);
	w->depth++;
	r = require_by_kind(w, id, use);
	w->depth--;
	return r;
}

/* Values of enums without a name: each enum once, where the first of its values stands in the requests. */
static int define_values(struct walk *w, const struct type_request *req)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < req->nr_members; i++) {
		uint32_t id;

		r = type_find_value(w->btf, &req->members[i], &id, w->err);
		if (r < 0 || !id || has_id(w, w->begun, w->nr_begun, id))
			continue;
		r = append_id(w, &w->begun, &w->nr_begun, id);
		if (r == 0)
			r = append_defined(w, id, req);
	}
	return r;
}

static int find_one(struct walk *w, size_t i)
{
	struct type_closure *c = w->c;
	const struct type_request *req = &c->reqs[i];
	int r = type_find(w->btf, req, &c->found[i], w->err);

	for (size_t k = 0; r == 0 && c->found[i] && k < i; k++)
		if (c->found[k] == c->found[i])
			r = fail(w->err, -EINVAL, "%s '%s' is requested twice, with its kind and without",
				 type_keyword(type_at(w->btf, c->found[i])), req->name);
	return r;
}

static int compare_declared(const void *a, const void *b, void *context)
{
	const struct btf_type *ta = type_at(context, *(const uint32_t *)a),
			      *tb = type_at(context, *(const uint32_t *)b);
	int order = strcmp(type_keyword(ta), type_keyword(tb));

	return order ? order : strcmp(type_name_at(context, ta->name_off), type_name_at(context, tb->name_off));
}

static int collect(struct walk *w)
{
	struct type_closure *c = w->c;
	int r = 0;

	for (size_t i = 0; r == 0 && i < c->nr_reqs; i++)
		if (*c->reqs[i].name)
			r = find_one(w, i);
	for (size_t i = 0; r == 0 && i < c->nr_reqs; i++) {
		if (!*c->reqs[i].name)
			r = define_values(w, &c->reqs[i]);
		else if (c->found[i])
			r = require(w, c->found[i], BY_VALUE);
	}
	if (r == 0 && c->nr_declared)
		qsort_r(c->declared, c->nr_declared, sizeof(*c->declared), compare_declared, (void *)w->btf);
	return r;
}

int type_closure_collect(struct type_closure *c, const struct btf *btf, const struct type_request *reqs, size_t nr_reqs,
			 struct error *err)
{
	struct walk w = {.c = c, .btf = btf, .err = err};
	int r;

	*c = (struct type_closure){.btf = btf, .reqs = reqs, .nr_reqs = nr_reqs};
	c->found = calloc(nr_reqs + 1, sizeof(*c->found));
	if (!c->found)
		return fail_memory(&w);
	r = collect(&w);
	free(w.begun);
	return r;
}

void type_closure_done(struct type_closure *c)
{
	free(c->found);
	free(c->defined);
	free(c->declared);
	*c = (struct type_closure){};
}
