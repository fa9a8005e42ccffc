/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arguments and environment: mm->arg_start .. arg_end as execve laid them out, before the program's first instruction,
 * out of the reach of other threads. Long lists go in pieces straight into the ring (one copy), as far as there is
 * room.
 */
#ifndef PARTS_ARGV_BPF_H
#define PARTS_ARGV_BPF_H

/* A shorter rest is copied twice, into the slot and with it into the ring. */
#define STRINGS_TAIL_MAX INLINE_BYTES_MAX
/* 6 MiB, the most that the kernel takes (fs/exec.c, bprm_stack_limits). */
#define STRINGS_PIECES_MAX ((6 << 20) / PIECE_LARGE_BYTES)

/* The next `bytes` have been sent in a piece. */
static __always_inline void strings_pass(struct slot *s, __u32 bytes)
{
	struct strings *list = &s->strings;

	s->spilled |= ROW_BIT(list->row);
	list->next += bytes;
	list->left -= bytes;
	list->sent += bytes;
}

/*
 * Sends the next `bytes` of the list in a piece with room for `room` (a constant). Fixed reservations, because the
 * verifier of 5.10 knows no other; the piece says how many of its bytes count.
 */
static __always_inline bool strings_send_piece(struct slot *s, const __u32 room, __u32 bytes)
{
	struct strings *list = &s->strings;
	struct piece *p = bpf_ringbuf_reserve(&events, sizeof(*p) + room, 0);

	if (!p) {
		list->failed = STRINGS_NO_ROOM;
		return false;
	}
	if (bytes > room || bpf_probe_read_user(p->data, bytes, (const void *)list->next)) {
		bpf_ringbuf_discard(p, BPF_RB_NO_WAKEUP);
		list->failed = STRINGS_UNREADABLE;
		return false;
	}
	p->header = s->record;
	p->header.type = RECORD_PIECE;
	p->of = s->record.type;
	p->row = list->row;
	p->length = bytes;
	p->offset = list->sent;
	bpf_ringbuf_submit(p, BPF_RB_NO_WAKEUP);
	strings_pass(s, bytes);
	return true;
}

/* One large piece; true where the list goes on otherwise. */
static __always_inline bool strings_step(struct slot *s)
{
	return s->strings.left < PIECE_LARGE_BYTES || !strings_send_piece(s, PIECE_LARGE_BYTES, PIECE_LARGE_BYTES);
}

#ifndef VARIANT_COMPAT
static long strings_step_loop(__u64 turn, struct slot **s)
{
	return strings_step(*s);
}
#endif

/* Sends all but a short rest in pieces. */
static __always_inline void strings_send_pieces(struct slot *s)
{
	struct strings *list = &s->strings;
	__u64 room = ring_room_for_pieces(&s->record);

	/* Headers: sizeof(struct piece) and the ring's own eight bytes. */
	room -= room / (PIECE_SMALL_BYTES / 64);
	if (list->left > room + STRINGS_TAIL_MAX) {
		klog_debug("row %u: %llu bytes of strings, room for %llu", list->row, list->left, room);
		list->left = room + STRINGS_TAIL_MAX;
		s->truncated |= ROW_BIT(list->row);
	}
	REPEAT(STRINGS_PIECES_MAX, strings_step, s);
	for (int i = 0; i < PIECE_LARGE_BYTES / PIECE_SMALL_BYTES; i++) {
		__u64 left = *(volatile __u64 *)&list->left;

		if (list->failed || left <= STRINGS_TAIL_MAX)
			break;
		strings_send_piece(s, PIECE_SMALL_BYTES, left < PIECE_SMALL_BYTES ? left : PIECE_SMALL_BYTES);
	}
}

/* What could not be read is cut there; unreadable is a list of which nothing could. */
static __always_inline void strings_give_up(struct slot *s, __u32 row)
{
	klog_debug("row %u: the strings at %llx cannot be read, %u bytes sent, %llu left", row, s->strings.next,
		   s->strings.sent, s->strings.left);
	if (s->spilled & ROW_BIT(row))
		s->truncated |= ROW_BIT(row);
	else
		slot_mark_unreadable(s, row);
}

/* Begins a list of `bytes` bytes at `start` as the value of a row, cut to what the user wants of it. */
static __always_inline void strings_begin(struct slot *s, __u32 row, struct span *span, __u64 start, __u32 bytes)
{
	struct strings *list = &s->strings;
	__u32 max = row == EXEC_argv ? settings.max_argv_bytes : settings.max_env_bytes;

	list->next = start;
	list->left = bytes;
	list->row = row;
	list->sent = 0;
	list->failed = STRINGS_FINE;
	span->offset = *(volatile __u32 *)&s->fill; /* an empty list is not an absent one */
	if (bytes > max) {
		klog_debug("row %u: %u bytes of strings, %u asked for", row, bytes, max);
		list->left = max;
		s->truncated |= ROW_BIT(row);
	}
}

/* Bytes that go into the record itself, once the pieces are sent. */
static __always_inline __u64 strings_left(struct slot *s)
{
	__u64 left = *(volatile __u64 *)&s->strings.left;

	if (left <= STRINGS_TAIL_MAX)
		return left;
	/* No room for a piece: what fits the record is kept. */
	s->truncated |= ROW_BIT(s->strings.row);
	return STRINGS_TAIL_MAX;
}

/* Makes the bytes of [start, start + bytes) of user memory, at most `max`, the value of a row. */
static __noinline void strings_take(struct slot *s, __u32 row, struct span *span, __u64 start, __u32 bytes)
{
	struct strings *list = &s->strings;
	__u64 left;
	char *to;

	strings_begin(s, row, span, start, bytes);
	if (list->left > STRINGS_TAIL_MAX)
		strings_send_pieces(s);
	left = strings_left(s);
	to = slot_free(s);
	if (!to || list->failed == STRINGS_UNREADABLE ||
	    (left && bpf_probe_read_user(to, left, (const void *)list->next))) {
		strings_give_up(s, row);
		return;
	}
	slot_commit(s, row, span, left);
}

#endif
