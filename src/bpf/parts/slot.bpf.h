/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where an event is put together: a slot of `data_heap`. The fixed part, then the bytes of its spans one behind the
 * other.
 *
 * Why not in place in the ring: a reservation has a constant size, so each event would take the largest (losing more
 * under load) or one of a few classes; heap and exact output cost the same at the usual 450 bytes. Only what is long
 * goes to the ring by itself, as pieces.
 */
#ifndef PARTS_SLOT_BPF_H
#define PARTS_SLOT_BPF_H

/* A value that is longer goes as a piece ahead of its record, so that all rows fit a slot. */
#define INLINE_BYTES_MAX 1024
/* Where a value may begin, at most: nine spans of INLINE_BYTES_MAX behind the fixed part. */
#define FILL_MAX RECORD_BYTES_MOST
/* Room for the longest walk from FILL_MAX on, and for the copy of a name that is written in whole words. */
#define SLOT_DATA_BYTES (FILL_MAX + WALK_BYTES_MAX + 512)

/* Running state of a walk over dentries and mounts, or over kernfs nodes. Addresses are plain numbers, typed again at
 * each step. */
struct walk {
	__u64 dentry;
	__u64 mount;
	__u64 mount_root;
	__u64 top_dentry; /* the observer's root: the walk ends there */
	__u64 top_mount;
	__u32 limit; /* the walk may not write beyond, from the start of the event */
	__u32 end;   /* enum path_end */
	__u32 steps;
	__u32 longest; /* bytes of the longest component, of cgroups */
};

/* Running state of a list of strings that is sent in pieces. */
struct strings {
	__u64 next; /* user address */
	__u64 left; /* bytes */
	__u32 row;
	__u32 sent;   /* bytes in pieces */
	__u32 failed; /* enum strings_failure */
};

enum strings_failure {
	STRINGS_FINE,
	STRINGS_UNREADABLE, /* the process's memory is not there */
	STRINGS_NO_ROOM,    /* a piece found none in the ring */
};

struct slot {
	struct heap_head head;
	__u32 fill;	  /* bytes in use, from the start of `bytes` */
	__u32 filter_end; /* where what a filter may look at ends */
	__u64 truncated;  /* rows of the event (bits), copied into it at the end */
	__u64 unreadable;
	__u64 spilled;
	struct walk walk;
	struct strings strings;
	__u64 auxv[64];
	union {
		struct record record;
		struct exec_event event;
		struct exec_fail_event failed;
#ifdef WITH_LIVES
		struct exit_event exit;
		struct fork_event fork;
#endif
		char bytes[SLOT_DATA_BYTES];
	};
};
_Static_assert(sizeof(struct slot) <= 32768, "a per-CPU value holds at most 32 KiB (PCPU_MIN_UNIT_SIZE)");
_Static_assert(sizeof(struct exec_event) + 9 * INLINE_BYTES_MAX <= FILL_MAX, "all spans must fit");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, HEAP_SLOTS);
	__type(key, __u32);
	__type(value, struct slot);
} data_heap SEC(".maps");

/* Claims a slot. Where none is free the loss is counted, and NULL returned; else the caller gives the slot to
 * heap_release. */
static __always_inline struct slot *slot_claim(struct counter *c, enum record_type type)
{
	struct slot *s = heap_claim(&data_heap);

	if (!s) {
		klog_error("event type %u: every slot of data_heap is in use", type);
		ring_lose(c, type, LOSS_heap_busy);
	}
	return s;
}

/* Makes room for an event of `bytes` fixed bytes; all of them are cleared. */
static __always_inline void slot_clear(struct slot *s, __u32 bytes)
{
	s->fill = bytes;
	s->truncated = s->unreadable = s->spilled = 0;
	__builtin_memset(s->bytes, 0, bytes);
}

/* Claims a slot and begins an event there. */
static __always_inline struct slot *slot_begin(struct counter *c, enum record_type type, __u32 bytes)
{
	struct slot *s = slot_claim(c, type);

	if (!s)
		return NULL;
	slot_clear(s, bytes);
	if (ring_begin(&s->record, c, type))
		return s;
	heap_release(s);
	return NULL;
}

/* Address of the free part of the slot, or NULL (never, but the verifier wants to see the bound). */
static __always_inline char *slot_free(struct slot *s)
{
	__u32 fill = *(volatile __u32 *)&s->fill;

	if (fill > FILL_MAX)
		return NULL;
	/* The address is made after the check, or the verifier sees an unbounded one. */
	barrier_var(fill);
	return s->bytes + fill;
}

/* Bytes of the event that a piece's header covers for a moment. */
struct covered {
	__u64 words[sizeof(struct piece) / 8];
};
_Static_assert(sizeof(struct piece) % 8 == 0, "copied by words");

/*
 * Sends `length` bytes of the slot (from `start`) as a piece of `row`, where they begin at `offset`; false where there
 * is no room. The header must lie just before them, where the end of the previous value is: that is put aside and back
 * again.
 */
static __noinline bool slot_spill_part(struct slot *s, __u32 row, __u32 start, __u32 length, __u32 offset)
{
	__u32 type = s->record.type;
	struct covered covered;
	struct piece *p;
	long refused;

	if (start < sizeof(*p))
		return false;
	/* Two tests of one value become a test of its difference, which the verifier does not see through. */
	barrier_var(start);
	if (start > FILL_MAX || length > WALK_BYTES_MAX || length + 64 > ring_room_for_pieces(&s->record))
		return false;
	p = (struct piece *)(s->bytes + start - sizeof(*p));
	__builtin_memcpy(&covered, p, sizeof(covered));
	__builtin_memcpy(&p->header, &s->record, sizeof(p->header));
	p->header.type = RECORD_PIECE;
	p->of = type;
	p->row = row;
	p->length = length;
	p->offset = offset;
	refused = ring_output(&s->record, p, sizeof(*p) + length);
	__builtin_memcpy(p, &covered, sizeof(covered));
	return !refused;
}

/*
 * Makes the `length` bytes written at the end of the slot the value of a row: in place, or as a piece where they are
 * many. Where a piece finds no room the value is cut.
 */
static __always_inline void slot_commit(struct slot *s, __u32 row, struct span *span, __u32 length)
{
	__u32 fill = s->fill;

	span->offset = fill;
	if (length > INLINE_BYTES_MAX) {
		if (slot_spill_part(s, row, fill, length, 0)) {
			s->spilled |= ROW_BIT(row);
			span->length = 0;
			return;
		}
		klog_debug("row %u: no room for a piece of %u bytes, cut to %u", row, length, INLINE_BYTES_MAX);
		s->truncated |= ROW_BIT(row);
		length = INLINE_BYTES_MAX;
	}
	span->length = length;
	s->fill = fill + length;
}

/* The same for a path, whose first byte says how it ended: cut short it loses its front. */
static __always_inline void slot_commit_path(struct slot *s, __u32 row, struct span *span, __u32 length)
{
	__u32 start = s->fill;

	slot_commit(s, row, span, length);
	if (start <= FILL_MAX && (s->truncated & ROW_BIT(row)) && !(s->spilled & ROW_BIT(row)))
		s->bytes[start] = PATH_CUT;
}

static __always_inline void slot_mark_unreadable(struct slot *s, __u32 row)
{
	s->unreadable |= ROW_BIT(row);
}

/*
 * Reads a NUL-terminated kernel string of at most NAME_BYTES_MAX behind the slot's end, which stays where it was.
 * Returns its bytes with the NUL, or 0 where it cannot be read.
 */
static __always_inline long slot_read_name(struct slot *s, __u32 row, const void *name)
{
	char *to = slot_free(s);
	long length;

	if (!to)
		return 0;
	length = bpf_probe_read_kernel_str(to, NAME_BYTES_MAX, name);
	if (length <= 0) {
		klog_debug("row %u: the name at %p cannot be read: error %ld", row, name, length);
		slot_mark_unreadable(s, row);
		return 0;
	}
	if (length == NAME_BYTES_MAX) {
		klog_debug("row %u: the name at %p is cut after %ld bytes", row, name, length);
		s->truncated |= ROW_BIT(row);
	}
	return length;
}

/* Appends such a string as the value of a row, without its NUL. */
static __always_inline void slot_take_name(struct slot *s, __u32 row, struct span *span, const void *name)
{
	long length = slot_read_name(s, row, name);

	if (length > 0)
		slot_commit(s, row, span, length - 1);
}

#endif
