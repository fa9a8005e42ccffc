/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Drops events before they are copied, by tables that user space made (events/filter.h). Where settings.filters does
 * not name the event type all this is dead code.
 */
#ifndef PARTS_FILTER_BPF_H
#define PARTS_FILTER_BPF_H

#include "events/filter.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, RECORD_EVENT_MAX); /* of tracepoints set at load */
	__type(key, __u32);
	__type(value, struct filter_table);
} filters SEC(".maps");
_Static_assert(FILTER_REACH + FILTER_SLACK_BYTES <= SLOT_DATA_BYTES, "steps read within a slot");

#ifdef VARIANT_COMPAT

/*
 * One step. A global function, which the verifier looks at once, by itself: inlined or static it would follow every
 * way through the whole table. Older kernels pass numbers only to such a function, so it finds table and slot again.
 */
__noinline int filter_take_step(__u32 key, __u32 slot, __u32 at)
{
	struct filter_table *t = bpf_map_lookup_elem(&filters, &key);
	struct slot *s = bpf_map_lookup_elem(&data_heap, &slot);

	return t && s ? filter_next(t, at, s->bytes, s->filter_end) : FILTER_ACCEPT;
}

static __always_inline bool filter_look(struct slot *s, __u32 key)
{
	__u32 at = 0;

	for (int turn = 0; turn < FILTER_STEPS_MAX && at < FILTER_STEPS_MAX; turn++)
		at = filter_take_step(key, s->head.index, at);
	return at != FILTER_REJECT;
}

#else

/* A look at a table. */
struct filter_look {
	const struct filter_table *table;
	struct slot *slot;
	__u32 at;
};

static long filter_turn(__u64 turn, struct filter_look *look)
{
	look->at = filter_next(look->table, look->at, look->slot->bytes, look->slot->filter_end);
	return look->at >= FILTER_STEPS_MAX;
}

static __always_inline bool filter_look(struct slot *s, __u32 key)
{
	struct filter_look look = {.table = bpf_map_lookup_elem(&filters, &key), .slot = s};

	if (look.table)
		bpf_loop(FILTER_STEPS_MAX, filter_turn, &look, 0);
	return look.at != FILTER_REJECT;
}

#endif

/*
 * For types that ring_filters names: true where the event in the slot goes on; it then has its number. False where it
 * was dropped, or lost, and counted. `end` is where its bytes end so far.
 */
static __always_inline bool filter_passes(struct slot *s, struct counter *c, __u32 key, __u32 end)
{
	s->filter_end = end;
	if (!filter_look(s, key)) {
		__sync_fetch_and_add(&c->filtered, 1);
		return false;
	}
	return ring_number(&s->record, c, &c->passed);
}

#endif
