/* SPDX-License-Identifier: GPL-2.0-only */
/* From a list of wanted kernel types to a C header for BPF programs that holds just those, read by CO-RE. */
#ifndef GENERATE_TYPE_HEADER_H
#define GENERATE_TYPE_HEADER_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "generate/type_request.h"

/*
 * Appends the header to `out`: the integer types that libbpf's bpf_helpers.h needs, then what `reqs` name and what that
 * needs in turn (a struct behind a pointer is declared only; one held by value is there with its requested members, or
 * whole where nobody requested it). It stands in for vmlinux.h, whose guard __VMLINUX_H__ it defines. Structs are not
 * laid out as in the kernel: each access must go by CO-RE, sizeof is meaningless.
 *
 * The text depends on the requests, their order and the types alone, not on the numbering of the BTF (but where a
 * kernel has several structs of one name, the first that fits is taken).
 * `reqs` has each type once (type_requests_add sees to it). `btf_path` is a file with BTF (raw or ELF); NULL: the
 * running kernel. Returns 0 or -errno, described: -ENOENT for an unknown type or member, -EINVAL for broken BTF or
 * requests.
 */
int generate_type_header(const struct type_request *reqs, size_t nr_reqs, const char *btf_path, struct buffer *out,
			 struct error *err);

/* The same from BTF that is loaded already. */
struct btf;
int generate_type_header_of(const struct type_request *reqs, size_t nr_reqs, const struct btf *btf, struct buffer *out,
			    struct error *err);

/* Loads BTF as generate_type_header does; the caller releases it by btf__free. Returns 0 or -errno, described. */
int generate_load_btf(const char *btf_path, struct btf **ret_btf, struct error *err);

#endif
