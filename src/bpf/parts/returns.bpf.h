/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * In place of sys_exit (--fail-hook fexit): the ends of the functions behind execve and execveat, so that no other
 * system call pays. They are given the same: registers and result. What never comes to these functions is not seen.
 * User space loads those that this kernel has, and none of them by light skeleton, which is made WITHOUT_RETURNS.
 */
#ifndef PARTS_RETURNS_BPF_H
#define PARTS_RETURNS_BPF_H

#define EFAULT 14 /* include/uapi/asm-generic/errno-base.h */

/* An exec of the reader's own, made to find out whether these functions are really called: no event. */
static __always_inline bool is_trial(long result)
{
	struct reader_state *state;
	__u32 zero = 0, self;

	if (result != -EFAULT)
		return false;
	state = bpf_map_lookup_elem(&reader, &zero);
	self = READ(CAST(struct task_struct, bpf_get_current_task()), tgid);
	if (!state || state->trying != self)
		return false;
	state->trying = 0;
	return true;
}

/* Not inlined: a dozen programs share it. */
static __noinline int handle_return(const void *regs, long result)
{
	return is_trial(result) ? 0 : handle_syscall(regs, result);
}

/* long function(const struct pt_regs *regs): arch/x86 and arch/arm64, include/asm/syscall_wrapper.h */
#define EXEC_RETURN(name, function)                                                                                    \
	SEC("?fexit/" #function)                                                                                       \
	int name(__u64 *context)                                                                                       \
	{                                                                                                              \
		return handle_return((const void *)context[0], context[1]);                                            \
	}

EXEC_RETURN(x64_execve, __x64_sys_execve)
EXEC_RETURN(x64_execveat, __x64_sys_execveat)
EXEC_RETURN(ia32_execve, __ia32_compat_sys_execve)
EXEC_RETURN(ia32_execveat, __ia32_compat_sys_execveat)
/* Of x32; named __x32_ up to Linux 5.13. */
EXEC_RETURN(x32_execve, __x64_compat_sys_execve)
EXEC_RETURN(x32_execveat, __x64_compat_sys_execveat)
EXEC_RETURN(old_x32_execve, __x32_compat_sys_execve)
EXEC_RETURN(old_x32_execveat, __x32_compat_sys_execveat)
EXEC_RETURN(arm64_execve, __arm64_sys_execve)
EXEC_RETURN(arm64_execveat, __arm64_sys_execveat)
EXEC_RETURN(arm32_execve, __arm64_compat_sys_execve)
EXEC_RETURN(arm32_execveat, __arm64_compat_sys_execveat)

#endif
