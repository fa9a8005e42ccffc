/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel side: trace_sched_process_exec sends each successful exec to the ring `events`. One source, eight objects
 * (WITH_LIVES adds the other events): VARIANT_COMPAT or not (parts/access.bpf.h), and one of two doors into the same
 * tracepoint, DOOR_TP_BTF (typed, needs neither tracefs nor root) or DOOR_TRACEPOINT (the classic record).
 */
#include "bpf/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#include "events/record.h"
#include "events/events.h"

#include "bpf/parts/flavours.bpf.h"
#include "bpf/parts/access.bpf.h"
#include "lib/heap/heap.bpf.h"
#include "bpf/parts/ring.bpf.h"
#include "bpf/parts/log.bpf.h"
#include "bpf/parts/slot.bpf.h"
#include "bpf/parts/filter.bpf.h"
#include "bpf/parts/path.bpf.h"
#include "bpf/parts/numbers.bpf.h"
#include "bpf/parts/task.bpf.h"
#include "bpf/parts/file.bpf.h"
#include "bpf/parts/cgroup.bpf.h"
#include "bpf/parts/argv.bpf.h"
#include "bpf/parts/door.bpf.h"
#include "bpf/parts/follow.bpf.h"
#ifdef WITH_LIVES
#include "bpf/parts/runtime.bpf.h"
#include "bpf/parts/exit.bpf.h"
#include "bpf/parts/fork.bpf.h"
#include "bpf/parts/user.bpf.h"
#include "bpf/parts/call.bpf.h"
#include "bpf/parts/failed.bpf.h"
#ifndef VARIANT_COMPAT
#include "bpf/parts/remote.bpf.h"
#endif
#endif

char LICENSE[] SEC("license") = "GPL";

#define wanted_any(rows) (settings.wanted & (rows))

/* What is a number of the task: enough to decide a filter on it. */
static __always_inline void take_task(struct slot *s, struct task_struct *p)
{
	task_take_ids(&s->event, p);
	if (wanted_any(CRED_ROWS))
		task_take_cred(&s->event, p);
	if (wanted_any(ROW_BIT(EXEC_loginuid) | ROW_BIT(EXEC_audit_session)))
		task_take_audit(s, p);
	if (wanted_any(ROW_BIT(EXEC_vpid) | ROW_BIT(EXEC_pidns)))
		task_take_own_pid(&s->event, p);
	if (wanted_any(NS_ROWS))
		task_take_namespaces(&s->event, p);
	if (wanted_any(ROW_BIT(EXEC_cgroup) | ROW_BIT(EXEC_cgroup_id)))
		s->event.cgroup_id = LOAD(p, cgroups, dfl_cgrp, kn, id);
}

static __always_inline void take_task_names(struct slot *s, struct task_struct *p)
{
	if (wanted(EXEC_tty))
		task_take_tty(s, p);
	if (wanted(EXEC_cgroup))
		cgroup_take(s, p);
}

/* The same of the program: its file and the sizes of what it was given. */
static __always_inline void take_memory(struct slot *s, struct mm_struct *mm)
{
	s->event.argv_bytes = LOAD(mm, arg_end) - LOAD(mm, arg_start);
	s->event.env_bytes = LOAD(mm, env_end) - LOAD(mm, env_start);
	if (wanted_any(FILE_ROWS))
		file_take_inode(&s->event, LOAD(mm, exe_file));
}

static __always_inline void take_files(struct slot *s, struct task_struct *p, struct mm_struct *mm)
{
	struct file *exe = LOAD(mm, exe_file);
	struct fs_struct *fs = LOAD(p, fs);

	if (wanted(EXEC_exe))
		path_take(s, EXEC_exe, &s->event.exe, LOAD(exe, f_path.mnt), LOAD(exe, f_path.dentry));
	if (wanted(EXEC_cwd))
		path_take(s, EXEC_cwd, &s->event.cwd, LOAD(fs, pwd.mnt), LOAD(fs, pwd.dentry));
}

static __always_inline void take_strings(struct slot *s, struct mm_struct *mm)
{
	struct exec_event *e = &s->event;

	if (wanted(EXEC_argv))
		strings_take(s, EXEC_argv, &e->argv, LOAD(mm, arg_start), e->argv_bytes);
	if (wanted(EXEC_env))
		strings_take(s, EXEC_env, &e->env, LOAD(mm, env_start), e->env_bytes);
}

/* All that the filter of exec may look at is there now, but for the filename: that is read on demand. */
static __always_inline bool exec_passes(struct slot *s, struct counter *c, const struct door *door)
{
	__u32 end = s->fill;
	long length = 0;

	if (settings.filter_rows & ROW_BIT(EXEC_filename))
		length = slot_read_name(s, EXEC_filename, door_filename(door));
	if (length > 0) {
		/* Not its last place: a long name is sent ahead once the event has its number. */
		s->event.filename.offset = end;
		s->event.filename.length = length - 1;
		end += length;
	}
	s->event.unreadable = s->unreadable;
	return filter_passes(s, c, RECORD_exec, end);
}

/* Sends the exec or snapshot event that lies in the slot. */
static __always_inline void send_event(struct slot *s, struct counter *c)
{
	__u32 fill;

	s->event.truncated = s->truncated;
	s->event.unreadable = s->unreadable;
	s->event.spilled = s->spilled;
	fill = *(volatile __u32 *)&s->fill;
	klog_trace("event %llu of type %u: %u bytes, rows cut %llx, unreadable %llx", s->record.seq, s->record.type,
		   fill, s->truncated, s->unreadable);
	if (fill <= FILL_MAX)
		ring_send(&s->record, fill, c);
	else
		ring_count_loss(c, LOSS_heap_busy); /* cannot be */
}

/* The same that the output log says of the event; before the event has its time. */
static __always_inline void log_exec(const struct door *door)
{
	klog_info("%u %u %s %llu", (__u32)(bpf_get_current_pid_tgid() >> 32), (__u32)bpf_get_current_uid_gid(),
		  door_filename(door), log_string_bytes((__u64)door_filename(door)));
}

static __always_inline int handle_exec(struct door *door)
{
	struct task_struct *p = CAST(struct task_struct, door_task(door));
	struct counter *c = ring_counter(RECORD_exec);
	struct mm_struct *mm;
	struct slot *s;

	if (!ring_asked_for(RECORD_exec) || !c || !follow_has(p))
		return 0;
	log_exec(door);
	s = slot_begin(c, RECORD_exec, sizeof(s->event));
	if (!s)
		return 0;
#ifdef WITH_LIVES
	runtime_unaccounted(p);
#endif
	mm = LOAD(p, mm);
	door_take_numbers(s, door, mm);
	take_task(s, p);
	take_memory(s, mm);
	if (ring_filters(RECORD_exec) && !exec_passes(s, c, door))
		goto release;
	if (wanted(EXEC_filename))
		slot_take_name(s, EXEC_filename, &s->event.filename, door_filename(door));
	if (wanted(EXEC_interp))
		door_take_interp(s, door);
	take_task_names(s, p);
	take_files(s, p, mm);
	take_strings(s, mm);
	send_event(s, c);
release:
	heap_release(s);
	return 0;
}

#ifdef DOOR_TP_BTF
SEC("tp_btf/sched_process_exec")
int trace_sched_process_exec(__u64 *context)
#else
SEC("tp/sched/sched_process_exec")
int trace_sched_process_exec(struct trace_event_raw_sched_process_exec *context)
#endif
{
	struct door door = {};

	door_open(&door, context);
	return handle_exec(&door);
}

/* Run once by user space in its own context, before anything is attached: what the observer calls "/". */
SEC("raw_tp/sched_process_exec")
int remember_root(void *context)
{
	struct task_struct *p = CAST(struct task_struct, bpf_get_current_task());
	struct fs_struct *fs = READ(p, fs);
	struct observer_root *top;
	__u32 zero = 0;

	top = bpf_map_lookup_elem(&root, &zero);
	if (!top)
		return 0;
	top->mount = mount_of(READ(fs, root.mnt));
	top->dentry = (__u64)READ(fs, root.dentry);
	return 0;
}

#ifdef WITH_LIVES

#include "bpf/parts/snapshot.bpf.h"

/* read(2) returns once so many bytes have been written, so that the ring can be emptied meanwhile. */
#define SNAPSHOT_READ_BYTES 64

#ifdef VARIANT_COMPAT
SEC("iter/task")
#else
SEC("iter.s/task")
#endif
int snapshot_tasks(struct bpf_iter__task *context)
{
	/* Not a constant: `settings` must be all that is in .rodata. */
	char nothing[SNAPSHOT_READ_BYTES] = {};
	/* One for each task, and one for each KiB that went ahead. */
	__u32 bytes = 1 + handle_snapshot(context->task) / 1024;

	bpf_seq_write(context->meta->seq, nothing, bytes < sizeof(nothing) ? bytes : sizeof(nothing));
	return 0;
}

/* TP_PROTO(struct task_struct *task, unsigned long clone_flags), include/trace/events/task.h */
SEC("tp_btf/task_newtask")
int trace_task_newtask(__u64 *context)
{
	return handle_fork(CAST(struct task_struct, context[0]), context[1]);
}

/* TP_PROTO(struct task_struct *p, bool group_dead); before Linux 6.16 without group_dead. include/trace/events/sched.h
 */
SEC("tp_btf/sched_process_exit")
int trace_sched_process_exit(__u64 *context)
{
	__u64 group_dead = 0;

	if (bpf_core_type_exists(struct trace_event_raw_sched_process_exit___group_dead))
		group_dead = context[1];
	return handle_exit(CAST(struct task_struct, context[0]), group_dead);
}

/* TP_PROTO(struct pt_regs *regs, long ret), include/trace/events/syscalls.h */
SEC("tp_btf/sys_exit")
int trace_sys_exit(__u64 *context)
{
	return handle_syscall((const void *)context[0], context[1]);
}

#if defined(DOOR_TP_BTF) && !defined(WITHOUT_RETURNS)
#include "bpf/parts/returns.bpf.h"
#endif

#endif
