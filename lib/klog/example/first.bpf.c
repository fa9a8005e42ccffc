/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Logs each program that starts. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "klog.bpf.h"

char LICENSE[] SEC("license") = "GPL";

SEC("raw_tp/sched_process_exec")
int watch_execs(void *context)
{
	__u64 thread = bpf_get_current_pid_tgid(), user = bpf_get_current_uid_gid();
	char comm[16];

	bpf_get_current_comm(comm, sizeof(comm));
	klog_info("%s starts: pid %u, uid %u", comm, (__u32)(thread >> 32), (__u32)user);
	klog_debug("context at %p, first bytes of the name %*ph", context, 4, comm);
	return 0;
}
