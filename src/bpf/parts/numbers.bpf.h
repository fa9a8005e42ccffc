/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The numbers of a process. Each pid namespace that it is in has one; events have that of the initial one, which
 * user space does not know where observer itself runs in another (a container).
 */
#ifndef PARTS_NUMBERS_BPF_H
#define PARTS_NUMBERS_BPF_H

/* Of a process with more children, the one asked for is among the youngest. */
#define CHILDREN_MAX 16

/*
 * The number of a thread in the pid namespace of a level (0: the initial one, thread_pid->level: its own), and that
 * namespace. The address is a plain number here: the verifier adds no variable to a pointer whose type it knows.
 */
static __always_inline void numbers_read(struct task_struct *p, __u32 level, struct upid *ret)
{
	__u64 pid = (__u64)READ(p, thread_pid);

	bpf_probe_read_kernel(ret, sizeof(*ret),
			      (const void *)(pid + bpf_core_field_offset(struct pid, numbers) +
					     (level & 63) * bpf_core_type_size(struct upid)));
}

/* The inode number of the namespace that a number is of. */
static __always_inline __u32 numbers_namespace(const struct upid *number)
{
	return READ(CAST(struct pid_namespace, number->ns), ns.inum);
}

/*
 * Run by user space in its own context: tells the number that events have of the child that its own pid namespace calls
 * context[0], or of itself, where that is 0. Returns 0 where there is no such child.
 */
SEC("raw_tp/sched_process_exec")
int find_process(__u64 *context)
{
	struct task_struct *self = CAST(struct task_struct, bpf_get_current_task()), *child;
	__u64 head = (__u64)self + bpf_core_field_offset(struct task_struct, children);
	__u64 at = (__u64)READ(self, children.prev);
	__u32 level = READ(self, thread_pid, level), number = context[0];
	struct upid upid;

	if (!number)
		return READ(self, tgid);
	for (int i = 0; i < CHILDREN_MAX && at != head; i++) {
		child = CAST(struct task_struct, at - bpf_core_field_offset(struct task_struct, sibling));
		numbers_read(child, level, &upid);
		if ((__u32)upid.nr == number)
			return READ(child, tgid);
		at = (__u64)READ(child, sibling.prev);
	}
	return 0;
}

#endif
