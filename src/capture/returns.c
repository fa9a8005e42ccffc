/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs of type fexit, bpf/parts/returns.bpf.h. Must not decide whether they are wanted. */
#include "capture/returns.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "base/cleanup.h"
#include "capture/refusal.h"

/* The kernel's own ENOTSUPP, which has no name outside: include/linux/errno.h. */
#define KERNEL_ENOTSUPP 524

static bool is_return(const struct bpf_program *program)
{
	return bpf_program__expected_attach_type(program) == BPF_TRACE_FEXIT;
}

static const struct btf_type *without_modifiers(const struct btf *types, __u32 id)
{
	const struct btf_type *type = btf__type_by_id(types, id);

	while (type && btf_is_mod(type))
		type = btf__type_by_id(types, type->type);
	return type;
}

/*
 * Whether a program at the function may look at the registers: some kernels (Debian's 5.10) describe execveat's by the
 * stand-in of kernels that lack the call.
 */
static bool gets_registers(const struct btf *types, const char *function)
{
	int id = btf__find_by_name_kind(types, function, BTF_KIND_FUNC);
	const struct btf_type *type = id > 0 ? btf__type_by_id(types, id) : NULL;

	type = type ? btf__type_by_id(types, type->type) : NULL;
	if (!type || btf_vlen(type) != 1)
		return false;
	type = without_modifiers(types, btf_params(type)->type);
	if (!type || !btf_is_ptr(type))
		return false;
	type = without_modifiers(types, type->type);
	return type && btf_is_struct(type);
}

int returns_choose(struct bpf_object *object)
{
	struct bpf_program *program = bpf_object__find_program_by_name(object, "trace_sys_exit");
	struct btf *types = btf__load_vmlinux_btf();
	unsigned int nr = 0;

	if (!types || !program) {
		btf__free(types);
		return -ENOENT;
	}
	bpf_program__set_autoload(program, false);
	bpf_object__for_each_program(program, object)
	{
		const char *function = bpf_program__section_name(program) + strlen("fexit/");
		bool there;

		if (!is_return(program))
			continue;
		there = gets_registers(types, function);
		bpf_program__set_autoload(program, there);
		nr += there;
	}
	btf__free(types);
	/* execve and execveat of each entry. */
	return nr && nr % 2 == 0 ? 0 : -ENOENT;
}

void returns_take(const struct bpf_object *object, struct program *ret)
{
	struct bpf_program *program;
	int nr = 0;

	bpf_object__for_each_program(program, object) if (is_return(program) && bpf_program__fd(program) >= 0 &&
							  nr < EXEC_RETURNS_MAX) ret->returns[nr++] =
		program_keep(bpf_program__fd(program));
}

/* A kernel whose compiler put the function into its caller (link-time optimization) never calls what is attached to. */
static int try_exec(const struct program *p, volatile struct reader_state *reader, struct error *err)
{
	uint32_t self;
	bool seen;
	int code = program_find_process(p, 0, &self, err);

	if (code)
		return code;
	reader->trying = self;
	syscall(SYS_execve, NULL, NULL, NULL);
	/* Another error is the answer of a filter of system calls, which tells nothing. */
	seen = errno != EFAULT || !reader->trying;
	reader->trying = 0;
	if (seen)
		return 0;
	fail(err, -EOPNOTSUPP, "failed execs cannot be seen by fexit: it attaches, but the kernel does not call it");
	return fail_hint(err, "the kernel's functions may have been put into one another when it was built; leave out "
			      "--fail-hook: sys_exit can be had everywhere");
}

int returns_attach(const struct program *p, int links[static EXEC_RETURNS_MAX], volatile struct reader_state *reader,
		   struct error *err)
{
	for (int i = 0; i < EXEC_RETURNS_MAX && p->returns[i] >= 0; i++) {
		links[i] = bpf_raw_tracepoint_open(NULL, p->returns[i]);
		if (links[i] >= 0)
			continue;
		fail(err, links[i], "failed execs cannot be seen by fexit: it loads, but attaching fails: %s",
		     strerror(links[i] == -KERNEL_ENOTSUPP ? EOPNOTSUPP : -links[i]));
		return returns_hint(links[i], err);
	}
	return try_exec(p, reader, err);
}

int returns_hint(int code, struct error *err)
{
	if (code == -KERNEL_ENOTSUPP || code == -EOPNOTSUPP)
		return fail_hint(err, "this kernel attaches nothing to its functions on this architecture (arm64: from "
				      "Linux 6.4 on); leave out --fail-hook: sys_exit can be had everywhere");
	if (code == -ENOENT)
		return fail_hint(err, "the kernel's types (/sys/kernel/btf/vmlinux) do not describe the functions of "
				      "execve and execveat; leave out --fail-hook: sys_exit needs none of them");
	if (code == -EPERM &&
	    (refusal_lockdown() == LOCKDOWN_INTEGRITY || refusal_lockdown() == LOCKDOWN_CONFIDENTIALITY))
		return fail_hint(err, "the kernel is locked down, and refuses this kind of program; leave out "
				      "--fail-hook: sys_exit can be had there");
	return fail_hint(err, "the kernel refuses this kind of program: observer doctor tells of fexit; leave out "
			      "--fail-hook: sys_exit can be had everywhere");
}
