/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What headers for tp_btf have besides: the check of a tracepoint's arguments. */
#if !defined(TP_ARGUMENTS) && !defined(__bpf__)
#define TP_ARGUMENTS

#include <bpf/btf.h>

/*
 * Compares the arguments of a tracepoint with the running kernel's BTF. Returns 0 where there are as many, of these
 * sizes, 1 where not (told on `out`), -errno where the kernel has no BTF or it does not tell.
 */
static inline int tp_check_arguments(FILE *out, const char *name, const struct tp_expected *arguments, size_t nr)
{
	struct btf *btf = btf__load_vmlinux_btf();
	const struct btf_type *t;
	char typedef_name[192];
	int id, wrong = 0;

	if (!btf)
		return -errno;
	snprintf(typedef_name, sizeof(typedef_name), "btf_trace_%s", name);
	id = btf__find_by_name_kind(btf, typedef_name, BTF_KIND_TYPEDEF);
	t = id < 0 ? NULL : btf__type_by_id(btf, btf__type_by_id(btf, id)->type);
	t = t && btf_is_ptr(t) ? btf__type_by_id(btf, t->type) : NULL;
	if (!t || !btf_is_func_proto(t)) {
		btf__free(btf);
		return -ENOENT;
	}
	/* The first argument of the kernel's function is its own. */
	if (btf_vlen(t) != nr + 1)
		wrong = fprintf(out, "%s has %d arguments in this kernel, not %zu\n", name, btf_vlen(t) - 1, nr) > 0;
	for (size_t i = 0; !wrong && i < nr; i++) {
		long bytes = btf__resolve_size(btf, btf_params(t)[i + 1].type);

		if (bytes != (long)arguments[i].bytes)
			wrong = fprintf(out, "%s: argument %s has %ld bytes in this kernel, not %u\n", name,
					arguments[i].name, bytes, arguments[i].bytes) > 0;
	}
	btf__free(btf);
	return wrong;
}
#endif
