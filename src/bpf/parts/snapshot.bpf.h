/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The event snapshot: the processes that are there already, by an iterator over tasks. Keys as of exec, as far as they
 * can still be known: how the program was called is gone, and its arguments are what its memory holds of them now. That
 * is read by a sleepable iterator, and only there.
 */
#ifndef PARTS_SNAPSHOT_BPF_H
#define PARTS_SNAPSHOT_BPF_H

#define SNAPSHOT_GONE_ROWS   (ROW_BIT(EXEC_filename) | ROW_BIT(EXEC_interp) | ROW_BIT(EXEC_privileged))
#define SNAPSHOT_STRING_ROWS (ROW_BIT(EXEC_argv) | ROW_BIT(EXEC_argc) | ROW_BIT(EXEC_env))

/* What needs no sleep. The task may end meanwhile: what it looks at is freed by RCU. */
static __always_inline void snapshot_take_task(struct slot *s, struct task_struct *p, struct mm_struct *mm)
{
	s->event.old_pid = LOAD(p, pid);
	s->unreadable = SNAPSHOT_GONE_ROWS;
	take_task(s, p);
	take_task_names(s, p);
	if (mm) {
		take_memory(s, mm);
		take_files(s, p, mm);
		return;
	}
	/* A kernel thread runs no file. */
	s->unreadable |=
		FILE_ROWS | ROW_BIT(EXEC_exe) | ROW_BIT(EXEC_cwd) | ROW_BIT(EXEC_argv_bytes) | ROW_BIT(EXEC_env_bytes);
}

#ifdef VARIANT_COMPAT

static __always_inline void snapshot_take(struct slot *s, struct task_struct *given, struct task_struct *p)
{
	snapshot_take_task(s, p, LOAD(p, mm));
	s->unreadable |= SNAPSHOT_STRING_ROWS;
}

#else

static __always_inline void snapshot_take_strings(struct slot *s, struct task_struct *task, struct mm_struct *mm)
{
	struct remote_list from = {.slot = s, .task = task};
	struct exec_event *e = &s->event;

	if (wanted(EXEC_argc) && remote_copy(task, &e->argc, sizeof(e->argc), LOAD(mm, start_stack)))
		slot_mark_unreadable(s, EXEC_argc);
	if (wanted(EXEC_argv))
		remote_take_strings(&from, EXEC_argv, &e->argv, LOAD(mm, arg_start), e->argv_bytes);
	if (wanted(EXEC_env))
		remote_take_strings(&from, EXEC_env, &e->env, LOAD(mm, env_start), e->env_bytes);
}

static __always_inline void snapshot_take(struct slot *s, struct task_struct *given, struct task_struct *p)
{
	struct mm_struct *mm = LOAD(p, mm);

	bpf_rcu_read_lock();
	snapshot_take_task(s, p, mm);
	bpf_rcu_read_unlock();
	if (mm)
		snapshot_take_strings(s, given, mm);
	else
		s->unreadable |= SNAPSHOT_STRING_ROWS;
}

#endif

/* Returns the bytes that went ahead in pieces. */
static __always_inline __u32 handle_snapshot(struct task_struct *given)
{
	struct counter *c = ring_counter(RECORD_snapshot);
	struct task_struct *p;
	struct slot *s;
	__u32 sent;

	if (!ring_asked_for(RECORD_snapshot) || !given || !c)
		return 0;
	p = CAST(struct task_struct, given);
	if ((__u64)LOAD(p, group_leader) != (__u64)given)
		return 0;
	s = slot_begin(c, RECORD_snapshot, sizeof(s->event));
	if (!s)
		return 0;
	s->strings.sent = 0;
	snapshot_take(s, given, p);
	sent = s->strings.sent;
	send_event(s, c);
	heap_release(s);
	return sent;
}

#endif
