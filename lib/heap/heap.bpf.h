/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Scratch memory larger than the 512-byte stack of a BPF program. A heap is a BPF_MAP_TYPE_PERCPU_ARRAY with several
 * elements, the slots; the first member of each is a struct heap_head. A program claims a slot, works in it and
 * releases it. README.md tells when the well-known array with one slot breaks.
 *
 * BPF programs do not migrate, so claiming by an atomic exchange among the slots of one's own CPU is enough, whatever
 * begins meanwhile. Fetching atomics need Linux 5.12 and -mcpu=v3; with HEAP_NOT_NESTED defined a fixed slot is taken
 * as it is, which is right only where no run that takes the same can begin inside another: tracepoint programs before
 * 7.0.
 */
#ifndef HEAP_HEAP_BPF_H
#define HEAP_HEAP_BPF_H

/* So many runs can be inside one another on a CPU: task, softirq, interrupt and NMI are four. */
#ifndef HEAP_SLOTS
#define HEAP_SLOTS 4
#endif

/* A slot begins with this. User space may read the counters: the map's value of each CPU. */
struct heap_head {
	__u32 busy;
	__u32 index;   /* its key */
	__u64 nested;  /* claims that got this slot since those before it were in use */
	__u64 refused; /* of the last slot: claims that found every slot in use */
};

/*
 * Claims one of the first `nr` (a constant) slots of `map`, a per-CPU array or, to be given back by
 * heap_release_shared(), an array that all CPUs share. Returns its address, or 0 where all are in use, which is
 * counted. Contents are what the last user left.
 */
static __always_inline void *heap_claim_among(void *map, const int nr)
{
	struct heap_head *slot = 0;
	__u32 key;

#pragma unroll
	for (int i = 0; i < nr; i++) {
		key = i;
		slot = bpf_map_lookup_elem(map, &key);
		if (!slot)
			return 0;
		if (!__sync_lock_test_and_set(&slot->busy, 1)) {
			if (i)
				slot->nested++;
			return slot;
		}
	}
	if (slot)
		__sync_fetch_and_add(&slot->refused, 1);
	return 0;
}

/*
 * Claims a slot of `map` (pointer to a per-CPU array of at least HEAP_SLOTS elements). `own` is for HEAP_NOT_NESTED:
 * the key of the slot to take; programs of which one may begin while another runs need different ones.
 */
static __always_inline void *heap_claim(void *map, __u32 own)
{
#ifdef HEAP_NOT_NESTED
	struct heap_head *slot = bpf_map_lookup_elem(map, &own);

	if (slot)
		slot->index = own;
	return slot;
#else
	return heap_claim_among(map, HEAP_SLOTS);
#endif
}

/* Gives a slot back. A plain store will do: only runs on this CPU look at it. */
static __always_inline void heap_release(void *slot)
{
#ifndef HEAP_NOT_NESTED
	*(volatile __u32 *)&((struct heap_head *)slot)->busy = 0;
#endif
}

/* The same where other CPUs look at it: what was written into the slot comes first. */
static __always_inline void heap_release_shared(void *slot)
{
	__sync_lock_test_and_set(&((struct heap_head *)slot)->busy, 0);
}

#endif
