/* SPDX-License-Identifier: GPL-2.0-only */
/* C text of single BTF types. Does not know in which order they must come. */
#ifndef GENERATE_TYPE_PRINT_H
#define GENERATE_TYPE_PRINT_H

#include "base/buffer.h"
#include "generate/type_request.h"

struct btf;
struct btf_type;

/*
 * Appends the definition of a struct, union, enum or typedef with the wanted members, in the kernel's order, with ";"
 * and the end of the line. Each type it names must have been declared before.
 */
void type_print(const struct btf *btf, const struct btf_type *t, const struct type_request *req, struct buffer *out);

#endif
