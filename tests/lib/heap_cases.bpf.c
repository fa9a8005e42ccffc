/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A program that fills scratch memory, looks at it for a while and counts the bytes that are not its own, and one that
 * does the same in a timer's interrupt; once with the array of one slot, once with lib/heap.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "lib/heap/heap.bpf.h"

char LICENSE[] SEC("license") = "GPL";

#define WORDS 512
#define TURNS 32

struct scratch {
	struct heap_head head;
	__u64 words[WORDS];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch);
} one_slot SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, HEAP_SLOTS);
	__type(key, __u32);
	__type(value, struct scratch);
} heap SEC(".maps");

__u64 nr_corrupted; /* words found that another run had written */
__u64 nr_interrupts;

/* A function of its own, verified once. */
__noinline int count_foreign(struct scratch *s, __u64 own)
{
	int nr = 0;

	if (!s)
		return 0;
	for (int i = 0; i < WORDS; i++)
		nr += *(volatile __u64 *)&s->words[i] != own;
	return nr;
}

static __always_inline void fill(struct scratch *s, __u64 own)
{
	for (int i = 0; i < WORDS; i++)
		*(volatile __u64 *)&s->words[i] = own;
}

static __always_inline void work(struct scratch *s, __u64 own, int turns)
{
	fill(s, own);
	for (int turn = 0; turn < turns; turn++) {
		int nr = count_foreign(s, own);

		if (nr)
			__sync_fetch_and_add(&nr_corrupted, nr);
	}
}

SEC("raw_tp/sched_process_exec")
int work_in_one_slot(void *context)
{
	__u32 zero = 0;
	struct scratch *s = bpf_map_lookup_elem(&one_slot, &zero);

	if (s)
		work(s, 0x1111, TURNS);
	return 0;
}

SEC("perf_event")
int interrupt_one_slot(void *context)
{
	__u32 zero = 0;
	struct scratch *s = bpf_map_lookup_elem(&one_slot, &zero);

	__sync_fetch_and_add(&nr_interrupts, 1);
	if (s)
		work(s, 0x2222, 1);
	return 0;
}

SEC("raw_tp/sched_process_exec")
int work_in_heap(void *context)
{
	struct scratch *s = heap_claim(&heap);

	if (!s)
		return 0;
	work(s, 0x1111, TURNS);
	heap_release(s);
	return 0;
}

SEC("perf_event")
int interrupt_heap(void *context)
{
	struct scratch *s = heap_claim(&heap);

	__sync_fetch_and_add(&nr_interrupts, 1);
	if (!s)
		return 0;
	work(s, 0x2222, 1);
	heap_release(s);
	return 0;
}

/* Claims all and one more; returns how many it got. */
SEC("raw_tp/sched_process_exec")
int claim_too_many(void *context)
{
	void *a = heap_claim(&heap), *b = heap_claim(&heap), *c = heap_claim(&heap);
	void *d = heap_claim(&heap), *e = heap_claim(&heap);
	int nr = !!a + !!b + !!c + !!d + !!e;

	if (a)
		heap_release(a);
	if (b)
		heap_release(b);
	if (c)
		heap_release(c);
	if (d)
		heap_release(d);
	if (e)
		heap_release(e);
	return nr;
}
