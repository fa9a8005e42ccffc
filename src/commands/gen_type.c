/* SPDX-License-Identifier: GPL-2.0-only */
/* observer gen type: the named kernel types and what they need, as a header or as a small BTF. */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>

#include "commands/gen.h"
#include "generate/type_extract.h"
#include "generate/type_header.h"

static int read_requests(const struct gen_settings *s, char **names, int nr_names, struct type_requests *reqs,
			 struct error *err)
{
	int r = s->list ? type_requests_read(reqs, s->list, err) : 0;

	for (int i = 0; r == 0 && i < nr_names; i++)
		r = type_requests_add(reqs, names[i], err);
	if (r == 0 && !reqs->nr)
		r = fail(err, -EINVAL, "the list of types '%s' names none", s->list);
	return r;
}

static int make(const struct gen_settings *s, char **names, int nr_names, struct buffer *out, struct error *err)
{
	struct type_requests reqs = {};
	struct btf *btf = NULL;
	int r = read_requests(s, names, nr_names, &reqs, err);

	/* libbpf would print its own opinion beside the error. */
	libbpf_set_print(NULL);
	if (r == 0)
		r = generate_load_btf(s->btf, &btf, err);
	if (r == 0)
		r = (s->extract ? type_extract : generate_type_header_of)(reqs.list, reqs.nr, btf, out, err);
	btf__free(btf);
	type_requests_done(&reqs);
	return r;
}

const struct gen_subject gen_type = {
	.name = "type",
	.example = "task_struct:pid,tgid",
	.takes = GEN_TAKES_LIST | GEN_TAKES_EXTRACT,
	.make = make,
};
