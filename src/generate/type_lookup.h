/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds requested types and members in BTF and says what is missing, with the nearest name. Prints no types. */
#ifndef GENERATE_TYPE_LOOKUP_H
#define GENERATE_TYPE_LOOKUP_H

#include <stdint.h>

#include "base/error.h"
#include "generate/type_request.h"

struct btf;

/*
 * Number of the type that `req` asks for, which has each member that is not optional; 0 where an optional type does
 * not exist. Of several types with that name: struct before union, typedef, enum; else the first that fits. Not for
 * enums without a name.
 * Errors: -ENOENT (type or member unknown, hint: the nearest name), -EINVAL (members of something that has none).
 */
int type_find(const struct btf *btf, const struct type_request *req, uint32_t *ret_id, struct error *err);

/*
 * Number of the enum without a name that has this value; 0 where an optional one does not exist.
 * Errors: -ENOENT (hint: the nearest name, or the named enum that has it).
 */
int type_find_value(const struct btf *btf, const struct member_request *value, uint32_t *ret_id, struct error *err);

#endif
