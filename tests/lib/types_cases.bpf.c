/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* lib/klog and lib/heap in programs of every type that this machine may load. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "lib/heap/heap.bpf.h"
#include "lib/klog/klog.bpf.h"

char LICENSE[] SEC("license") = "GPL";

struct scratch {
	struct heap_head head;
	char bytes[4096];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, HEAP_SLOTS);
	__type(key, __u32);
	__type(value, struct scratch);
} heap SEC(".maps");

static __always_inline int log_from_heap(__u32 number)
{
	struct scratch *s = heap_claim(&heap);

	if (!s)
		return 0;
	bpf_probe_read_kernel_str(s->bytes, sizeof(s->bytes), "in the heap");
	klog_info("%u %s", number, s->bytes);
	heap_release(s);
	return 0;
}

#define PROGRAM(section, name, number)                                                                                 \
	SEC(section) int name(void *context)                                                                           \
	{                                                                                                              \
		return log_from_heap(number);                                                                          \
	}

PROGRAM("raw_tp/sched_process_exec", in_raw_tp, 1)
PROGRAM("tp_btf/sched_process_exec", in_tp_btf, 2)
PROGRAM("tp/sched/sched_process_exec", in_tp, 3)
PROGRAM("perf_event", in_perf_event, 4)
PROGRAM("iter/task", in_iterator, 5)
PROGRAM("socket", in_socket, 6)
PROGRAM("tc", in_tc, 7)
PROGRAM("xdp", in_xdp, 8)
PROGRAM("cgroup/dev", in_cgroup_dev, 9)
PROGRAM("kprobe/do_exit", in_kprobe, 10)
