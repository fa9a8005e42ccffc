/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds requested types and members in BTF; where one is missing, the name nearest to it. Prints no types. */
#include "generate/type_lookup.h"

#include <errno.h>
#include <string.h>

#include "base/words.h"
#include "generate/type_btf.h"

/* As in type_btf.c: an end for broken BTF. */
#define DEPTH_MAX 16

static int guess_hint(const struct words_search *nearest, int code, struct error *err)
{
	return nearest->best ? fail_hint(err, "did you mean '%s'?", nearest->best) : code;
}

static void consider_members(const struct btf *btf, const struct btf_type *t, struct words_search *nearest, int depth)
{
	const struct btf_member *m = btf_members(t);

	for (int i = 0; i < btf_vlen(t); i++, m++) {
		const struct btf_type *nested = type_nested(btf, m);

		if (!nested)
			words_consider(nearest, type_name_at(btf, m->name_off));
		else if (depth < DEPTH_MAX)
			consider_members(btf, nested, nearest, depth + 1);
	}
}

static void consider_values(const struct btf *btf, const struct btf_type *t, struct words_search *nearest)
{
	for (int i = 0; i < btf_vlen(t); i++)
		words_consider(nearest, type_value_name(btf, t, i));
}

/* What holds the members that a request names: the type itself; for a typedef the struct without a name behind it, or
 * void. */
static const struct btf_type *members_of(const struct btf *btf, const struct btf_type *t)
{
	if (!btf_is_typedef(t))
		return t;
	return type_at(btf, type_is_nameless(btf, type_at(btf, t->type)) ? t->type : 0);
}

static bool has_part(const struct btf *btf, const struct btf_type *t, const char *name)
{
	if (btf_is_composite(t))
		return type_has_member(btf, t, name);
	return btf_is_any_enum(t) && type_has_value(btf, t, name);
}

/* The first member that is wanted but not there, NULL where all are. */
static const char *find_missing(const struct btf *btf, const struct btf_type *t, const struct type_request *req)
{
	t = members_of(btf, t);
	for (size_t i = 0; i < req->nr_members; i++)
		if (!req->members[i].optional && !has_part(btf, t, req->members[i].name))
			return req->members[i].name;
	return NULL;
}

/* Nothing has members there: tells the struct behind a typedef where that one has a name. */
static int fail_without_members(const struct btf *btf, const struct btf_type *t, const struct type_request *req,
				struct error *err)
{
	const struct btf_type *target = type_at(btf, t->type);
	int r = fail(err, -EINVAL, "%s '%s' has no members to choose from", type_keyword(t), req->name);

	if (!btf_is_composite(target))
		return r;
	return fail_hint(err, "it is another name of %s %s: ask for '%s:...'", type_keyword(target),
			 type_name_at(btf, target->name_off), type_name_at(btf, target->name_off));
}

static int fail_missing(const struct btf *btf, const struct btf_type *t, const struct type_request *req,
			struct error *err)
{
	const char *name = find_missing(btf, t, req);
	const struct btf_type *holder = members_of(btf, t);
	struct words_search nearest = {.word = name};
	int r;

	if (!btf_is_composite(holder) && !btf_is_any_enum(holder))
		return fail_without_members(btf, t, req, err);
	if (btf_is_composite(holder))
		consider_members(btf, holder, &nearest, 0);
	else
		consider_values(btf, holder, &nearest);
	r = fail(err, -ENOENT, "%s '%s' has no %s '%s' in the kernel's BTF", type_keyword(t), req->name,
		 btf_is_composite(holder) ? "member" : "value", name);
	return guess_hint(&nearest, r, err);
}

static bool is_kind(const struct btf_type *t, enum type_kind kind)
{
	enum type_kind actual = type_kind_of(t);

	return actual != TYPE_ANY && (kind == TYPE_ANY || kind == actual);
}

static int fail_unknown(const struct btf *btf, const struct type_request *req, struct error *err)
{
	const char *kind = req->kind == TYPE_ANY ? "type" : type_kind_name(req->kind);
	struct words_search nearest = {.word = req->name};
	int r;

	for (uint32_t id = 1; id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = type_at(btf, id);

		if (is_kind(t, req->kind))
			words_consider(&nearest, type_name_at(btf, t->name_off));
	}
	r = fail(err, -ENOENT, "the kernel's BTF has no %s '%s'", kind, req->name);
	return nearest.best ? guess_hint(&nearest, r, err)
			    : fail_hint(err, "its types are listed by: bpftool btf dump file /sys/kernel/btf/vmlinux");
}

/* struct before union, typedef and enum, where one name is several. */
static bool comes_before(const struct btf *btf, uint32_t id, uint32_t other)
{
	return !other || type_kind_of(type_at(btf, id)) < type_kind_of(type_at(btf, other));
}

int type_find(const struct btf *btf, const struct type_request *req, uint32_t *ret_id, struct error *err)
{
	uint32_t found = 0, unfit = 0;

	for (uint32_t id = 1; id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = type_at(btf, id);

		if (!is_kind(t, req->kind) || strcmp(type_name_at(btf, t->name_off), req->name))
			continue;
		if (find_missing(btf, t, req)) {
			if (comes_before(btf, id, unfit))
				unfit = id;
		} else if (comes_before(btf, id, found)) {
			found = id;
		}
	}
	if (!found && unfit)
		return fail_missing(btf, type_at(btf, unfit), req, err);
	if (!found && !req->optional)
		return fail_unknown(btf, req, err);
	*ret_id = found;
	return 0;
}

static int fail_unknown_value(const struct btf *btf, const char *name, struct error *err)
{
	struct words_search nearest = {.word = name};
	int r = fail(err, -ENOENT, "no enum without a name has the value '%s' in the kernel's BTF", name);

	for (uint32_t id = 1; id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = type_at(btf, id);
		const char *owner = type_name_at(btf, t->name_off);

		if (!btf_is_any_enum(t))
			continue;
		if (*owner && type_has_value(btf, t, name))
			return fail_hint(err, "enum %s has it: ask for 'enum:%s:%s'", owner, owner, name);
		if (!*owner)
			consider_values(btf, t, &nearest);
	}
	return guess_hint(&nearest, r, err);
}

int type_find_value(const struct btf *btf, const struct member_request *value, uint32_t *ret_id, struct error *err)
{
	uint32_t id, nr = btf__type_cnt(btf);

	for (id = 1; id < nr; id++) {
		const struct btf_type *t = type_at(btf, id);

		if (btf_is_any_enum(t) && type_is_nameless(btf, t) && type_has_value(btf, t, value->name))
			break;
	}
	if (id == nr && !value->optional)
		return fail_unknown_value(btf, value->name, err);
	*ret_id = id < nr ? id : 0;
	return 0;
}
