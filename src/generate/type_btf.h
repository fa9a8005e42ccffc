/* SPDX-License-Identifier: GPL-2.0-only */
/* Looks at single BTF types: names, kinds, members. */
#ifndef GENERATE_TYPE_BTF_H
#define GENERATE_TYPE_BTF_H

#include <bpf/btf.h>
#include <stdbool.h>
#include <stdint.h>

#include "generate/type_request.h"

/* The type with this number; void where the BTF is broken, never NULL. */
const struct btf_type *type_at(const struct btf *btf, uint32_t id);

/* The name of a type or of one of its members; "" where it has none, never NULL. */
const char *type_name_at(const struct btf *btf, uint32_t offset);

/* const, volatile, restrict and tags: what says nothing about the memory. */
bool type_is_modifier(const struct btf_type *t);

/* The type behind modifiers; void where the BTF runs in circles. */
const struct btf_type *type_skip_modifiers(const struct btf *btf, uint32_t id);

bool type_is_nameless(const struct btf *btf, const struct btf_type *t);
bool type_is_nameless_composite(const struct btf *btf, uint32_t id);

/* The struct or union that a member without a name is; NULL for the others. Its members count as those of the struct
 * around it. */
const struct btf_type *type_nested(const struct btf *btf, const struct btf_member *m);

/* "struct", "union" (also of those that the BTF only declares), "enum" or "typedef", else "". Pointers can be compared.
 */
const char *type_keyword(const struct btf_type *t);

/* Name of value number `i` of an enum. */
const char *type_value_name(const struct btf *btf, const struct btf_type *t, int i);

/* Kind of a named type that can be requested, TYPE_ANY for the others. */
enum type_kind type_kind_of(const struct btf_type *t);

/* Whether struct or union `t` has a member of that name, also inside its anonymous members. */
bool type_has_member(const struct btf *btf, const struct btf_type *t, const char *name);

/* Whether enum `t` has that value. */
bool type_has_value(const struct btf *btf, const struct btf_type *t, const char *name);

/* Whether member (or enum value) number `i` of `t` is wanted, a nested one for what it holds; `req` NULL: all are. */
bool type_wants_member(const struct btf *btf, const struct btf_type *t, int i, const struct type_request *req);

#endif
