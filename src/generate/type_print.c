/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * C text of single BTF types. A declarator is printed from the inside out: what stands before the name (base type,
 * stars), the name, what stands after it (dimensions, parameters).
 */
#include "generate/type_print.h"

#include <string.h>

#include "generate/type_btf.h"

struct printer {
	const struct btf *btf;
	struct buffer *out;
	const struct type_request *req; /* of the type being defined; holds for its nested members too */
	int indent;
};

static void print_definition(struct printer *p, const struct btf_type *t, const char *name);
static void print_before(struct printer *p, uint32_t id);
static void print_after(struct printer *p, uint32_t id);

static const char *name_of(const struct printer *p, uint32_t offset)
{
	return type_name_at(p->btf, offset);
}

static void print_indent(struct printer *p)
{
	for (int i = 0; i < p->indent; i++)
		buffer_append_char(p->out, '\t');
}

/* "TYPE NAME" as in a declaration; "TYPE" alone for parameters without a name. */
static void print_declaration(struct printer *p, uint32_t id, const char *name)
{
	struct buffer *out = p->out;

	print_before(p, id);
	buffer_append_text(out, name);
	if (!*name && out->length && out->data[out->length - 1] == ' ')
		out->length--;
	print_after(p, id);
}

static void print_value(struct printer *p, const struct btf_type *t, int i)
{
	if (!btf_is_enum64(t) && btf_kflag(t))
		buffer_printf(p->out, "%d", btf_enum(t)[i].val);
	else if (!btf_is_enum64(t))
		buffer_printf(p->out, "%u", (unsigned int)btf_enum(t)[i].val);
	else if (btf_kflag(t))
		buffer_printf(p->out, "%lldLL", (long long)btf_enum64_value(&btf_enum64(t)[i]));
	else
		buffer_printf(p->out, "%lluULL", (unsigned long long)btf_enum64_value(&btf_enum64(t)[i]));
}

static void print_enum_body(struct printer *p, const struct btf_type *t)
{
	buffer_append_text(p->out, "{\n");
	p->indent++;
	for (int i = 0; i < btf_vlen(t); i++) {
		if (!type_wants_member(p->btf, t, i, p->req))
			continue;
		print_indent(p);
		buffer_printf(p->out, "%s = ", type_value_name(p->btf, t, i));
		print_value(p, t, i);
		buffer_append_text(p->out, ",\n");
	}
	p->indent--;
	print_indent(p);
	buffer_append_char(p->out, '}');
}

static void print_member(struct printer *p, const struct btf_type *t, int i)
{
	const struct btf_member *m = &btf_members(t)[i];
	const struct btf_type *nested = type_nested(p->btf, m);
	const struct type_request *req = p->req;
	uint32_t bits = btf_member_bitfield_size(t, i);

	print_indent(p);
	if (nested) {
		/* -fms-extensions: it may have a tag. Without one its members are reached the same way. */
		print_definition(p, nested, "");
	} else {
		/* The names in the request are those of `t`, not those inside a member that has a name itself. */
		p->req = NULL;
		print_declaration(p, m->type, name_of(p, m->name_off));
		p->req = req;
	}
	if (bits)
		buffer_printf(p->out, " : %u", bits);
	buffer_append_text(p->out, ";\n");
}

static void print_struct_body(struct printer *p, const struct btf_type *t)
{
	buffer_append_text(p->out, "{\n");
	p->indent++;
	for (int i = 0; i < btf_vlen(t); i++)
		if (type_wants_member(p->btf, t, i, p->req))
			print_member(p, t, i);
	p->indent--;
	print_indent(p);
	buffer_append_char(p->out, '}');
}

static void print_definition(struct printer *p, const struct btf_type *t, const char *name)
{
	buffer_printf(p->out, "%s %s%s", type_keyword(t), name, *name ? " " : "");
	if (btf_is_composite(t))
		print_struct_body(p, t);
	else
		print_enum_body(p, t);
}

static void print_tagged(struct printer *p, const struct btf_type *t)
{
	const char *name = name_of(p, t->name_off);

	if (*name)
		buffer_printf(p->out, "%s %s", type_keyword(t), name);
	else
		print_definition(p, t, "");
	buffer_append_char(p->out, ' ');
}

/* Compilers differ in how they write integer types; one spelling for all. */
static const char *const spellings[][2] = {
	{"long unsigned int", "unsigned long"},		  {"long int", "long"},
	{"short unsigned int", "unsigned short"},	  {"short int", "short"},
	{"long long unsigned int", "unsigned long long"}, {"long long int", "long long"},
	{"__int128 unsigned", "unsigned __int128"},
};

static void print_basic(struct printer *p, const struct btf_type *t)
{
	const char *name = name_of(p, t->name_off);

	for (size_t i = 0; btf_is_int(t) && i < sizeof(spellings) / sizeof(spellings[0]); i++)
		if (!strcmp(name, spellings[i][0]))
			name = spellings[i][1];
	buffer_printf(p->out, "%s ", name);
}

static bool needs_parentheses(const struct printer *p, uint32_t id)
{
	const struct btf_type *t = type_skip_modifiers(p->btf, id);

	return btf_is_array(t) || btf_is_func_proto(t);
}

static void print_modifier(struct printer *p, const struct btf_type *t)
{
	bool is_pointer = btf_is_ptr(type_skip_modifiers(p->btf, t->type));
	const char *word = btf_is_const(t) ? "const " : btf_is_volatile(t) ? "volatile " : "";

	/* `restrict` and the tags of __user, __rcu and the like mean nothing to a reader by CO-RE. */
	if (!is_pointer)
		buffer_append_text(p->out, word);
	print_before(p, t->type);
	if (is_pointer)
		buffer_append_text(p->out, word);
}

static void print_before(struct printer *p, uint32_t id)
{
	const struct btf_type *t = type_at(p->btf, id);

	switch (btf_kind(t)) {
	case BTF_KIND_PTR:
		print_before(p, t->type);
		buffer_append_text(p->out, needs_parentheses(p, t->type) ? "(*" : "*");
		break;
	case BTF_KIND_CONST:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG:
		print_modifier(p, t);
		break;
	case BTF_KIND_ARRAY:
		print_before(p, btf_array(t)->type);
		break;
	case BTF_KIND_FUNC_PROTO:
		print_before(p, t->type);
		break;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
	case BTF_KIND_FWD:
		print_tagged(p, t);
		break;
	case BTF_KIND_UNKN:
		buffer_append_text(p->out, "void ");
		break;
	default:
		print_basic(p, t);
	}
}

static void print_parameters(struct printer *p, const struct btf_type *t)
{
	const struct btf_param *params = btf_params(t);
	int nr = btf_vlen(t);

	buffer_append_char(p->out, '(');
	if (!nr)
		buffer_append_text(p->out, "void");
	for (int i = 0; i < nr; i++) {
		if (i)
			buffer_append_text(p->out, ", ");
		if (i == nr - 1 && !params[i].type)
			buffer_append_text(p->out, "...");
		else
			print_declaration(p, params[i].type, name_of(p, params[i].name_off));
	}
	buffer_append_char(p->out, ')');
}

static void print_after(struct printer *p, uint32_t id)
{
	const struct btf_type *t = type_at(p->btf, id);

	if (btf_is_ptr(t)) {
		if (needs_parentheses(p, t->type))
			buffer_append_char(p->out, ')');
		print_after(p, t->type);
	} else if (type_is_modifier(t)) {
		print_after(p, t->type);
	} else if (btf_is_array(t)) {
		buffer_printf(p->out, "[%u]", btf_array(t)->nelems);
		print_after(p, btf_array(t)->type);
	} else if (btf_is_func_proto(t)) {
		print_parameters(p, t);
		print_after(p, t->type);
	}
}

void type_print(const struct btf *btf, const struct btf_type *t, const struct type_request *req, struct buffer *out)
{
	struct printer p = {.btf = btf, .out = out, .req = req};
	const char *name = name_of(&p, t->name_off);

	if (btf_is_typedef(t)) {
		buffer_append_text(out, "typedef ");
		print_declaration(&p, t->type, name);
	} else {
		print_definition(&p, t, name);
	}
	buffer_append_text(out, ";\n");
}
