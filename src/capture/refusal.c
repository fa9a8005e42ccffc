/* SPDX-License-Identifier: GPL-2.0-only */
/* Hints for what the kernel refuses. Reads the system's state, changes nothing. */
#include "capture/refusal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/capabilities.h"

const char *capture_hook_name(enum capture_hook hook)
{
	static const char *const names[HOOK_MAX] = {
		[HOOK_AUTO] = "auto",
		[HOOK_TP_BTF] = "tp_btf",
		[HOOK_TRACEPOINT] = "tracepoint",
	};

	return names[hook];
}

enum lockdown refusal_lockdown(void)
{
	_cleanup_fclose_ FILE *file = fopen("/sys/kernel/security/lockdown", "re");
	char line[128] = "";

	if (!file || !fgets(line, sizeof(line), file))
		return LOCKDOWN_UNKNOWN;
	if (strstr(line, "[confidentiality]"))
		return LOCKDOWN_CONFIDENTIALITY;
	return strstr(line, "[integrity]") ? LOCKDOWN_INTEGRITY : LOCKDOWN_NONE;
}

/* Before Linux 5.11 the memory of BPF counts as locked memory of the user; since then it belongs to the memory cgroup.
 */
static bool locked_memory_is_limited(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
}

static int explain_permission(int code, struct error *err)
{
	struct buffer missing = {};

	if (capabilities_describe_missing(&missing, NEED_BPF | NEED_PERFMON)) {
		fail_hint(err,
			  "this process lacks %.*s: run it with sudo, or grant them (setcap, or AmbientCapabilities= "
			  "of systemd)",
			  (int)missing.length, missing.data);
		buffer_done(&missing);
		return code;
	}
	if (locked_memory_is_limited())
		fail_hint(err, "a seccomp filter (container) or a security module refuses bpf(2); or, before Linux "
			       "5.11, the limit of "
			       "locked memory: ulimit -l unlimited, LimitMEMLOCK=infinity");
	else
		fail_hint(err,
			  "the capabilities are there: a seccomp filter (container), a security module or a user "
			  "namespace "
			  "refuses bpf(2); run it on the host, or with the container's seccomp profile unconfined");
	return code;
}

int refusal_explain(int code, const struct settings *settings, struct error *err)
{
	if (refusal_lockdown() == LOCKDOWN_CONFIDENTIALITY && !capabilities_missing(NEED_BPF | NEED_PERFMON))
		return fail_hint(
			err, "the kernel is locked down (confidentiality), which forbids reading its memory by BPF");
	if (code == -EPERM)
		return explain_permission(code, err);
	if (code == -ENOMEM)
		return fail_hint(err,
				 "memory for the ring of %llu KiB and the heap was refused (memory cgroup or "
				 "RLIMIT_MEMLOCK): try a smaller --ring",
				 (unsigned long long)settings->ring_bytes >> 10);
	if (code == -ENOSYS)
		return fail_hint(err, "the kernel has no bpf(2), or a seccomp filter hides it");
	if (access("/sys/kernel/btf/vmlinux", R_OK))
		return fail_hint(err, "the kernel's type information /sys/kernel/btf/vmlinux is missing: a kernel from "
				      "5.10 on with CONFIG_DEBUG_INFO_BTF=y is needed, and /sys mounted; or "
				      "--btf FILE, which does for exec events alone");
	return fail_hint(err,
			 "a kernel from 5.10 on is needed; please report this with the kernel's version (uname -r)");
}

int refusal_explain_variant(const char *name, struct error *err)
{
	fail(err, -EINVAL, "there is no variant '%s' of the kernel program", name);
	return fail_hint(err, "OBSERVER_VARIANT may be modern or compat; unset it to take the best one that loads");
}
