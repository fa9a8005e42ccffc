/* SPDX-License-Identifier: GPL-2.0-only */
/* Looks at single BTF types: names, kinds, members. Prints nothing and describes no errors. */
#include "generate/type_btf.h"

#include <string.h>

/* Deeper nesting of members without a name than any compiler makes: broken BTF, which may run in circles. */
#define DEPTH_MAX 16

const struct btf_type *type_at(const struct btf *btf, uint32_t id)
{
	const struct btf_type *t = btf__type_by_id(btf, id);

	return t ? t : btf__type_by_id(btf, 0);
}

const char *type_name_at(const struct btf *btf, uint32_t offset)
{
	const char *name = btf__name_by_offset(btf, offset);

	return name ? name : "";
}

bool type_is_modifier(const struct btf_type *t)
{
	return btf_is_mod(t) || btf_is_type_tag(t);
}

enum type_kind type_kind_of(const struct btf_type *t)
{
	switch (btf_kind(t)) {
	case BTF_KIND_STRUCT:
		return TYPE_STRUCT;
	case BTF_KIND_UNION:
		return TYPE_UNION;
	case BTF_KIND_TYPEDEF:
		return TYPE_TYPEDEF;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return TYPE_ENUM;
	default:
		return TYPE_ANY;
	}
}

bool type_is_nameless(const struct btf *btf, const struct btf_type *t)
{
	return !*type_name_at(btf, t->name_off);
}

bool type_is_nameless_composite(const struct btf *btf, uint32_t id)
{
	const struct btf_type *t = type_at(btf, id);

	return btf_is_composite(t) && type_is_nameless(btf, t);
}

const struct btf_type *type_skip_modifiers(const struct btf *btf, uint32_t id)
{
	const struct btf_type *t = type_at(btf, id);

	for (int i = 0; type_is_modifier(t); i++)
		t = type_at(btf, i < DEPTH_MAX ? t->type : 0);
	return t;
}

const struct btf_type *type_nested(const struct btf *btf, const struct btf_member *m)
{
	const struct btf_type *t = type_skip_modifiers(btf, m->type);

	return !*type_name_at(btf, m->name_off) && btf_is_composite(t) ? t : NULL;
}

const char *type_keyword(const struct btf_type *t)
{
	if (btf_is_fwd(t))
		return type_kind_name(btf_kflag(t) ? TYPE_UNION : TYPE_STRUCT);
	return type_kind_name(type_kind_of(t));
}

const char *type_value_name(const struct btf *btf, const struct btf_type *t, int i)
{
	return type_name_at(btf, btf_is_enum64(t) ? btf_enum64(t)[i].name_off : btf_enum(t)[i].name_off);
}

static bool has_member(const struct btf *btf, const struct btf_type *t, const char *name, int depth)
{
	const struct btf_member *m = btf_members(t);

	for (int i = 0; i < btf_vlen(t); i++, m++) {
		const struct btf_type *nested = type_nested(btf, m);

		if (!nested && !strcmp(type_name_at(btf, m->name_off), name))
			return true;
		if (nested && depth < DEPTH_MAX && has_member(btf, nested, name, depth + 1))
			return true;
	}
	return false;
}

bool type_has_member(const struct btf *btf, const struct btf_type *t, const char *name)
{
	return has_member(btf, t, name, 0);
}

bool type_has_value(const struct btf *btf, const struct btf_type *t, const char *name)
{
	for (int i = 0; i < btf_vlen(t); i++)
		if (!strcmp(type_value_name(btf, t, i), name))
			return true;
	return false;
}

static bool is_requested(const struct type_request *req, const char *name)
{
	for (size_t i = 0; i < req->nr_members; i++)
		if (!strcmp(req->members[i].name, name))
			return true;
	return false;
}

static bool wants_member(const struct btf *btf, const struct btf_type *t, int i, const struct type_request *req,
			 int depth)
{
	const struct btf_member *m = &btf_members(t)[i];
	const struct btf_type *nested = type_nested(btf, m);

	if (!nested)
		return is_requested(req, type_name_at(btf, m->name_off));
	for (int k = 0; depth < DEPTH_MAX && k < btf_vlen(nested); k++)
		if (wants_member(btf, nested, k, req, depth + 1))
			return true;
	return false;
}

bool type_wants_member(const struct btf *btf, const struct btf_type *t, int i, const struct type_request *req)
{
	if (!req || req->whole)
		return true;
	if (btf_is_composite(t))
		return wants_member(btf, t, i, req, 0);
	return is_requested(req, type_value_name(btf, t, i));
}
