/* SPDX-License-Identifier: GPL-2.0-only */
/* Who runs: identity, names, credentials, namespaces, terminal of the task that exec'ed. */
#ifndef PARTS_TASK_BPF_H
#define PARTS_TASK_BPF_H

/* kernel_cap_t is { __u32 cap[2] } or { u64 val }, by kernel: eight bytes of the same meaning on little-endian
 * machines. */
static __always_inline __u64 cap_bits(const kernel_cap_t *caps)
{
#ifdef VARIANT_COMPAT
	__u64 bits = 0;

	bpf_probe_read_kernel(&bits, sizeof(bits), caps);
	return bits;
#else
	return *(const __u64 *)caps;
#endif
}

static __always_inline void task_take_ids(struct exec_event *e, struct task_struct *p)
{
	struct task_struct *parent = READ(p, real_parent, group_leader);

	e->pid = READ(p, tgid);
	e->start_ns = READ(p, group_leader, start_boottime);
	e->ppid = READ(parent, tgid);
	e->parent_start_ns = READ(parent, start_boottime);
	if (wanted(EXEC_comm))
		READ_BYTES(&e->comm, p, comm);
	if (wanted(EXEC_parent_comm))
		READ_BYTES(&e->parent_comm, parent, comm);
}

#define CRED_ROWS                                                                                                      \
	(ROW_BIT(EXEC_uid) | ROW_BIT(EXEC_gid) | ROW_BIT(EXEC_euid) | ROW_BIT(EXEC_egid) | ROW_BIT(EXEC_suid) |        \
	 ROW_BIT(EXEC_sgid) | ROW_BIT(EXEC_cap_permitted) | ROW_BIT(EXEC_cap_effective) | ROW_BIT(EXEC_userns))

static __always_inline void task_take_cred(struct exec_event *e, struct task_struct *p)
{
	const struct cred *c = READ(p, cred);

	e->uid = READ(c, uid.val);
	e->gid = READ(c, gid.val);
	e->euid = READ(c, euid.val);
	e->egid = READ(c, egid.val);
	e->suid = READ(c, suid.val);
	e->sgid = READ(c, sgid.val);
	if (wanted(EXEC_cap_permitted))
		e->cap_permitted = cap_bits(&c->cap_permitted);
	if (wanted(EXEC_cap_effective))
		e->cap_effective = cap_bits(&c->cap_effective);
	if (wanted(EXEC_userns))
		e->userns = READ(c, user_ns, ns.inum);
}

/* The audit members are there only with CONFIG_AUDIT. */
static __always_inline void task_take_audit(struct slot *s, struct task_struct *p)
{
	if (bpf_core_field_exists(p->loginuid))
		s->event.loginuid = READ(p, loginuid.val);
	else
		slot_mark_unreadable(s, EXEC_loginuid);
	if (bpf_core_field_exists(p->sessionid))
		s->event.audit_session = READ(p, sessionid);
	else
		slot_mark_unreadable(s, EXEC_audit_session);
}

/* The thread's id in its own pid namespace, and that namespace: the entry of the deepest level. */
static __always_inline void task_read_upid(struct task_struct *p, struct upid *ret)
{
	numbers_read(p, numbers_level(p), ret);
}

/*
 * What fork, exit and exec_fail say of a process alike: the rows of those names. `named` is the thread that name and
 * start are of, the leader or a new thread. A macro, since the records have no common type.
 */
#define TASK_TAKE_IDENTITY(e, p, named)                                                                                \
	do {                                                                                                           \
		struct task_struct *parent_of_it = READ(p, real_parent, group_leader);                                 \
		const struct cred *cred_of_it = READ(p, cred);                                                         \
		struct upid own_of_it;                                                                                 \
                                                                                                                       \
		(e)->pid = READ(p, tgid);                                                                              \
		(e)->ppid = READ(parent_of_it, tgid);                                                                  \
		task_read_upid(named, &own_of_it);                                                                     \
		(e)->vpid = own_of_it.nr;                                                                              \
		(e)->pidns = READ(CAST(struct pid_namespace, own_of_it.ns), ns.inum);                                  \
		(e)->start_ns = READ(named, start_boottime);                                                           \
		(e)->parent_start_ns = READ(parent_of_it, start_boottime);                                             \
		READ_BYTES(&(e)->comm, named, comm);                                                                   \
		(e)->uid = READ(cred_of_it, uid.val);                                                                  \
		(e)->gid = READ(cred_of_it, gid.val);                                                                  \
		(e)->cgroup_id = READ(p, cgroups, dfl_cgrp, kn, id);                                                   \
	} while (0)

static __always_inline void task_take_own_pid(struct exec_event *e, struct task_struct *p)
{
	struct upid own;

	task_read_upid(READ(p, group_leader), &own);
	e->vpid = own.nr;
	e->pidns = READ(CAST(struct pid_namespace, own.ns), ns.inum);
}

#define NS_ROWS                                                                                                        \
	(ROW_BIT(EXEC_mntns) | ROW_BIT(EXEC_netns) | ROW_BIT(EXEC_utsns) | ROW_BIT(EXEC_ipcns) | ROW_BIT(EXEC_cgroupns))

static __always_inline void task_take_namespaces(struct exec_event *e, struct task_struct *p)
{
	struct nsproxy *ns = READ(p, nsproxy);

	e->mntns = READ(ns, mnt_ns, ns.inum);
	e->netns = READ(ns, net_ns, ns.inum);
	e->utsns = READ(ns, uts_ns, ns.inum);
	e->ipcns = READ(ns, ipc_ns, ns.inum);
	e->cgroupns = READ(ns, cgroup_ns, ns.inum);
}

static __always_inline void task_take_tty(struct slot *s, struct task_struct *p)
{
	struct tty_struct *tty = READ(p, signal, tty);

	if (tty)
		slot_take_name(s, EXEC_tty, &s->event.tty, (const void *)&tty->name);
}

#endif
