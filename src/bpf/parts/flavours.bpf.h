/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Members that were renamed between kernels, as CO-RE flavours (a type name's part from ___ on is ignored when
 * matching). Written by hand: no single kernel's BTF has both sides.
 */
#ifndef PARTS_FLAVOURS_BPF_H
#define PARTS_FLAVOURS_BPF_H

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* The inline name of a dentry: d_iname, later d_shortname; at least 32 bytes on every 64-bit kernel. */
struct dentry___iname {
	unsigned char d_iname[32];
};

struct dentry___shortname {
	struct {
		unsigned char string[32];
	} d_shortname;
};

/* The parent of a kernfs node: parent, later __parent. */
struct kernfs_node___plain {
	struct kernfs_node *parent;
};

struct kernfs_node___rcu {
	struct kernfs_node *__parent;
};

/* Registers at a system call, by architecture; on arm64 the first argument is kept apart, x0 has the result. */
struct pt_regs___x86 {
	unsigned long bx, cx, dx, si, di, r8, r10, orig_ax;
};

struct pt_regs___arm64 {
	__u64 regs[31];
	__u64 orig_x0;
	__s32 syscallno;
};

/* Whether a system call came through a 32-bit entry: TS_COMPAT on x86, TIF_32BIT on arm64. */
struct thread_info___x86 {
	__u32 status;
};

struct thread_info___arm64 {
	unsigned long flags;
};

struct task_struct___x86 {
	struct thread_info___x86 thread_info;
};

struct task_struct___arm64 {
	struct thread_info___arm64 thread_info;
};

/* Since Linux 6.16 the tracepoint sched_process_exit has an event of its own, and a second argument: group_dead. */
struct trace_event_raw_sched_process_exit___group_dead {
	bool group_dead;
};

/* Linux 6.18, include/uapi/linux/bpf.h. By hand: a map's value holds it, on every kernel. */
struct bpf_task_work {
	__u64 opaque;
} __attribute__((aligned(8)));

#pragma clang attribute pop

#endif
