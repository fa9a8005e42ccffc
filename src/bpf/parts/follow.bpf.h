/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Following one command and all its descendants: the map `followed` holds their process ids. User space puts the first
 * in, a fork of one that is in puts the child in, the exit takes it out. Others cost a look into the map.
 */
#ifndef PARTS_FOLLOW_BPF_H
#define PARTS_FOLLOW_BPF_H

#define CLONE_THREAD 0x00010000 /* include/uapi/linux/sched.h */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1); /* set at load: FOLLOWED_MAX where `follow` is on */
	__type(key, __u32);	/* process id (tgid) */
	__type(value, __u64);	/* its start_ns: a process id used again is another process */
} followed SEC(".maps");

static __always_inline bool follow_has(struct task_struct *p)
{
	__u32 pid;
	__u64 *start_ns;

	if (!settings.follow)
		return true;
	pid = READ(p, tgid);
	start_ns = bpf_map_lookup_elem(&followed, &pid);
	return start_ns && (!*start_ns || *start_ns == READ(p, group_leader, start_boottime));
}

/* Where the map is full the child is not followed, and its fork event is counted as lost (ring_full). */
static __always_inline bool follow_add(struct task_struct *child)
{
	__u64 start_ns = READ(child, start_boottime);
	__u32 pid = READ(child, tgid);

	return !bpf_map_update_elem(&followed, &pid, &start_ns, BPF_ANY);
}

static __always_inline void follow_remove(struct task_struct *p)
{
	__u32 pid = READ(p, tgid);

	if (settings.follow)
		bpf_map_delete_elem(&followed, &pid);
}

#endif
