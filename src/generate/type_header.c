/* SPDX-License-Identifier: GPL-2.0-only */
/* The header of requested kernel types: what stands around them, and reading the BTF. */
#include "generate/type_header.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "generate/type_btf.h"
#include "generate/type_closure.h"
#include "generate/type_print.h"

/* clang-format off */
static const char prologue[] =
	"/* SPDX-License-Identifier: GPL-2.0-only */\n"
	"/*\n"
	" * Kernel types for BPF programs, generated from BTF: do not edit. Only the members asked for are here, so that offsets\n"
	" * and sizes are not the kernel's: read members by CO-RE, and never use sizeof on a struct.\n"
	" */\n"
	"#ifndef __VMLINUX_H__\n"
	"#define __VMLINUX_H__\n"
	"\n";

static const char push_attribute[] =
	"#ifndef BPF_NO_PRESERVE_ACCESS_INDEX\n"
	"#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)\n"
	"#endif\n"
	"\n";

static const char epilogue[] =
	"#ifndef BPF_NO_PRESERVE_ACCESS_INDEX\n"
	"#pragma clang attribute pop\n"
	"#endif\n"
	"\n"
	"#endif\n";
/* clang-format on */

/*
 * What libbpf's bpf_helper_defs.h uses without declaring it; the same for all kernels and architectures
 * (include/uapi/asm-generic/int-ll64.h, include/uapi/linux/types.h).
 */
static const struct {
	const char *type, *name;
} basic_types[] = {
	{"signed char", "__s8"}, {"unsigned char", "__u8"}, {"short", "__s16"},	    {"unsigned short", "__u16"},
	{"int", "__s32"},	 {"unsigned int", "__u32"}, {"long long", "__s64"}, {"unsigned long long", "__u64"},
	{"__u16", "__be16"},	 {"__u32", "__be32"},	    {"__u64", "__be64"},    {"__u32", "__wsum"},
};
#define NR_BASIC_TYPES (sizeof(basic_types) / sizeof(basic_types[0]))

/* Typedefs that are there without being printed: those above, and the compiler's own. */
static bool is_known(const struct btf *btf, const struct btf_type *t)
{
	const char *name = type_name_at(btf, t->name_off);

	if (!btf_is_typedef(t))
		return false;
	for (size_t i = 0; i < NR_BASIC_TYPES; i++)
		if (!strcmp(basic_types[i].name, name))
			return true;
	return !strcmp(name, "__builtin_va_list");
}

static void print_declared(const struct type_closure *c, struct buffer *out)
{
	for (size_t i = 0; i < c->nr_declared; i++) {
		const struct btf_type *t = type_at(c->btf, c->declared[i]);

		buffer_printf(out, "%s %s;\n", type_keyword(t), type_name_at(c->btf, t->name_off));
	}
	if (c->nr_declared)
		buffer_append_char(out, '\n');
}

/* Typedefs stand close together, an empty line sets off everything else. */
static void print_defined(const struct type_closure *c, struct buffer *out)
{
	bool is_typedef = false;

	for (size_t i = 0; i < c->nr_defined; i++) {
		const struct btf_type *t = type_at(c->btf, c->defined[i].id);

		if (is_known(c->btf, t))
			continue;
		if (is_typedef && !btf_is_typedef(t))
			buffer_append_char(out, '\n');
		is_typedef = btf_is_typedef(t);
		type_print(c->btf, t, c->defined[i].req, out);
		if (!is_typedef)
			buffer_append_char(out, '\n');
	}
	if (is_typedef)
		buffer_append_char(out, '\n');
}

int generate_type_header_of(const struct type_request *reqs, size_t nr_reqs, const struct btf *btf, struct buffer *out,
			    struct error *err)
{
	struct type_closure c;
	int r = type_closure_collect(&c, btf, reqs, nr_reqs, err);

	if (r == 0) {
		buffer_append_text(out, prologue);
		for (size_t i = 0; i < NR_BASIC_TYPES; i++)
			buffer_printf(out, "typedef %s %s;\n", basic_types[i].type, basic_types[i].name);
		buffer_append_char(out, '\n');
		print_declared(&c, out);
		buffer_append_text(out, push_attribute);
		print_defined(&c, out);
		buffer_append_text(out, epilogue);
	}
	type_closure_done(&c);
	return r;
}

/* `number` is positive: from errno.h, or one of libbpf's own. */
static int fail_load(const char *btf_path, int number, struct error *err)
{
	int code = number < __LIBBPF_ERRNO__START ? -number : -EINVAL;
	char reason[128];

	libbpf_strerror(number, reason, sizeof(reason));
	if (!btf_path) {
		fail(err, code, "cannot read the types of the running kernel: %s", reason);
		return fail_hint(
			err,
			"the kernel needs CONFIG_DEBUG_INFO_BTF; else name a file with a kernel's BTF: --btf FILE");
	}
	if (access(btf_path, R_OK) < 0)
		return fail(err, -errno, "cannot read kernel types from '%s': %s", btf_path, strerror(errno));
	/* The file is there, but libbpf calls a missing section ENOENT too. */
	fail(err, code == -ENOENT ? -EINVAL : code, "no kernel types in '%s': %s", btf_path,
	     code == -ENOENT ? "it has no .BTF section" : reason);
	return fail_hint(err, "name a BTF file, like /sys/kernel/btf/vmlinux, or an ELF file with a .BTF section");
}

int generate_load_btf(const char *btf_path, struct btf **ret_btf, struct error *err)
{
	struct btf *btf = btf_path ? btf__parse(btf_path, NULL) : btf__load_vmlinux_btf();

	if (!btf)
		return fail_load(btf_path, errno, err);
	*ret_btf = btf;
	return 0;
}

int generate_type_header(const struct type_request *reqs, size_t nr_reqs, const char *btf_path, struct buffer *out,
			 struct error *err)
{
	struct btf *btf;
	int r = generate_load_btf(btf_path, &btf, err);

	if (r < 0)
		return r;
	r = generate_type_header_of(reqs, nr_reqs, btf, out, err);
	btf__free(btf);
	return r;
}
