/* SPDX-License-Identifier: GPL-2.0-only */
/* The heap of BPF programs, claimed from several threads at a time: what preemption does to one processor, and worse.
 */
#include <linux/types.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "tests/unit/check.h"

static void *bpf_map_lookup_elem(void *map, const __u32 *key);

/* The header speaks to clang. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunknown-pragmas"
#include "lib/heap/heap.bpf.h"
#pragma GCC diagnostic pop

static struct heap_head slots[HEAP_SLOTS];
static atomic_int owners[HEAP_SLOTS];
static atomic_long nr_claimed, nr_shared;

static void *bpf_map_lookup_elem(void *map, const __u32 *key)
{
	return *key < HEAP_SLOTS ? (struct heap_head *)map + *key : NULL;
}

static void claim_each_once(void)
{
	struct heap_head *claimed[HEAP_SLOTS];

	for (unsigned int i = 0; i < HEAP_SLOTS; i++) {
		claimed[i] = heap_claim(slots);
		CHECK(claimed[i] == &slots[i] && claimed[i]->index == i);
	}
	CHECK(!heap_claim(slots));
	heap_release(claimed[2]);
	CHECK(heap_claim(slots) == &slots[2]);
	for (unsigned int i = 0; i < HEAP_SLOTS; i++)
		heap_release(claimed[i]);
	for (unsigned int i = 0; i < HEAP_SLOTS; i++)
		CHECK(!slots[i].busy);
}

static void *claim_often(void *arg)
{
	(void)arg;
	for (int i = 0; i < 200000; i++) {
		struct heap_head *slot = heap_claim(slots);

		if (!slot)
			continue;
		nr_claimed++;
		nr_shared += atomic_exchange(&owners[slot->index], 1);
		atomic_store(&owners[slot->index], 0);
		heap_release(slot);
	}
	return NULL;
}

static void claim_at_a_time(void)
{
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, claim_often, NULL);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	CHECK(nr_claimed > 1000);
	CHECK(!nr_shared);
	claim_each_once();
}

int main(void)
{
	RUN(claim_each_once);
	RUN(claim_at_a_time);
	return test_main();
}
