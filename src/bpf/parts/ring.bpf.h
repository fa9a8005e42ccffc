/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The maps that user space and the kernel side share, and the way of an event into the ring: numbering, sending, counting of
 * losses (the only place) and waking the reader.
 */
#ifndef PARTS_RING_BPF_H
#define PARTS_RING_BPF_H

/* Sizes of maps marked "set at load" are chosen by user space. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 << 20); /* set at load (--ring) */
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* set at load: one per possible CPU */
	__type(key, __u32);
	__type(value, struct counters);
} counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct reader_state);
} reader SEC(".maps");

const volatile struct settings settings;

static __always_inline bool wanted(enum exec_row row)
{
	return settings.wanted & ROW_BIT(row);
}

/* Numbers the event, stamps it, and tells the reader what this CPU lost before it. */
static __always_inline void ring_begin(struct record *header, struct counters *c, __u32 cpu, __u32 type)
{
	header->boot_ns = bpf_ktime_get_boot_ns();
	header->cpu = cpu;
	header->type = type;
	header->seq = FETCH_ADD(&c->seen, 1);
	for (int i = 0; i < LOSS_KERNEL_MAX; i++)
		header->lost[i] = *(volatile __u64 *)&c->lost[i];
}

static __always_inline void ring_count_loss(struct counters *c, enum loss_cause cause)
{
	__sync_fetch_and_add(&c->lost[cause], 1);
}

/*
 * Wakes the reader if it sleeps. A wakeup costs the exec'ing task 20-35 us, more than all the rest, so only who finds the flag
 * set pays it. The flag is looked at after the record's commit (a full barrier), and the reader looks at the ring once more
 * after setting it: one of the two always sees the other. bpf_ringbuf_output's own flags are decided before the commit and lose wakeups.
 */
static __always_inline void ring_wake_reader(void)
{
	struct reader_state *state;
	__u32 zero = 0;
	void *bell;

	state = bpf_map_lookup_elem(&reader, &zero);
	if (!state || !*(volatile __u32 *)&state->asleep)
		return;
	bell = bpf_ringbuf_reserve(&events, 8, 0);
	if (!bell)
		return;
	*(volatile __u32 *)&state->asleep = 0;
	bpf_ringbuf_discard(bell, BPF_RB_FORCE_WAKEUP);
}

/* Room that must stay behind a record for the bell. */
#define RING_BELL_BYTES 32

/* Sends `bytes` at `record`; counts the loss where there is no room. */
static __always_inline void ring_send(void *record, __u32 bytes, struct counters *c)
{
	if (bytes + RING_BELL_BYTES > settings.ring_bytes ||
	    bpf_ringbuf_output(&events, record, bytes, BPF_RB_NO_WAKEUP)) {
		ring_count_loss(c, LOSS_ring_full);
		return;
	}
	ring_wake_reader();
}

/* Bytes of pieces that may be sent now: an eighth of the ring stays free for the short events after a long one. */
static __always_inline __u64 ring_room_for_pieces(void)
{
	__u64 used = bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA);
	__u64 keep = settings.ring_bytes / 8 + PIECE_SMALL_BYTES;

	return used + keep < settings.ring_bytes ? settings.ring_bytes - used - keep : 0;
}

#endif
