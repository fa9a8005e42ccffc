/* SPDX-License-Identifier: GPL-2.0-only */
/* A small BTF that says the same about requested types as the kernel's large one: for tests, and to send by mail. */
#ifndef GENERATE_TYPE_EXTRACT_H
#define GENERATE_TYPE_EXTRACT_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "generate/type_request.h"

struct btf;

/*
 * Appends raw BTF, in this machine's byte order, from which generate_type_header_of makes the same header as from
 * `btf`. Requested structs have all their members, in their places; but what the header leaves out is of the type
 * `left_out`. Returns 0 or -errno as generate_type_header_of.
 */
int type_extract(const struct type_request *reqs, size_t nr_reqs, const struct btf *btf, struct buffer *out,
		 struct error *err);

#endif
