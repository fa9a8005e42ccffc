/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads a BPF ring buffer in place. Must not look at what the records mean. */
#include "capture/ring.h"

#include <errno.h>
#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

/* Room is given back to the kernel in steps: each step costs both sides a cache line that moves between processors. */
#define GIVE_BACK_BYTES (16ULL << 10)

static inline uint64_t record_span(uint32_t length)
{
	return ((uint64_t)length + BPF_RINGBUF_HDR_SZ + 7) & ~7ULL;
}

int ring_open(struct ring *r, int fd, uint64_t bytes, struct error *err)
{
	size_t page = sysconf(_SC_PAGESIZE);
	void *consumer, *producer;

	consumer = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (consumer == MAP_FAILED)
		return fail(err, -errno, "cannot map the ring buffer's consumer page: %m");
	/* The kernel offers the data twice in a row; once is enough with `wrapped`. */
	producer = mmap(NULL, page + bytes, PROT_READ, MAP_SHARED, fd, page);
	if (producer == MAP_FAILED) {
		int code = -errno;

		munmap(consumer, page);
		return fail(err, code, "cannot map %llu bytes of the ring buffer: %m", (unsigned long long)bytes);
	}
	*r = (struct ring){
		.fd = fd,
		.bytes = bytes,
		.consumer = consumer,
		.producer = producer,
		.data = (const char *)producer + page,
		.position = *(uint64_t *)consumer,
	};
	return 0;
}

void ring_close(struct ring *r)
{
	size_t page = sysconf(_SC_PAGESIZE);

	if (!r->consumer)
		return;
	munmap(r->consumer, page);
	munmap((void *)(r->data - page), page + r->bytes);
	buffer_done(&r->wrapped);
	r->consumer = NULL;
}

static const void *ring_unwrap(struct ring *r, uint64_t offset, uint32_t length)
{
	uint64_t first = r->bytes - offset;

	if (offset + length <= r->bytes)
		return r->data + offset;
	r->wrapped.length = 0;
	buffer_append(&r->wrapped, r->data + offset, first);
	buffer_append(&r->wrapped, r->data, length - first);
	return r->wrapped.length == length ? r->wrapped.data : NULL;
}

/* Passes what was discarded; returns the header of the next record to be read, 0 where there is none. */
static uint32_t ring_next_header(struct ring *r)
{
	for (;;) {
		const uint32_t *header = (const void *)(r->data + (r->position & (r->bytes - 1)));
		uint32_t word;

		if (r->position >= __atomic_load_n(r->producer, __ATOMIC_ACQUIRE))
			return 0;
		word = __atomic_load_n(header, __ATOMIC_ACQUIRE);
		if (word & BPF_RINGBUF_BUSY_BIT)
			return 0;
		if (!(word & BPF_RINGBUF_DISCARD_BIT))
			return word;
		r->position += record_span(word & ~BPF_RINGBUF_DISCARD_BIT);
	}
}

const void *ring_peek(struct ring *r, size_t *ret_bytes)
{
	uint32_t length = ring_next_header(r);
	uint64_t offset = (r->position + BPF_RINGBUF_HDR_SZ) & (r->bytes - 1);
	const void *record;

	if (!length)
		return NULL;
	record = ring_unwrap(r, offset, length);
	if (record)
		*ret_bytes = length;
	return record;
}

void ring_pass(struct ring *r)
{
	const uint32_t *header = (const void *)(r->data + (r->position & (r->bytes - 1)));

	r->position += record_span(*header);
	if (!r->held && r->position - *r->consumer >= (r->bytes / 4 < GIVE_BACK_BYTES ? r->bytes / 4 : GIVE_BACK_BYTES))
		ring_give_back(r);
}

void ring_give_back(struct ring *r)
{
	/* Never back behind what another reader took: the kernel may have written there again. */
	if (*r->consumer < r->position)
		__atomic_store_n(r->consumer, r->position, __ATOMIC_RELEASE);
}

bool ring_go_to(struct ring *r, uint64_t position)
{
	if (position < *r->consumer || position > __atomic_load_n(r->producer, __ATOMIC_ACQUIRE))
		return false;
	r->position = position;
	return true;
}

void ring_catch_up(struct ring *r)
{
	uint64_t consumed = __atomic_load_n(r->consumer, __ATOMIC_RELAXED);

	if (consumed > r->position)
		r->position = consumed;
}

bool ring_is_empty(const struct ring *r)
{
	return r->position >= __atomic_load_n(r->producer, __ATOMIC_ACQUIRE);
}
