/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The event snapshot: the processes that are there already, by an iterator over tasks. Keys as of exec, as far as they
 * can still be known: how the program was called is gone.
 */
#ifndef PARTS_SNAPSHOT_BPF_H
#define PARTS_SNAPSHOT_BPF_H

#define SNAPSHOT_GONE_ROWS                                                                                             \
	(ROW_BIT(EXEC_filename) | ROW_BIT(EXEC_interp) | ROW_BIT(EXEC_argv) | ROW_BIT(EXEC_argc) | ROW_BIT(EXEC_env) | \
	 ROW_BIT(EXEC_privileged))

static __always_inline int handle_snapshot(struct task_struct *given)
{
	struct counter *c = ring_counter(RECORD_snapshot);
	struct task_struct *p;
	struct mm_struct *mm;
	struct slot *s;

	if (!given || !c)
		return 0;
	p = CAST(struct task_struct, given);
	if ((__u64)READ(p, group_leader) != (__u64)given)
		return 0;
	s = slot_begin(c, RECORD_snapshot, sizeof(s->event), SLOT_OF_ITERATORS);
	if (!s)
		return 0;
	mm = READ(p, mm);
	s->event.old_pid = READ(p, pid);
	s->unreadable = SNAPSHOT_GONE_ROWS;
	take_task(s, p);
	take_task_names(s, p);
	if (!mm) {
		/* A kernel thread runs no file. */
		s->unreadable |= FILE_ROWS | ROW_BIT(EXEC_exe) | ROW_BIT(EXEC_cwd) | ROW_BIT(EXEC_argv_bytes) |
				 ROW_BIT(EXEC_env_bytes);
	} else {
		take_memory(s, mm);
		take_files(s, p, mm);
	}
	send_event(s, c);
	heap_release(s);
	return 0;
}

#endif
