/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Developer program, not installed: writes to standard output the header of the kernel types in LIST, from a file with
 * BTF or from the running kernel; with --extract the small BTF from which tests make the same header.
 */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "generate/type_extract.h"
#include "generate/type_header.h"

typedef int generate_fn(const struct type_request *reqs, size_t nr_reqs, const struct btf *btf, struct buffer *out,
			struct error *err);

static int write_out(const struct buffer *out, struct error *err)
{
	if (out->failed)
		return fail(err, -ENOMEM, "out of memory");
	if (fwrite(out->data, 1, out->length, stdout) != out->length || fflush(stdout))
		return fail(err, -errno, "cannot write to standard output: %s", strerror(errno));
	return 0;
}

static int generate(generate_fn *fn, const char *list, const char *btf_path, struct error *err)
{
	struct type_requests reqs = {};
	struct buffer out = {};
	struct btf *btf = generate_load_btf(btf_path, err);
	int r = btf ? type_requests_read(&reqs, list, err) : -ENOENT;

	if (r == 0)
		r = fn(reqs.list, reqs.nr, btf, &out, err);
	if (r == 0)
		r = write_out(&out, err);
	buffer_done(&out);
	type_requests_done(&reqs);
	btf__free(btf);
	return r;
}

int main(int argc, char **argv)
{
	bool extract = argc > 1 && !strcmp(argv[1], "--extract");
	struct error err = {};

	/* libbpf would print its own opinion beside the error. */
	libbpf_set_print(NULL);
	argv += extract;
	argc -= extract;
	if (argc < 2 || argc > 3 || argv[1][0] == '-') {
		fprintf(stderr, "usage: codegen [--extract] LIST [BTF]\n");
		return 2;
	}
	if (generate(extract ? type_extract : generate_type_header_of, argv[1], argv[2], &err) == 0)
		return 0;
	error_print(&err);
	return 1;
}
