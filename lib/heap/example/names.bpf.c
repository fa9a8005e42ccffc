/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Sends the name of each program that starts, up to 4 KiB: eight times what the stack of a BPF program holds. */
#include <linux/bpf.h>
#include <stddef.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#include "heap.bpf.h"

char LICENSE[] SEC("license") = "GPL";

struct scratch {
	struct heap_head head; /* first */
	char name[4096];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, HEAP_SLOTS);
	__type(key, __u32);
	__type(value, struct scratch);
} heap SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 << 10);
} names SEC(".maps");

struct linux_binprm {
	const char *filename;
} __attribute__((preserve_access_index));

/* TP_PROTO(struct task_struct *p, pid_t old_pid, struct linux_binprm *bprm) */
SEC("raw_tp/sched_process_exec")
int send_name(__u64 *context)
{
	struct linux_binprm *bprm = (void *)context[2];
	struct scratch *s = heap_claim(&heap);
	long length;

	if (!s)
		return 0; /* counted: struct heap_head, refused */
	length = bpf_probe_read_kernel_str(s->name, sizeof(s->name), BPF_CORE_READ(bprm, filename));
	if (length > 0 && length <= (long)sizeof(s->name))
		bpf_ringbuf_output(&names, s->name, length, 0);
	heap_release(s);
	return 0;
}
