/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory of another task, for sleepable programs (Linux 5.18). Only what lies in one anonymous mapping is read, as
 * the kernel does it for /proc/PID/cmdline: a page of a file, or one that another program is asked for (userfaultfd),
 * may never come, and whoever reads it would wait with it.
 */
#ifndef PARTS_REMOTE_BPF_H
#define PARTS_REMOTE_BPF_H

/* The memory map of a busy process is locked now and then, for a moment. */
#define REMOTE_TRIES_MAX 16
#define EBUSY		 16	  /* include/uapi/asm-generic/errno-base.h */
#define VM_UFFD		 0x1200UL /* VM_UFFD_MISSING, VM_UFFD_WP; include/linux/mm.h */

struct remote_mapping {
	__u64 end;
	__u64 anonymous;
};

static long remote_look(struct task_struct *task, struct vm_area_struct *area, struct remote_mapping *ret)
{
	ret->end = area->vm_end;
	ret->anonymous = !area->vm_ops && !(area->vm_flags & VM_UFFD);
	return 0;
}

/* Copies `bytes` from address `from` of the task. Returns 0 or -errno. */
static __always_inline long remote_copy(struct task_struct *task, void *to, __u32 bytes, __u64 from)
{
	struct remote_mapping mapping = {};

	for (int i = 0; i < REMOTE_TRIES_MAX; i++) {
		if (bpf_find_vma(task, from, remote_look, &mapping, 0) != -EBUSY)
			break;
	}
	if (!mapping.anonymous || from + bytes > mapping.end)
		return -1;
	return bpf_copy_from_user_task(to, bytes, (const void *)from, task, 0);
}

/* A list of strings that is being read: what bpf_loop hands to its callback. */
struct remote_list {
	struct slot *slot;
	struct task_struct *task;
};

/* Sends the next piece, by way of the slot: room in the ring is not held while the task's memory comes. 1 at the end.
 */
static long remote_step(__u64 turn, struct remote_list *from)
{
	struct strings *list = &from->slot->strings;
	__u64 left = *(volatile __u64 *)&list->left;
	__u32 bytes = left < PIECE_LARGE_BYTES ? left : PIECE_LARGE_BYTES, start = from->slot->fill;
	char *to = slot_free(from->slot);

	if (!to || left <= STRINGS_TAIL_MAX)
		return 1;
	barrier_var(bytes);
	if (bytes > PIECE_LARGE_BYTES || remote_copy(from->task, to, bytes, list->next)) {
		list->failed = STRINGS_UNREADABLE;
		return 1;
	}
	if (!slot_spill_part(from->slot, list->row, start, bytes, list->sent)) {
		list->failed = STRINGS_NO_ROOM;
		return 1;
	}
	strings_pass(from->slot, bytes);
	return 0;
}

/* As strings_take(), of another task. */
static __noinline void remote_take_strings(struct remote_list *from, __u32 row, struct span *span, __u64 start,
					   __u32 bytes)
{
	struct slot *s = from->slot;
	__u64 left;
	char *to;

	strings_begin(s, row, span, start, bytes);
	bpf_loop(STRINGS_PIECES_MAX + 1, remote_step, from, 0);
	left = strings_left(s);
	to = slot_free(s);
	if (!to || s->strings.failed == STRINGS_UNREADABLE ||
	    (left && remote_copy(from->task, to, left, s->strings.next))) {
		strings_give_up(s, row);
		return;
	}
	slot_commit(s, row, span, left);
}

#endif
