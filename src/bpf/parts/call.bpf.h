/* SPDX-License-Identifier: GPL-2.0-only */
/* Which system call ends: whether it is an execve or execveat, by the registers, and what it was given. */
#ifndef PARTS_CALL_BPF_H
#define PARTS_CALL_BPF_H

#define TS_COMPAT	0x2	    /* arch/x86/include/asm/thread_info.h */
#define TIF_32BIT	(1UL << 22) /* arch/arm64/include/asm/thread_info.h */
#define X32_SYSCALL_BIT 0x40000000
#define AT_EXECVE_CHECK 0x10000 /* include/uapi/linux/fcntl.h: asks only, and runs nothing */

/* What the caller asked for. */
struct call {
	__u64 filename, argv; /* user addresses */
	__u32 flags;	      /* of execveat */
	__u32 error;	      /* that it returned */
	bool at;
	bool narrow; /* pointers of 32 bits */
	bool compat; /* through a 32-bit entry */
};

static __always_inline bool call_read_x86(struct call *call, const void *address, struct task_struct *p)
{
	struct pt_regs___x86 *regs = (void *)address;
	__u64 number = BPF_CORE_READ(regs, orig_ax);
	__u32 status = BPF_CORE_READ((struct task_struct___x86 *)p, thread_info.status);

	call->compat = status & TS_COMPAT;
	call->narrow = call->compat || (number & X32_SYSCALL_BIT);
	number &= ~X32_SYSCALL_BIT;
	if (call->compat) {
		call->at = number == 358;
		call->filename = call->at ? BPF_CORE_READ(regs, cx) : BPF_CORE_READ(regs, bx);
		call->argv = call->at ? BPF_CORE_READ(regs, dx) : BPF_CORE_READ(regs, cx);
		call->flags = BPF_CORE_READ(regs, di);
		return number == 11 || call->at;
	}
	call->at = number == 322 || number == 545;
	call->filename = call->at ? BPF_CORE_READ(regs, si) : BPF_CORE_READ(regs, di);
	call->argv = call->at ? BPF_CORE_READ(regs, dx) : BPF_CORE_READ(regs, si);
	call->flags = BPF_CORE_READ(regs, r8);
	return number == 59 || number == 520 || call->at;
}

static __always_inline bool call_read_arm64(struct call *call, const void *address, struct task_struct *p)
{
	struct pt_regs___arm64 *regs = (void *)address;
	__u32 number = BPF_CORE_READ(regs, syscallno);
	__u64 flags = BPF_CORE_READ((struct task_struct___arm64 *)p, thread_info.flags);

	call->compat = call->narrow = flags & TIF_32BIT;
	call->at = number == (call->compat ? 387 : 281);
	call->filename = call->at ? BPF_CORE_READ(regs, regs[1]) : BPF_CORE_READ(regs, orig_x0);
	call->argv = call->at ? BPF_CORE_READ(regs, regs[2]) : BPF_CORE_READ(regs, regs[1]);
	call->flags = BPF_CORE_READ(regs, regs[4]);
	return call->at || number == (call->compat ? 11 : 221);
}

/* True where the system call that ends is an exec. */
static __always_inline bool call_read(struct call *call, const void *regs, struct task_struct *p)
{
	bool is_exec;

	if (bpf_core_field_exists(struct pt_regs___x86, orig_ax))
		is_exec = call_read_x86(call, regs, p);
	else
		is_exec = call_read_arm64(call, regs, p);
	return is_exec && !(call->at && (call->flags & AT_EXECVE_CHECK));
}

#endif
