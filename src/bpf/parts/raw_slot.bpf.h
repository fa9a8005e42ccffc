/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a tracepoint's event is put together: a slot of `data_heap` with the frame, and behind it the raw record. */
#ifndef PARTS_RAW_SLOT_BPF_H
#define PARTS_RAW_SLOT_BPF_H

#define SLOT_DATA_BYTES (FILTER_REACH + FILTER_SLACK_BYTES)

struct slot {
	struct heap_head head;
	__u32 filter_end; /* where the bytes end that a filter may look at */
	__u32 raw_end;	  /* bytes of the raw record, while they are looked for */
	union {
		struct record record;
		struct tracepoint_event event;
		char bytes[SLOT_DATA_BYTES];
	};
};
_Static_assert(TRACEPOINT_RAW_OFFSET + TRACEPOINT_RAW_MAX <= SLOT_DATA_BYTES, "the longest record must fit");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, HEAP_SLOTS);
	__type(key, __u32);
	__type(value, struct slot);
} data_heap SEC(".maps");

/*
 * Moves raw_end to where the last dynamic part ends. It is kept in the slot: in a register the verifier would follow
 * each of its values.
 */
static __always_inline void raw_find_end(struct slot *s, const struct tracepoint_facts *facts)
{
	for (__u32 i = 0; i < TRACEPOINT_DYNAMIC_MAX; i++) {
		__u32 offset = facts->dynamic[i].offset, location, end;

		if (i >= facts->nr_dynamic || offset > TRACEPOINT_RAW_MAX - sizeof(location))
			return;
		barrier_var(offset);
		location = *(__u32 *)(s->bytes + TRACEPOINT_RAW_OFFSET + offset);
		end = facts->dynamic[i].base + (location & 0xffff) + (location >> 16);
		if (end > *(volatile __u32 *)&s->raw_end)
			*(volatile __u32 *)&s->raw_end = end;
	}
}

static __always_inline bool raw_read(struct slot *s, __u32 bytes, const void *context)
{
	if (!bpf_probe_read_kernel(s->bytes + TRACEPOINT_RAW_OFFSET, bytes, context))
		return true;
	klog_debug("tracepoint %u: %u bytes at %p cannot be read", s->event.number, bytes, context);
	s->event.truncated = ROW_BIT(TRACEPOINT_args);
	s->event.args.length = 0;
	return false;
}

/* Copies the raw record; returns its length in bytes, at most TRACEPOINT_RAW_MAX. */
static __always_inline __u32 raw_copy(struct slot *s, const struct tracepoint_facts *facts, const void *context)
{
	__u32 bytes = facts->fixed_bytes;

	if (bytes > TRACEPOINT_RAW_MAX)
		bytes = TRACEPOINT_RAW_MAX;
	barrier_var(bytes);
	if (bytes > TRACEPOINT_RAW_MAX || !raw_read(s, bytes, context))
		return 0;
	if (facts->nr_dynamic) {
		s->raw_end = bytes;
		raw_find_end(s, facts);
		bytes = *(volatile __u32 *)&s->raw_end;
		if (bytes > TRACEPOINT_RAW_MAX) {
			klog_debug("tracepoint %u: record of %u bytes, cut to %u", s->event.number, bytes,
				   TRACEPOINT_RAW_MAX);
			s->event.truncated = ROW_BIT(TRACEPOINT_args);
			bytes = TRACEPOINT_RAW_MAX;
		}
		barrier_var(bytes);
		/* From the start: an address that moves by a variable is none in the verifier's eyes. */
		if (bytes > TRACEPOINT_RAW_MAX || !raw_read(s, bytes, context))
			return 0;
	}
	s->event.args.length = bytes;
	return bytes;
}

#endif
