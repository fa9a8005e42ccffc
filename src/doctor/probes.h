/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to doctor/: the probes that the table of checks is filled with. */
#ifndef DOCTOR_PROBES_H
#define DOCTOR_PROBES_H

#include <linux/types.h>

#include "doctor/check.h"

typedef void probe(const struct check *check, struct finding *ret);

/* The kernel: probe_kernel.c */
probe probe_version, probe_config, probe_bpf, probe_types, probe_jit, probe_tracefs, probe_ring, probe_map,
	probe_helper;
/* What this process may: probe_rights.c */
probe probe_capabilities, probe_admin, probe_lockdown, probe_seccomp, probe_user_namespace, probe_pid_namespace,
	probe_memory_lock, probe_memory_cgroup, probe_cgroup;
/* Hooks: probe_hooks.c */
probe probe_hook, probe_lsm, probe_uprobe, probe_observer;

/* The argument of probe_hook, probe_lsm and probe_uprobe. */
struct hook {
	__u32 type;	    /* of program */
	__u32 attach_type;  /* expected; 0: none */
	const char *target; /* name in the kernel's type information, or of the tracepoint; NULL: none */
	int (*attach)(int program, const struct hook *hook); /* a descriptor or -errno */
};

/* Ways to attach a loaded program. */
int hook_attach_raw(int program, const struct hook *hook);
int hook_attach_iter(int program, const struct hook *hook);
int hook_attach_tracepoint(int program, const struct hook *hook);
int hook_attach_clock(int program, const struct hook *hook);
int hook_attach_kprobe(int program, const struct hook *hook);

#endif
