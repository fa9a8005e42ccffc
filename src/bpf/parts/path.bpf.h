/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The name of a file as readlink of /proc/PID/exe or cwd gives it to the observer: a walk over dentries and mounts
 * (prepend_path() of fs/d_path.c) up to the observer's root or to the root of the mount namespace. Components are
 * collected leaf first; user space turns them round. bpf_d_path is refused in this hook.
 */
#ifndef PARTS_PATH_BPF_H
#define PARTS_PATH_BPF_H

/* Components of one byte fill WALK_BYTES_MAX after so many steps; mount crossings come on top. */
#define WALK_STEPS_MAX (WALK_BYTES_MAX / 2 + 1024)

/* The observer's own root directory, set once by remember_root. */
struct observer_root {
	__u64 mount; /* address of the struct mount */
	__u64 dentry;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct observer_root);
} root SEC(".maps");

static __always_inline __u64 mount_of(const struct vfsmount *mnt)
{
	return (__u64)mnt - bpf_core_field_offset(struct mount, mnt);
}

static __always_inline __u64 inline_name_of(__u64 dentry)
{
	if (bpf_core_field_exists(struct dentry___shortname, d_shortname))
		return dentry + bpf_core_field_offset(struct dentry___shortname, d_shortname);
	return dentry + bpf_core_field_offset(struct dentry___iname, d_iname);
}

/* As much of a dentry's own room for its name as every kernel has. */
struct inline_name {
	__u64 words[4];
};

/* What a step looks at of a dentry. */
struct look {
	__u64 parent;
	__u64 name; /* address */
	__u32 length;
	const struct inline_name *inside;
};

#ifdef VARIANT_COMPAT

/* In every kernel so far these members lie close together: one probe read brings them all. */
struct look_window {
	char bytes[96];
};
#define WINDOW_AT(member)                                                                                              \
	(bpf_core_field_offset(struct dentry, member) - bpf_core_field_offset(struct dentry, d_parent))

static __always_inline bool path_look(__u64 dentry, struct look_window *window, struct look *ret)
{
	__u32 inside = inline_name_of(0) - bpf_core_field_offset(struct dentry, d_parent);

	if (inside > sizeof(*window) - sizeof(*ret->inside) ||
	    WINDOW_AT(d_name) > sizeof(*window) - sizeof(struct qstr) ||
	    bpf_probe_read_kernel(window, inside + sizeof(*ret->inside),
				  (const void *)(dentry + bpf_core_field_offset(struct dentry, d_parent))))
		return false;
	ret->parent = *(__u64 *)window->bytes;
	ret->name = *(__u64 *)(window->bytes + WINDOW_AT(d_name.name));
	ret->length = *(__u32 *)(window->bytes + WINDOW_AT(d_name.len));
	ret->inside = (const void *)(window->bytes + inside);
	return true;
}

#else

struct look_window {
};

static __always_inline bool path_look(__u64 dentry, struct look_window *window, struct look *ret)
{
	const struct dentry *d = CAST(struct dentry, dentry);

	ret->parent = (__u64)READ(d, d_parent);
	ret->name = (__u64)READ(d, d_name.name);
	ret->length = READ(d, d_name.len);
	if (bpf_core_field_exists(struct dentry___shortname, d_shortname))
		ret->inside = (const void *)&((struct dentry___shortname *)d)->d_shortname;
	else
		ret->inside = (const void *)&((struct dentry___iname *)d)->d_iname;
	return true;
}

#endif

/* Appends a dentry's name and a NUL; false where the room for the walk is used up. */
static __always_inline bool path_append_name(struct slot *s, const struct look *d)
{
	__u32 fill = *(volatile __u32 *)&s->fill, length = d->length;
	char *to;

	if (length > 255 || fill + length + 1 > s->walk.limit || fill > FILL_MAX + WALK_BYTES_MAX)
		return false;
	to = s->bytes + fill;
	if (length < sizeof(*d->inside) && d->name == inline_name_of(s->walk.dentry))
		*(struct inline_name *)to = *d->inside; /* without a helper call */
	else
		bpf_probe_read_kernel(to, length & 255, (const void *)d->name);
	to[length & 255] = 0;
	s->fill = fill + length + 1;
	return true;
}

/* At the root of a mount: goes on where it is mounted; true where the way ends. */
static __always_inline bool path_leave_mount(struct walk *w)
{
	struct mount *m = CAST(struct mount, w->mount);
	struct mount *parent = READ(m, mnt_parent);

	if ((__u64)parent == w->mount || !parent)
		return true;
	w->dentry = (__u64)READ(m, mnt_mountpoint);
	w->mount = (__u64)parent;
	w->mount_root = (__u64)READ(parent, mnt.mnt_root);
	return false;
}

/* One step of the walk; true where it ends. */
static __always_inline bool path_step(struct slot *s)
{
	struct walk *w = &s->walk;
	struct look_window window;
	struct look d;

	if (w->dentry == w->top_dentry && w->mount == w->top_mount)
		return true;
	if (w->dentry == w->mount_root)
		return path_leave_mount(w);
	if (!path_look(w->dentry, &window, &d)) {
		w->end = PATH_CUT;
		return true;
	}
	if (!d.parent)
		return true;
	if (d.parent == w->dentry) {
		/* A subtree that was moved out of its bind mount: the kernel gives up what it has, and says "/". */
		if (s->walk.steps) {
			s->fill = s->walk.limit - WALK_BYTES_MAX + 1;
			return true;
		}
		/* A file without a place in the tree (memfd). */
		w->end = PATH_PSEUDO;
		if (!path_append_name(s, &d))
			w->end = PATH_CUT;
		return true;
	}
	if (!path_append_name(s, &d)) {
		w->end = PATH_CUT;
		return true;
	}
	w->steps++;
	w->dentry = d.parent;
	return false;
}

#ifdef VARIANT_COMPAT
#define WALK_STEPS_AT_ONCE 128

/* A global function: verified once, by itself, however often it is called. The slot comes from the map again for that.
 */
__noinline int path_walk_some(__u32 key)
{
	struct slot *s = bpf_map_lookup_elem(&data_heap, &key);

	if (!s)
		return 1;
	for (__u32 i = 0; i < WALK_STEPS_AT_ONCE; i++) {
		if (path_step(s))
			return 1;
	}
	return 0;
}
#else
static long path_step_loop(__u64 turn, struct slot **s)
{
	return path_step(*s);
}
#endif

static __always_inline void path_walk(struct slot *s)
{
#ifdef VARIANT_COMPAT
	for (__u32 i = 0; i < WALK_STEPS_MAX / WALK_STEPS_AT_ONCE; i++) {
		if (path_walk_some(s->head.index))
			return;
	}
#else
	struct slot *context = s;

	if (bpf_loop(WALK_STEPS_MAX, path_step_loop, &context, 0) < WALK_STEPS_MAX)
		return;
#endif
	/* The steps ran out, which only mounts upon mounts can bring about. */
	s->walk.end = PATH_CUT;
}

/* Makes the path of (mnt, dentry) the value of a row. */
static __noinline void path_take(struct slot *s, __u32 row, struct span *span, const struct vfsmount *mnt,
				 const struct dentry *d)
{
	__u32 start = *(volatile __u32 *)&s->fill;
	struct walk *w = &s->walk;
	struct observer_root *top;
	__u32 zero = 0, length;
	struct mount *m;

	top = bpf_map_lookup_elem(&root, &zero);
	if (!top || start > FILL_MAX)
		return;
	if (!mnt || !d) {
		slot_mark_unreadable(s, row);
		return;
	}
	w->top_dentry = top->dentry;
	w->top_mount = top->mount;
	w->dentry = (__u64)d;
	w->mount = mount_of(mnt);
	m = CAST(struct mount, w->mount);
	w->mount_root = (__u64)READ(m, mnt.mnt_root);
	w->limit = start + WALK_BYTES_MAX;
	w->steps = 0;
	/* d_unlinked() of include/linux/dcache.h */
	w->end = !READ(d, d_hash.pprev) && READ(d, d_parent) != d ? PATH_DELETED : PATH_AT_ROOT;
	s->fill = start + 1;
	path_walk(s);
	klog_trace("row %u: path of %u steps, end %u", row, w->steps, w->end);
	if (w->end == PATH_CUT)
		s->truncated |= ROW_BIT(row);
	s->bytes[start] = w->end;
	length = s->fill - start;
	s->fill = start;
	slot_commit_path(s, row, span, length);
}

#endif
