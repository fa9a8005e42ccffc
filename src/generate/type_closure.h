/* SPDX-License-Identifier: GPL-2.0-only */
/* From requested types to all types that their declarations need, in an order that C accepts. Prints nothing. */
#ifndef GENERATE_TYPE_CLOSURE_H
#define GENERATE_TYPE_CLOSURE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "generate/type_request.h"

struct btf;

/* A type to be defined, with the request that chooses its members (NULL: all). */
struct type_use {
	uint32_t id;
	const struct type_request *req;
};

struct type_closure {
	const struct btf *btf;
	const struct type_request *reqs;
	size_t nr_reqs;
	uint32_t *found; /* per request: the type, 0 where there is none */

	struct type_use *defined; /* structs, unions, enums, typedefs: each after what it needs */
	size_t nr_defined;
	uint32_t *declared; /* structs and unions that stand behind pointers, by kind and name */
	size_t nr_declared;
};

/*
 * Fills `c`, which the caller releases by type_closure_done, after an error too. `btf` and `reqs` are only borrowed.
 * Errors: those of type_find and type_find_value, -EINVAL for broken BTF and for a type requested twice, -ENOMEM.
 */
int type_closure_collect(struct type_closure *c, const struct btf *btf, const struct type_request *reqs, size_t nr_reqs,
			 struct error *err);

void type_closure_done(struct type_closure *c);

#endif
