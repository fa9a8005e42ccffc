/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The event exec_fail: an execve or execveat that returned an error, seen at sys_exit whatever came before (a seccomp
 * filter may have refused it without an entry). The tracepoint is attached only on demand: it puts every system call on
 * the slow path.
 */
#ifndef PARTS_FAILED_BPF_H
#define PARTS_FAILED_BPF_H

#define TS_COMPAT	     0x2	 /* arch/x86/include/asm/thread_info.h */
#define TIF_32BIT	     (1UL << 22) /* arch/arm64/include/asm/thread_info.h */
#define X32_SYSCALL_BIT	     0x40000000
#define AT_EXECVE_CHECK	     0x10000 /* include/uapi/linux/fcntl.h: asks only, and runs nothing */
#define FAILED_ARGS_MAX	     1024
#define FAILED_ARG_BYTES_MAX 4096

/* What the caller asked for. */
struct call {
	__u64 filename, argv; /* user addresses */
	__u32 flags;	      /* of execveat */
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

/* The next argument; true where the list ends. `next` is the address of its pointer, `left` the size of a pointer. */
static __always_inline bool failed_step(struct slot *s)
{
	__u32 fill = *(volatile __u32 *)&s->fill;
	__u64 pointer = 0;
	long length;

	if (fill + FAILED_ARG_BYTES_MAX > s->walk.limit || fill > FILL_MAX + WALK_BYTES_MAX - FAILED_ARG_BYTES_MAX) {
		s->strings.failed = STRINGS_NO_ROOM;
		return true;
	}
	if (bpf_probe_read_user(&pointer, s->strings.left == 4 ? 4 : 8, (const void *)s->strings.next)) {
		s->strings.failed = STRINGS_UNREADABLE;
		return true;
	}
	if (!pointer) {
		s->strings.failed = STRINGS_FINE; /* the end of the list */
		return true;
	}
	length = bpf_probe_read_user_str(s->bytes + fill, FAILED_ARG_BYTES_MAX, (const void *)pointer);
	if (length <= 0) {
		s->strings.failed = STRINGS_UNREADABLE;
		return true;
	}
	if (length == FAILED_ARG_BYTES_MAX)
		s->truncated |= ROW_BIT(EXEC_FAIL_argv);
	s->fill = fill + length;
	s->strings.next += s->strings.left;
	return false;
}

#ifndef VARIANT_COMPAT
static long failed_step_loop(__u64 turn, struct slot **s)
{
	return failed_step(*s);
}
#endif

static __always_inline void failed_take_argv(struct slot *s, const struct call *call)
{
	__u32 start = *(volatile __u32 *)&s->fill, length;

	if (start > FILL_MAX || !call->argv)
		return;
	s->strings.next = call->argv;
	s->strings.left = call->narrow ? 4 : 8;
	s->strings.failed = STRINGS_NO_ROOM; /* should the turns run out */
	s->walk.limit = start + WALK_BYTES_MAX;
	REPEAT(FAILED_ARGS_MAX, failed_step, s);
	length = s->fill - start;
	s->fill = start;
	if (s->strings.failed && !length) {
		slot_mark_unreadable(s, EXEC_FAIL_argv);
		return;
	}
	if (s->strings.failed)
		s->truncated |= ROW_BIT(EXEC_FAIL_argv);
	slot_commit(s, EXEC_FAIL_argv, &s->failed.argv, length);
}

/* Reads the name behind the slot's end; returns its bytes with the NUL, or 0. */
static __always_inline long failed_read_filename(struct slot *s, const struct call *call)
{
	char *to = slot_free(s);
	long length;

	if (!to)
		return 0;
	length = bpf_probe_read_user_str(to, NAME_BYTES_MAX, (const void *)call->filename);
	if (length <= 0) {
		slot_mark_unreadable(s, EXEC_FAIL_filename);
		return 0;
	}
	if (length == NAME_BYTES_MAX)
		s->truncated |= ROW_BIT(EXEC_FAIL_filename);
	return length;
}

/* The name lies behind the slot's end and is not yet sent ahead, whatever its length. */
static __always_inline bool failed_passes(struct slot *s, struct counter *c, long length)
{
	if (length > 0) {
		s->failed.filename.offset = s->fill;
		s->failed.filename.length = length - 1;
	}
	s->failed.unreadable = s->unreadable;
	return filter_passes(s, c, RECORD_exec_fail, s->fill + length);
}

static __always_inline void failed_take_rest(struct slot *s, struct task_struct *p, const struct call *call)
{
	struct fs_struct *fs = READ(p, fs);

	path_take(s, EXEC_FAIL_cwd, &s->failed.cwd, READ(fs, pwd.mnt), READ(fs, pwd.dentry));
	failed_take_argv(s, call);
	s->failed.truncated = s->truncated;
	s->failed.unreadable = s->unreadable;
	s->failed.spilled = s->spilled;
}

static __always_inline void failed_fill_task(struct exec_fail_event *e, struct task_struct *p)
{
	struct task_struct *leader = READ(p, group_leader), *parent = READ(p, real_parent, group_leader);
	const struct cred *cred = READ(p, cred);
	struct upid own;

	e->pid = READ(p, tgid);
	e->tid = READ(p, pid);
	e->ppid = READ(parent, tgid);
	task_read_upid(leader, &own);
	e->vpid = own.nr;
	e->pidns = READ(CAST(struct pid_namespace, own.ns), ns.inum);
	e->start_ns = READ(leader, start_boottime);
	e->parent_start_ns = READ(parent, start_boottime);
	READ_BYTES(&e->comm, leader, comm);
	READ_BYTES(&e->parent_comm, parent, comm);
	e->uid = READ(cred, uid.val);
	e->gid = READ(cred, gid.val);
	e->euid = READ(cred, euid.val);
	e->egid = READ(cred, egid.val);
	e->cgroup_id = READ(p, cgroups, dfl_cgrp, kn, id);
}

/* Not inlined: most system calls never come here. */
static __noinline void failed_send(struct task_struct *p, const struct call *call, __u32 error)
{
	struct counter *c = ring_counter(RECORD_exec_fail);
	struct slot *s;
	long length;
	__u32 fill;

	if (!c || !follow_has(p))
		return;
	s = slot_begin(c, RECORD_exec_fail, sizeof(s->failed), SLOT_OF_EVENTS);
	if (!s)
		return;
	failed_fill_task(&s->failed, p);
	s->failed.errno = error;
	s->failed.compat = call->compat;
	length = failed_read_filename(s, call);
	if (ring_filters(RECORD_exec_fail) && !failed_passes(s, c, length))
		goto release;
	if (length > 0)
		slot_commit(s, EXEC_FAIL_filename, &s->failed.filename, length - 1);
	failed_take_rest(s, p, call);
	fill = *(volatile __u32 *)&s->fill;
	if (fill <= FILL_MAX)
		ring_send(&s->record, fill, c);
	else
		ring_count_loss(c, LOSS_heap_busy); /* cannot be */
release:
	heap_release(s);
}

static __always_inline int handle_syscall(const void *regs, long result)
{
	struct task_struct *p;
	struct call call = {};

	/* Errors are -4095 .. -1; -512 .. -516 are the kernel's own restart codes. */
	if (result >= 0 || result < -4095 || (result <= -512 && result >= -516))
		return 0;
	p = CAST(struct task_struct, bpf_get_current_task());
	if (call_read(&call, regs, p))
		failed_send(p, &call, -result);
	return 0;
}

#endif
