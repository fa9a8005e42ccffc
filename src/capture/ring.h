/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads a BPF ring buffer in place (kernel/bpf/ringbuf.c). Not by libbpf's ring_buffer: it reads on until the ring is
 * empty whatever the callback says, gives room back after each record (a contended cache line), and maps the data
 * twice, which counts twice in the resident set.
 */
#ifndef CAPTURE_RING_H
#define CAPTURE_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

struct ring {
	int fd; /* of the map; not owned */
	uint64_t bytes;
	uint64_t *consumer;		   /* shared with the kernel: how far we have read */
	const volatile uint64_t *producer; /* how far it has reserved */
	const char *data;
	bool held;	       /* room is given back by ring_give_back only */
	uint64_t position;     /* how far we have read; `consumer` follows in steps */
	struct buffer wrapped; /* a record that runs over the end of the ring, put together */
};

/* Maps the ring of `bytes` bytes. Returns 0 or -errno. */
int ring_open(struct ring *r, int fd, uint64_t bytes, struct error *err);
void ring_close(struct ring *r);

/*
 * The next record that is complete; NULL where there is none. Valid until ring_pass, which gives its room back sooner
 * or later; ring_give_back does at once for all that was passed.
 */
const void *ring_peek(struct ring *r, size_t *ret_bytes);
void ring_pass(struct ring *r);
void ring_give_back(struct ring *r);

/* Goes on reading at `position`, where another reader stopped; one that cannot be is not taken: false. */
bool ring_go_to(struct ring *r, uint64_t position);

/* Passes what something else has given back to the kernel meanwhile. */
void ring_catch_up(struct ring *r);

/* True where not even a reservation lies behind what was read. */
bool ring_is_empty(const struct ring *r);

#endif
