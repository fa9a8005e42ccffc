/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The event exec_fail: an execve or execveat that returned an error, seen at sys_exit whatever came before (a seccomp
 * filter may have refused it without an entry). The tracepoint is attached only on demand: it puts every system call on
 * the slow path.
 */
#ifndef PARTS_FAILED_BPF_H
#define PARTS_FAILED_BPF_H

#define FAILED_ARGS_MAX	     1024
#define FAILED_ARG_BYTES_MAX 4096
_Static_assert(sizeof(struct exec_fail_event) + NAME_BYTES_MAX + 2 * INLINE_BYTES_MAX <= FILL_MAX,
	       "all spans must fit, the name in place");

/* The next argument; true where the list ends. `next` is the address of its pointer, `left` the size of a pointer. */
static __always_inline bool failed_step(struct slot *s, bool may_sleep)
{
	__u32 fill = *(volatile __u32 *)&s->fill;
	__u64 pointer = 0;
	long length;

	if (fill + FAILED_ARG_BYTES_MAX > s->walk.limit || fill > FILL_MAX + WALK_BYTES_MAX - FAILED_ARG_BYTES_MAX) {
		s->strings.failed = STRINGS_NO_ROOM;
		return true;
	}
	if (user_copy(&pointer, s->strings.left == 4 ? 4 : 8, s->strings.next, may_sleep)) {
		s->strings.failed = STRINGS_UNREADABLE;
		return true;
	}
	if (!pointer) {
		s->strings.failed = STRINGS_FINE; /* the end of the list */
		return true;
	}
	length = user_copy_string(s->bytes + fill, FAILED_ARG_BYTES_MAX, pointer, may_sleep);
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

static __always_inline bool failed_step_now(struct slot *s)
{
	return failed_step(s, false);
}

#ifdef VARIANT_COMPAT
#define FAILED_ARGS_AT_ONCE 32
_Static_assert(FAILED_ARGS_MAX % FAILED_ARGS_AT_ONCE == 0, "whole turns");

/* Some arguments; 1 where the list ends. A global function, which the verifier looks at once: inlined it would follow
 * each of the turns. Older kernels pass numbers only to such a function, so it finds the slot again. */
__noinline int failed_take_some(__u32 slot)
{
	struct slot *s = bpf_map_lookup_elem(&data_heap, &slot);

	if (!s)
		return 1;
	for (int turn = 0; turn < FAILED_ARGS_AT_ONCE; turn++)
		if (failed_step_now(s))
			return 1;
	return 0;
}

static __always_inline bool failed_steps_now(struct slot *s)
{
	return failed_take_some(s->head.index);
}
#else
static long failed_step_now_loop(__u64 turn, struct slot **s)
{
	return failed_step(*s, false);
}

static long failed_step_asleep_loop(__u64 turn, struct slot **s)
{
	return failed_step(*s, true);
}
#endif

/* Reads the arguments behind what the slot holds, as far as they can be read; they become part of the event by
 * failed_commit_argv(). */
static __always_inline void failed_read_argv(struct slot *s, const struct call *call, bool may_sleep)
{
	__u32 start = *(volatile __u32 *)&s->fill;

	s->strings.sent = 0;
	s->strings.failed = STRINGS_FINE;
	if (start > FILL_MAX || !call->argv)
		return;
	s->strings.next = call->argv;
	s->strings.left = call->narrow ? 4 : 8;
	s->strings.failed = STRINGS_NO_ROOM; /* should the turns run out */
	s->walk.limit = start + WALK_BYTES_MAX;
#ifdef VARIANT_COMPAT
	REPEAT(FAILED_ARGS_MAX / FAILED_ARGS_AT_ONCE, failed_steps_now, s);
#else
	if (may_sleep)
		REPEAT(FAILED_ARGS_MAX, failed_step_asleep, s);
	else
		REPEAT(FAILED_ARGS_MAX, failed_step_now, s);
#endif
	s->strings.sent = s->fill - start;
	s->fill = start;
}

static __always_inline void failed_commit_argv(struct slot *s, const struct call *call)
{
	if (!call->argv)
		return;
	if (s->strings.failed && !s->strings.sent) {
		slot_mark_unreadable(s, EXEC_FAIL_argv);
		return;
	}
	if (s->strings.failed)
		s->truncated |= ROW_BIT(EXEC_FAIL_argv);
	slot_commit(s, EXEC_FAIL_argv, &s->failed.argv, s->strings.sent);
}

/* In place, however long: so nothing has gone to the ring before it is known whether all could be read. */
static __always_inline void failed_take_filename(struct slot *s, const struct call *call, bool may_sleep)
{
	char *to = slot_free(s);
	long length;

	if (!to)
		return;
	length = user_copy_string(to, NAME_BYTES_MAX, call->filename, may_sleep);
	if (length <= 0) {
		slot_mark_unreadable(s, EXEC_FAIL_filename);
		return;
	}
	if (length == NAME_BYTES_MAX)
		s->truncated |= ROW_BIT(EXEC_FAIL_filename);
	s->failed.filename.offset = s->fill;
	s->failed.filename.length = length - 1;
	s->fill += length - 1;
}

static __always_inline void failed_fill_task(struct exec_fail_event *e, struct task_struct *p)
{
	struct task_struct *leader = READ(p, group_leader), *parent = READ(p, real_parent, group_leader);
	const struct cred *cred = READ(p, cred);

	TASK_TAKE_IDENTITY(READ, e, p, leader);
	e->tid = READ(p, pid);
	READ_BYTES(&e->parent_comm, parent, comm);
	e->euid = READ(cred, euid.val);
	e->egid = READ(cred, egid.val);
}

/* Begins the event with what lies in the memory of the process. */
static __always_inline void failed_read(struct slot *s, const struct call *call, bool may_sleep)
{
	slot_clear(s, sizeof(s->failed));
	failed_take_filename(s, call, may_sleep);
	failed_read_argv(s, call, may_sleep);
}

/* Numbers the event, fills in the rest and sends it where no filter drops it. */
static __always_inline void failed_send(struct slot *s, struct counter *c, const struct call *call,
					struct task_struct *p)
{
	struct fs_struct *fs = READ(p, fs);
	__u32 fill;

	if (!ring_begin(&s->record, c, RECORD_exec_fail))
		return;
	failed_fill_task(&s->failed, p);
	s->failed.errno = call->error;
	s->failed.compat = call->compat;
	s->failed.unreadable = s->unreadable;
	if (ring_filters(RECORD_exec_fail) && !filter_passes(s, c, RECORD_exec_fail, s->fill))
		return;
	failed_commit_argv(s, call);
	path_take(s, EXEC_FAIL_cwd, &s->failed.cwd, READ(fs, pwd.mnt), READ(fs, pwd.dentry));
	s->failed.truncated = s->truncated;
	s->failed.unreadable = s->unreadable;
	s->failed.spilled = s->spilled;
	fill = *(volatile __u32 *)&s->fill;
	if (fill <= FILL_MAX)
		ring_send(&s->record, fill, c);
	else
		ring_count_loss(c, LOSS_heap_busy); /* cannot be */
}

#ifndef VARIANT_COMPAT
#include "bpf/parts/deferred.bpf.h"
#endif

/* Not inlined: most system calls never come here. */
static __noinline void failed_handle(struct task_struct *p, const struct call *call)
{
	struct counter *c = ring_counter(RECORD_exec_fail);
	struct slot *s;

	if (!c || !follow_has(p))
		return;
	s = slot_claim(c, RECORD_exec_fail);
	if (!s)
		return;
	failed_read(s, call, false);
#ifndef VARIANT_COMPAT
	if ((s->unreadable || s->strings.failed == STRINGS_UNREADABLE) && deferred_begin(call)) {
		heap_release(s);
		return;
	}
#endif
	failed_send(s, c, call, p);
	heap_release(s);
}

static __always_inline int handle_syscall(const void *regs, long result)
{
	struct task_struct *p;
	struct call call = {};

	/* Errors are -4095 .. -1; -512 .. -516 are the kernel's own restart codes. */
	if (!ring_asked_for(RECORD_exec_fail) || result >= 0 || result < -4095 || (result <= -512 && result >= -516))
		return 0;
	p = CAST(struct task_struct, bpf_get_current_task());
	call.error = -result;
	if (call_read(&call, regs, p))
		failed_handle(p, &call);
	return 0;
}

#endif
