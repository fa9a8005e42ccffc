/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The two doors into sched:sched_process_exec and what only they know: the name as passed, the calling thread,
 * interpreter, number of arguments, AT_SECURE. Both give the same event; what the classic record lacks is derived, or
 * named unreadable.
 */
#ifndef PARTS_DOOR_BPF_H
#define PARTS_DOOR_BPF_H

#ifdef DOOR_TP_BTF

/* TP_PROTO(struct task_struct *p, pid_t old_pid, struct linux_binprm *bprm), include/trace/events/sched.h */
struct door {
	__u64 task;
	__u64 old_pid;
	__u64 bprm;
};

static __always_inline void door_open(struct door *door, __u64 *context)
{
	door->task = context[0];
	door->old_pid = context[1];
	door->bprm = context[2];
}

static __always_inline __u64 door_task(const struct door *door)
{
	return door->task;
}

static __always_inline const char *door_filename(const struct door *door)
{
	struct linux_binprm *bprm = CAST(struct linux_binprm, door->bprm);

	return LOAD(bprm, filename);
}

static __always_inline void door_take_numbers(struct slot *s, const struct door *door, struct mm_struct *mm)
{
	struct linux_binprm *bprm = CAST(struct linux_binprm, door->bprm);

	s->event.old_pid = door->old_pid;
	s->event.argc = LOAD(bprm, argc);
	if (wanted(EXEC_privileged))
		s->event.privileged = BPF_CORE_READ_BITFIELD_PROBED(bprm, secureexec);
}

static __always_inline void door_take_interp(struct slot *s, const struct door *door)
{
	struct linux_binprm *bprm = CAST(struct linux_binprm, door->bprm);
	const char *interp = LOAD(bprm, interp);

	if (interp != LOAD(bprm, filename))
		slot_take_name(s, EXEC_interp, &s->event.interp, interp);
}

#else

struct door {
	struct trace_event_raw_sched_process_exec *record;
};

static __always_inline void door_open(struct door *door, struct trace_event_raw_sched_process_exec *record)
{
	door->record = record;
}

static __always_inline __u64 door_task(const struct door *door)
{
	return bpf_get_current_task();
}

#define AT_SECURE 23 /* include/uapi/linux/auxvec.h */

/*
 * AT_SECURE as the program will see it. A 32-bit program's vector holds pairs of 32-bit numbers: types are small, so
 * the upper half of the first 64-bit word tells the two apart.
 */
static __always_inline void auxv_take_secure(struct slot *s, struct mm_struct *mm)
{
	bool narrow;

	if (bpf_probe_read_kernel(s->auxv, sizeof(s->auxv),
				  (const void *)((__u64)mm + bpf_core_field_offset(struct mm_struct, saved_auxv)))) {
		slot_mark_unreadable(s, EXEC_privileged);
		return;
	}
	narrow = s->auxv[0] >> 32;
	for (int i = 0; i < 63; i++) {
		__u64 word = s->auxv[i];

		if (narrow && (__u32)word == AT_SECURE) {
			s->event.privileged = !!(word >> 32);
			return;
		}
		if (!narrow && !(i & 1) && word == AT_SECURE) {
			s->event.privileged = !!s->auxv[i + 1];
			return;
		}
	}
	slot_mark_unreadable(s, EXEC_privileged);
}

/* The word at which the stack begins holds argc; 4 bytes are read of it, right for both sizes on little-endian
 * machines. */
static __always_inline void stack_take_argc(struct slot *s, struct mm_struct *mm)
{
	if (bpf_probe_read_user(&s->event.argc, sizeof(s->event.argc), (const void *)LOAD(mm, start_stack)))
		slot_mark_unreadable(s, EXEC_argc);
}

/* __data_loc: offset from the start of the record in the low half, length with the NUL in the high half. */
static __always_inline const char *door_filename(const struct door *door)
{
	struct trace_event_raw_sched_process_exec *record = door->record;
	__u32 location = 0;

	bpf_core_read(&location, sizeof(location), &record->__data_loc_filename);
	return (const char *)record + (location & 0xffff);
}

static __always_inline void door_take_numbers(struct slot *s, const struct door *door, struct mm_struct *mm)
{
	struct trace_event_raw_sched_process_exec *record = door->record;
	__u32 old_pid = 0;

	bpf_core_read(&old_pid, sizeof(old_pid), &record->old_pid);
	s->event.old_pid = old_pid;
	if (wanted(EXEC_argc))
		stack_take_argc(s, mm);
	if (wanted(EXEC_privileged))
		auxv_take_secure(s, mm);
}

static __always_inline void door_take_interp(struct slot *s, const struct door *door)
{
	slot_mark_unreadable(s, EXEC_interp);
}

#endif
#endif
