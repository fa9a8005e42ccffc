/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of checks, in the order in which they are shown. */
#include "doctor/check.h"

#include <stdarg.h>
#include <stdio.h>

#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include "doctor/probes.h"

#define HOOK(...) ((const struct hook[]){{__VA_ARGS__}})

/* Which hooks observer uses, and what takes their place. */
#define FALLBACK_TRACEPOINT "observer takes the classic tracepoint instead, which needs tracefs and root"
#define FALLBACK_TP_BTF	    "observer needs it only where tp_btf cannot be had"
#define FOR_OTHERS	    "observer does not use it"

const struct check checks[] = {
	{"Kernel", "version", CHECK_OPTIONAL, probe_version},
	{"Kernel", "bpf", CHECK_NEEDED, probe_bpf, NULL, "no program of eBPF can be loaded",
	 "run it as root, outside of a container whose seccomp filter refuses bpf(2)"},
	{"Kernel", "types", CHECK_NEEDED, probe_types, NULL, "programs cannot find their fields in this kernel (CO-RE)",
	 "a kernel with CONFIG_DEBUG_INFO_BTF=y; /sys must be mounted"},
	{"Kernel", "config", CHECK_OPTIONAL, probe_config, NULL, "what is not configured cannot be had in this kernel"},
	{"Kernel", "jit", CHECK_USEFUL, probe_jit, NULL, "programs are interpreted, which is several times slower",
	 "sysctl net.core.bpf_jit_enable=1"},
	{"Kernel", "tracefs", CHECK_USEFUL, probe_tracefs, NULL,
	 "classic tracepoints and their formats cannot be had; tp_btf needs none of it",
	 "run it as root; mount -t tracefs tracefs /sys/kernel/tracing"},
	{"Rights", "capabilities", CHECK_NEEDED, probe_capabilities, NULL, "programs cannot be loaded by this user",
	 "run it with sudo, or grant them (setcap, or AmbientCapabilities= of systemd)"},
	{"Rights", "CAP_SYS_ADMIN", CHECK_OPTIONAL, probe_admin, NULL,
	 "observer inspect cannot list programs, which the kernel does for this capability alone"},
	{"Rights", "lockdown", CHECK_NEEDED, probe_lockdown, NULL, "programs may not read the kernel's memory",
	 "boot without lockdown=confidentiality"},
	{"Rights", "seccomp", CHECK_USEFUL, probe_seccomp, NULL, "a filter of system calls may refuse bpf(2)",
	 "in a container: with the seccomp profile unconfined"},
	{"Rights", "user namespace", CHECK_USEFUL, probe_user_namespace, NULL,
	 "capabilities of a user namespace do not count for bpf(2)", "run it on the host"},
	{"Rights", "pid namespace", CHECK_USEFUL, probe_pid_namespace, NULL,
	 "process ids that observer shows are those of the host, not of this container"},
	{"Memory", "ring", CHECK_NEEDED, probe_ring, NULL, "there is no memory for observer's ring buffer of 4 MiB",
	 "a smaller one: --ring 256K; before Linux 5.11 ulimit -l unlimited"},
	{"Memory", "memory lock", CHECK_USEFUL, probe_memory_lock, NULL,
	 "maps count against this limit, and larger rings cannot be had",
	 "ulimit -l unlimited, or LimitMEMLOCK=infinity"},
	{"Memory", "memory cgroup", CHECK_USEFUL, probe_memory_cgroup, NULL,
	 "maps are charged to this cgroup, and there is little left", "raise its memory.max, or a smaller --ring"},
	{"Memory", "cgroup v2", CHECK_OPTIONAL, probe_cgroup, NULL,
	 "paths of cgroups are those of the default hierarchy, which is not the one in use here"},
	{"Hooks", "observer", CHECK_NEEDED, probe_observer, NULL, "observer's own program cannot be attached",
	 "look at what is missing above"},
	{"Hooks", "tp_btf", CHECK_USEFUL, probe_hook,
	 HOOK(BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP, "sched_process_exec", hook_attach_raw), FALLBACK_TRACEPOINT},
	{"Hooks", "tracepoint", CHECK_USEFUL, probe_hook,
	 HOOK(BPF_PROG_TYPE_TRACEPOINT, 0, "sched_process_exec", hook_attach_tracepoint), FALLBACK_TP_BTF},
	{"Hooks", "iter", CHECK_USEFUL, probe_hook,
	 HOOK(BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER, "task", hook_attach_iter),
	 "there is no snapshot of the processes that are there already: observer tree, life, --ancestors"},
	{"Hooks", "raw_tp", CHECK_OPTIONAL, probe_hook,
	 HOOK(BPF_PROG_TYPE_RAW_TRACEPOINT, 0, "sched_process_exec", hook_attach_raw), FOR_OTHERS},
	{"Hooks", "fentry", CHECK_OPTIONAL, probe_hook,
	 HOOK(BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, "bpf_fentry_test1", hook_attach_raw), FOR_OTHERS},
	{"Hooks", "fexit", CHECK_OPTIONAL, probe_hook,
	 HOOK(BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT, "bpf_fentry_test1", hook_attach_raw),
	 "observer needs it only for --fail-hook fexit"},
	{"Hooks", "fmod_ret", CHECK_OPTIONAL, probe_hook,
	 HOOK(BPF_PROG_TYPE_TRACING, BPF_MODIFY_RETURN, "security_bpf", hook_attach_raw), FOR_OTHERS},
	{"Hooks", "lsm", CHECK_OPTIONAL, probe_lsm, HOOK(BPF_PROG_TYPE_LSM, BPF_LSM_MAC, "bpf", hook_attach_raw),
	 FOR_OTHERS},
	{"Hooks", "kprobe", CHECK_OPTIONAL, probe_hook,
	 HOOK(BPF_PROG_TYPE_KPROBE, 0, "bpf_fentry_test1", hook_attach_kprobe), FOR_OTHERS},
	{"Hooks", "uprobe", CHECK_OPTIONAL, probe_uprobe, HOOK(BPF_PROG_TYPE_KPROBE), FOR_OTHERS},
	{"Hooks", "perf_event", CHECK_OPTIONAL, probe_hook, HOOK(BPF_PROG_TYPE_PERF_EVENT, 0, NULL, hook_attach_clock),
	 FOR_OTHERS},
	{"Features", "ring buffer", CHECK_NEEDED, probe_map, (const __u32[]){BPF_MAP_TYPE_RINGBUF},
	 "observer hands over its events by it", "a kernel from 5.10 on"},
	{"Features", "task storage", CHECK_OPTIONAL, probe_map, (const __u32[]){BPF_MAP_TYPE_TASK_STORAGE}, FOR_OTHERS},
	{"Features", "bpf_loop", CHECK_USEFUL, probe_helper, (const __u32[]){BPF_FUNC_loop},
	 "observer takes its variant with bounded loops (compat) instead"},
	{"Features", "attach cookie", CHECK_OPTIONAL, probe_helper, (const __u32[]){BPF_FUNC_get_attach_cookie},
	 "one program cannot tell several places of attachment apart"},
};

const size_t nr_checks = sizeof(checks) / sizeof(checks[0]);

void check_found(struct finding *f, enum check_state state, const char *format, ...)
{
	va_list arguments;

	f->state = state;
	va_start(arguments, format);
	vsnprintf(f->found, sizeof(f->found), format, arguments);
	va_end(arguments);
}

void check_make(const struct check *check, struct finding *ret)
{
	libbpf_set_print(NULL); /* what fails is told as a finding */
	*ret = (struct finding){.check = check, .state = CHECK_UNKNOWN};
	check->probe(check, ret);
}

size_t checks_count(const struct finding *findings, size_t nr, enum check_state state, enum check_severity severity)
{
	size_t count = 0;

	for (size_t i = 0; i < nr; i++)
		count += findings[i].state == state && findings[i].check->severity == severity;
	return count;
}
