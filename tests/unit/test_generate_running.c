/* SPDX-License-Identifier: GPL-2.0-only */
/* Each type, member and value of src/bpf/kernel_types.list that is not marked optional exists in the running kernel. */
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "base/buffer.h"
#include "check.h"
#include "generate/type_header.h"

static void the_kernel_has(const struct type_request *req, const struct btf *btf)
{
	struct error err = {};
	struct buffer out = {};

	if (!CHECK_EQ(generate_type_header_of(req, 1, btf, &out, &err), 0))
		fprintf(stderr, "  %s\n  %s\n", err.text, err.hint);
	buffer_done(&out);
}

int main(void)
{
	struct type_requests r = {};
	struct error err = {};
	struct btf *btf;

	libbpf_set_print(NULL);
	if (generate_load_btf(NULL, &btf, &err) < 0)
		SKIP("%s", err.text);
	CHECK_EQ(type_requests_read(&r, SOURCE_ROOT "/src/bpf/kernel_types.list", &err), 0);
	for (size_t i = 0; i < r.nr; i++) {
		check_running = r.list[i].name;
		the_kernel_has(&r.list[i], btf);
	}
	type_requests_done(&r);
	btf__free(btf);
	return test_main();
}
