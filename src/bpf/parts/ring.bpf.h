/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The maps that user space and the kernel side share, and the way of an event into the ring: numbering, sending,
 * counting of losses (the only place) and waking the reader.
 */
#ifndef PARTS_RING_BPF_H
#define PARTS_RING_BPF_H

/* Sizes of maps marked "set at load" are chosen by user space. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 << 20); /* set at load (--ring) */
} events SEC(".maps");

/* Wakes the reader; nothing else travels in it. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096); /* set at load: a page */
} bell SEC(".maps");

#ifdef WITH_LIVES
/* A ring of their own for failed execs: a flood of them must not push out the others. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096); /* set at load */
} failed_events SEC(".maps");
#endif

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

/*
 * False where no event of the type is asked for. Its program is not attached then, and behind this question the
 * verifier finds nothing to look at: that is most of what a load costs.
 */
static __always_inline bool ring_asked_for(enum record_type type)
{
	return settings.events & (1U << (type & 31));
}

/* The counter of an event type on this CPU; NULL never, but the verifier wants to see the test. */
static __always_inline struct counter *ring_counter(enum record_type type)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct counters *c = bpf_map_lookup_elem(&counters, &cpu);

	return c ? &c->of[type] : NULL;
}

/* True where events of the type may be dropped by a filter: they take their number only when they have passed. */
static __always_inline bool ring_filters(enum record_type type)
{
	return settings.filters & (1U << (type & 31));
}

static __always_inline void ring_count_loss(struct counter *c, enum loss_cause cause)
{
	__sync_fetch_and_add(&c->lost[cause], 1);
}

/*
 * The next number of `count`; false where there is none, and the event is lost. Without fetching atomics (compat) one
 * run at a time takes numbers: another begins meanwhile only where programs are preempted, and then goes without.
 */
static __always_inline bool ring_take_number(struct counter *c, __u64 *count, __u64 *ret_number)
{
#ifdef VARIANT_COMPAT
	bool alone;

	__sync_fetch_and_add(&c->numbering, 1);
	alone = *(volatile __u64 *)&c->numbering == 1;
	__sync_fetch_and_add(count, 1);
	if (alone)
		*ret_number = *(volatile __u64 *)count - 1;
	__sync_fetch_and_add(&c->numbering, -1);
	return alone;
#else
	*ret_number = __sync_fetch_and_add(count, 1);
	return true;
#endif
}

/* Numbers the event, and tells the reader what this CPU lost of its type before it. False where it is lost itself. */
static __always_inline bool ring_number(struct record *header, struct counter *c, __u64 *count)
{
	if (!ring_take_number(c, count, &header->seq)) {
		ring_count_loss(c, LOSS_heap_busy);
		return false;
	}
	for (int i = 0; i < LOSS_KERNEL_MAX; i++)
		header->lost[i] = *(volatile __u64 *)&c->lost[i];
	return true;
}

static __always_inline void ring_stamp(struct record *header, enum record_type type)
{
	header->boot_ns = bpf_ktime_get_boot_ns();
	header->cpu = bpf_get_smp_processor_id();
	header->type = type;
}

/* Stamps the event and counts it; where no filter may drop it, numbers it, too: false where it is lost by that. */
static __always_inline bool ring_begin(struct record *header, struct counter *c, enum record_type type)
{
	ring_stamp(header, type);
	if (!ring_filters(type))
		return ring_number(header, c, &c->seen);
	__sync_fetch_and_add(&c->seen, 1);
	return true;
}

/*
 * Wakes the reader if it sleeps. A wakeup costs the exec'ing task 20-35 us, more than all the rest, so only who finds
 * the flag set pays it. The flag is looked at after the record's commit (a full barrier), and the reader looks at the
 * ring once more after setting it: one of the two always sees the other. bpf_ringbuf_output's own flags are decided
 * before the commit and lose wakeups. The bell is a ring of its own, for `events` may be full just then.
 */
static __always_inline void ring_wake_reader(void)
{
	struct reader_state *state;
	__u32 zero = 0;
	void *ring;

	state = bpf_map_lookup_elem(&reader, &zero);
	if (!state || !*(volatile __u32 *)&state->asleep)
		return;
	ring = bpf_ringbuf_reserve(&bell, 8, 0);
	if (!ring)
		return; /* full of rings that the reader has not answered: it is awake, or about to be */
	*(volatile __u32 *)&state->asleep = 0;
	bpf_ringbuf_discard(ring, BPF_RB_FORCE_WAKEUP);
}

/* Copies `bytes` at `from` into the ring that the event `header` belongs to. Returns 0, or -errno where there is no
 * room. */
static __always_inline long ring_output(const struct record *header, void *from, __u32 bytes)
{
#ifdef WITH_LIVES
	if (header->type == RECORD_exec_fail)
		return bpf_ringbuf_output(&failed_events, from, bytes, BPF_RB_NO_WAKEUP);
#endif
	return bpf_ringbuf_output(&events, from, bytes, BPF_RB_NO_WAKEUP);
}

/* Sends the record of `bytes` bytes; counts the loss where there is no room. */
static __always_inline void ring_send(struct record *record, __u32 bytes, struct counter *c)
{
	if (ring_output(record, record, bytes))
		ring_count_loss(c, LOSS_ring_full);
	/* Also after a loss: others may have filled the ring with what rings no bell. */
	ring_wake_reader();
}

/* Commits a record that was reserved in the ring. */
static __always_inline void ring_submit(void *record)
{
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	ring_wake_reader();
}

/* Counts an event for which there was no memory to begin with: whether it would have passed a filter nobody knows. */
static __always_inline void ring_lose(struct counter *c, enum record_type type, enum loss_cause cause)
{
	__sync_fetch_and_add(&c->seen, 1);
	if (ring_filters(type))
		__sync_fetch_and_add(&c->passed, 1);
	ring_count_loss(c, cause);
	ring_wake_reader();
}

/* Bytes of pieces that may be sent now: an eighth of the ring, and room for a record, stay free for the short events
 * after a long one. */
static __always_inline __u64 ring_room_for_pieces(const struct record *header)
{
	__u64 bytes = settings.ring_bytes, used, keep;

#ifdef WITH_LIVES
	if (header->type == RECORD_exec_fail) {
		bytes = settings.failed_ring_bytes;
		used = bpf_ringbuf_query(&failed_events, BPF_RB_AVAIL_DATA);
	} else
#endif
		used = bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA);
	keep = bytes / 8 + RECORD_BYTES_MOST;
	/* Less than a small piece is no room. */
	return used + keep + 2 * PIECE_SMALL_BYTES < bytes ? bytes - used - keep : 0;
}

#endif
