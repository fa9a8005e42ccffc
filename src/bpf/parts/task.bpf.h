/* SPDX-License-Identifier: GPL-2.0-only */
/* Who runs: identity, names, credentials, namespaces, terminal of the task that exec'ed. */
#ifndef PARTS_TASK_BPF_H
#define PARTS_TASK_BPF_H

static __always_inline void task_take_ids(struct exec_event *e, struct task_struct *p)
{
	struct task_struct *parent = LOAD(p, real_parent, group_leader);

	e->pid = LOAD(p, tgid);
	e->start_ns = LOAD(p, group_leader, start_boottime);
	e->ppid = LOAD(parent, tgid);
	e->parent_start_ns = LOAD(parent, start_boottime);
	if (wanted(EXEC_comm))
		LOAD_BYTES(&e->comm, p, comm);
	if (wanted(EXEC_parent_comm))
		LOAD_BYTES(&e->parent_comm, parent, comm);
}

#define CRED_ROWS                                                                                                      \
	(ROW_BIT(EXEC_uid) | ROW_BIT(EXEC_gid) | ROW_BIT(EXEC_euid) | ROW_BIT(EXEC_egid) | ROW_BIT(EXEC_suid) |        \
	 ROW_BIT(EXEC_sgid) | ROW_BIT(EXEC_cap_permitted) | ROW_BIT(EXEC_cap_effective) | ROW_BIT(EXEC_userns))

static __always_inline void task_take_cred(struct exec_event *e, struct task_struct *p)
{
	const struct cred *c = LOAD(p, cred);

	e->uid = LOAD(c, uid.val);
	e->gid = LOAD(c, gid.val);
	e->euid = LOAD(c, euid.val);
	e->egid = LOAD(c, egid.val);
	e->suid = LOAD(c, suid.val);
	e->sgid = LOAD(c, sgid.val);
	/* kernel_cap_t is { __u32 cap[2] } or { u64 val }, by kernel: eight bytes of the same meaning on little-endian
	 * machines. */
	if (wanted(EXEC_cap_permitted))
		LOAD_BYTES(&e->cap_permitted, c, cap_permitted);
	if (wanted(EXEC_cap_effective))
		LOAD_BYTES(&e->cap_effective, c, cap_effective);
	if (wanted(EXEC_userns))
		e->userns = LOAD(c, user_ns, ns.inum);
}

/* The audit members are there only with CONFIG_AUDIT. */
static __always_inline void task_take_audit(struct slot *s, struct task_struct *p)
{
	if (bpf_core_field_exists(p->loginuid))
		s->event.loginuid = LOAD(p, loginuid.val);
	else
		slot_mark_unreadable(s, EXEC_loginuid);
	if (bpf_core_field_exists(p->sessionid))
		s->event.audit_session = LOAD(p, sessionid);
	else
		slot_mark_unreadable(s, EXEC_audit_session);
}

/*
 * What fork, exit and exec_fail say of a process alike: the rows of those names. `named` is the thread that name and
 * start are of, the leader or a new thread; `how` is LOAD or READ (parts/access.bpf.h). A macro, since the records have
 * no common type.
 */
#define TASK_TAKE_IDENTITY(how, e, p, named)                                                                           \
	do {                                                                                                           \
		struct task_struct *parent_of_it = how(p, real_parent, group_leader);                                  \
		const struct cred *cred_of_it = how(p, cred);                                                          \
		struct upid own_of_it;                                                                                 \
                                                                                                                       \
		(e)->pid = how(p, tgid);                                                                               \
		(e)->ppid = how(parent_of_it, tgid);                                                                   \
		numbers_read(named, how(named, thread_pid, level), &own_of_it);                                        \
		(e)->vpid = own_of_it.nr;                                                                              \
		(e)->pidns = numbers_namespace(&own_of_it);                                                            \
		(e)->start_ns = how(named, start_boottime);                                                            \
		(e)->parent_start_ns = how(parent_of_it, start_boottime);                                              \
		how##_BYTES(&(e)->comm, named, comm);                                                                  \
		(e)->uid = how(cred_of_it, uid.val);                                                                   \
		(e)->gid = how(cred_of_it, gid.val);                                                                   \
		(e)->cgroup_id = how(p, cgroups, dfl_cgrp, kn, id);                                                    \
	} while (0)

/* The process's id in its own pid namespace, and that namespace. */
static __always_inline void task_take_own_pid(struct exec_event *e, struct task_struct *p)
{
	struct task_struct *leader = LOAD(p, group_leader);
	struct upid own;

	numbers_read(leader, LOAD(leader, thread_pid, level), &own);
	e->vpid = own.nr;
	e->pidns = numbers_namespace(&own);
}

#define NS_ROWS                                                                                                        \
	(ROW_BIT(EXEC_mntns) | ROW_BIT(EXEC_netns) | ROW_BIT(EXEC_utsns) | ROW_BIT(EXEC_ipcns) | ROW_BIT(EXEC_cgroupns))

static __always_inline void task_take_namespaces(struct exec_event *e, struct task_struct *p)
{
	struct nsproxy *ns = LOAD(p, nsproxy);

	e->mntns = LOAD(ns, mnt_ns, ns.inum);
	e->netns = LOAD(ns, net_ns, ns.inum);
	e->utsns = LOAD(ns, uts_ns, ns.inum);
	e->ipcns = LOAD(ns, ipc_ns, ns.inum);
	e->cgroupns = LOAD(ns, cgroup_ns, ns.inum);
}

static __always_inline void task_take_tty(struct slot *s, struct task_struct *p)
{
	struct tty_struct *tty = LOAD(p, signal, tty);

	if (tty)
		slot_take_name(s, EXEC_tty, &s->event.tty, (const void *)&tty->name);
}

#endif
