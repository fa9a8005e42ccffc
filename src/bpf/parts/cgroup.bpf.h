/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The cgroup v2 path, and a v1 path where v2 is not in use. A walk costs about 350 ns, so the last paths are kept per
 * CPU by cgroup id; ids are not used again (64 bits) and v2 groups cannot be renamed. v1 groups can: their paths are
 * not kept.
 */
#ifndef PARTS_CGROUP_BPF_H
#define PARTS_CGROUP_BPF_H

#define CGROUP_CACHED_BYTES  448
#define CGROUP_CACHE_ENTRIES 64
#define CGROUP_DEPTH_MAX     64

struct cgroup_path {
	__u64 version; /* odd while it is written: a run that was preempted or came between sees it change */
	__u64 id;
	__u32 length;
	__u32 unused;
	char bytes[CGROUP_CACHED_BYTES];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, CGROUP_CACHE_ENTRIES);
	__type(key, __u32);
	__type(value, struct cgroup_path);
} cgroups SEC(".maps");

static __always_inline struct kernfs_node *kernfs_parent(struct kernfs_node *kn)
{
	if (bpf_core_field_exists(struct kernfs_node___rcu, __parent))
		return READ((struct kernfs_node___rcu *)kn, __parent);
	return READ((struct kernfs_node___plain *)kn, parent);
}

/* One step towards the root, state in the slot's walk (`dentry` is the kernfs node); true where the way or the room
 * ends. */
static __always_inline bool cgroup_step(struct slot *s)
{
	struct kernfs_node *kn = CAST(struct kernfs_node, s->walk.dentry);
	struct kernfs_node *parent = kernfs_parent(kn);
	__u32 fill = *(volatile __u32 *)&s->fill;
	long length;

	if (!parent) {
		s->walk.end = PATH_AT_ROOT;
		return true;
	}
	if (fill + 256 > s->walk.limit || fill > FILL_MAX + WALK_BYTES_MAX)
		return true;
	length = bpf_probe_read_kernel_str(s->bytes + fill, 256, READ(kn, name));
	if (length > 0)
		s->fill = fill + length;
	if (length > s->walk.longest)
		s->walk.longest = length;
	s->walk.dentry = (__u64)parent;
	return false;
}

#ifndef VARIANT_COMPAT
static long cgroup_step_loop(__u64 turn, struct slot **s)
{
	return cgroup_step(*s);
}
#endif

/* Writes the path of a kernfs node behind the slot's end and returns its bytes; the end stays where it was. */
static __always_inline __u32 cgroup_walk(struct slot *s, struct kernfs_node *kn)
{
	__u32 start = *(volatile __u32 *)&s->fill, length;

	if (start > FILL_MAX)
		return 0;
	s->walk.dentry = (__u64)kn;
	s->walk.limit = start + WALK_BYTES_MAX;
	s->walk.end = PATH_CUT; /* until the root is reached */
	s->walk.longest = 0;
	s->fill = start + 1;
	REPEAT(CGROUP_DEPTH_MAX, cgroup_step, s);
	s->bytes[start] = s->walk.end;
	length = s->fill - start;
	s->fill = start;
	return length;
}

/* Copies a kept path behind the slot's end; 0 where there is none or it changed meanwhile. */
static __always_inline __u32 cgroup_recall(struct slot *s, struct cgroup_path *kept, __u64 id)
{
	__u64 version = *(volatile __u64 *)&kept->version;
	char *to = slot_free(s);
	__u32 length = kept->length;

	if (!to || (version & 1) || kept->id != id || length > CGROUP_CACHED_BYTES)
		return 0;
	if (length <= 8)
		*(__u64 *)to = *(__u64 *)kept->bytes;
	else
		bpf_probe_read_kernel(to, length, kept->bytes);
	return *(volatile __u64 *)&kept->version == version ? length : 0;
}

static __always_inline void cgroup_keep(struct slot *s, struct cgroup_path *kept, __u64 id, __u32 length)
{
	__u64 version = *(volatile __u64 *)&kept->version;
	char *from = slot_free(s);

	if (!from || !length || (version & 1))
		return;
	/* Two tests of one value become a test of its difference, which older verifiers do not see through. */
	barrier_var(length);
	if (length > CGROUP_CACHED_BYTES)
		return;
#ifdef VARIANT_COMPAT
	kept->version = version + 1;
#else
	if (__sync_val_compare_and_swap(&kept->version, version, version + 1) != version)
		return;
#endif
	kept->id = id;
	kept->length = length;
	bpf_probe_read_kernel(kept->bytes, length, from);
	*(volatile __u64 *)&kept->version = version + 2;
}

/* The task's group in the hierarchy of a controller; NULL where that is v2, or it is at the root. */
static __always_inline struct cgroup *cgroup_of_v1(struct css_set *set, __u64 index, struct cgroup *v2)
{
	struct cgroup_subsys_state **states = (void *)&set->subsys, *state = NULL;
	struct cgroup *group;

#ifdef VARIANT_COMPAT
	bpf_probe_read_kernel(&state, sizeof(state), states + index);
#else
	state = states[index];
#endif
	group = READ(state, cgroup);
	return group && READ(group, root) != READ(v2, root) && READ(group, level) ? group : NULL;
}

/* Container ids have 64 digits. */
#define CONTAINER_NAME_BYTES 64

/*
 * Walks the group of one controller; the walk stays behind the slot's end. Returns its bytes, or `before`, those of an
 * earlier walk, where there is no group.
 */
static __noinline __u32 cgroup_try_v1(struct slot *s, struct css_set *set, struct cgroup *v2, __u64 index, __u32 before)
{
	struct cgroup *group = cgroup_of_v1(set, index, v2);

	return group ? cgroup_walk(s, READ(group, kn)) : before;
}

#define CGROUP_TRY_V1(controller)                                                                                      \
	do {                                                                                                           \
		if (s->walk.longest <= CONTAINER_NAME_BYTES &&                                                         \
		    bpf_core_enum_value_exists(enum cgroup_subsys_id, controller))                                     \
			length = cgroup_try_v1(s, set, v2, bpf_core_enum_value(enum cgroup_subsys_id, controller),     \
					       length);                                                                \
	} while (0)

/*
 * Controllers of v1 can have hierarchies of their own with different groups: the first whose path could name a
 * container, else the last that is not at its root.
 */
static __always_inline void cgroup_take_v1(struct slot *s, struct css_set *set, struct cgroup *v2)
{
	__u32 length = 0;

	s->walk.longest = 0;
	CGROUP_TRY_V1(memory_cgrp_id);
	CGROUP_TRY_V1(pids_cgrp_id);
	CGROUP_TRY_V1(devices_cgrp_id);
	CGROUP_TRY_V1(cpu_cgrp_id);
	if (length)
		slot_commit_path(s, EXEC_cgroup_v1, &s->event.cgroup_v1, length);
}

static __always_inline void cgroup_take(struct slot *s, struct task_struct *p)
{
	struct css_set *set = LOAD(p, cgroups);
	struct cgroup *v2 = LOAD(set, dfl_cgrp);
	struct kernfs_node *kn = LOAD(v2, kn);
	__u64 id = LOAD(kn, id);
	__u32 key = id & (CGROUP_CACHE_ENTRIES - 1), length;
	struct cgroup_path *kept;

	kept = bpf_map_lookup_elem(&cgroups, &key);
	if (!kept)
		return;
	length = cgroup_recall(s, kept, id);
	if (!length) {
		length = cgroup_walk(s, kn);
		klog_trace("cgroup %llu: walked, path of %u bytes", id, length);
		if (s->walk.end == PATH_AT_ROOT)
			cgroup_keep(s, kept, id, length);
		else
			s->truncated |= ROW_BIT(EXEC_cgroup);
	}
	slot_commit_path(s, EXEC_cgroup, &s->event.cgroup, length);
	if (wanted(EXEC_cgroup_v1) && !LOAD(v2, level))
		cgroup_take_v1(s, set, v2);
}

#endif
