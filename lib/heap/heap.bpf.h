/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Scratch memory larger than the 512-byte stack of a BPF program. A heap is a BPF_MAP_TYPE_PERCPU_ARRAY with several
 * elements, the slots; the first member of each is a struct heap_head. A program claims a slot, works in it and
 * releases it. README.md tells when the well-known array with one slot breaks.
 *
 * BPF programs do not migrate, so claiming by an atomic exchange among the slots of one's own CPU is enough, whatever
 * begins meanwhile. Fetching atomics need Linux 5.12 and -mcpu=v3; with HEAP_WITHOUT_FETCH defined the older atomic
 * addition does, which tells nobody its result: who then finds more than its own addition steps back. Of several that
 * claim a slot in the same instant one gets it, or none, and goes on to the next.
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

/* 1 for one of those that ask, until it gives the slot back; else 0. */
static __always_inline int heap_take(struct heap_head *slot)
{
#ifdef HEAP_WITHOUT_FETCH
	__sync_fetch_and_add(&slot->busy, 1);
	if (*(volatile __u32 *)&slot->busy == 1)
		return 1;
	__sync_fetch_and_add(&slot->busy, -1);
	return 0;
#else
	return !__sync_lock_test_and_set(&slot->busy, 1);
#endif
}

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
		if (heap_take(slot)) {
			slot->index = i;
			if (i)
				slot->nested++;
			return slot;
		}
	}
	if (slot)
		__sync_fetch_and_add(&slot->refused, 1);
	return 0;
}

/* Claims a slot of `map` (pointer to a per-CPU array of at least HEAP_SLOTS elements). */
static __always_inline void *heap_claim(void *map)
{
	return heap_claim_among(map, HEAP_SLOTS);
}

/* Gives a slot of one's own CPU back. */
static __always_inline void heap_release(void *slot)
{
#ifdef HEAP_WITHOUT_FETCH
	__sync_fetch_and_add(&((struct heap_head *)slot)->busy, -1);
#else
	/* A plain store will do: only runs on this CPU look at it. */
	*(volatile __u32 *)&((struct heap_head *)slot)->busy = 0;
#endif
}

#ifndef HEAP_WITHOUT_FETCH
/* The same where other CPUs look at it: what was written into the slot comes first. */
static __always_inline void heap_release_shared(void *slot)
{
	__sync_lock_test_and_set(&((struct heap_head *)slot)->busy, 0);
}
#endif

#endif
