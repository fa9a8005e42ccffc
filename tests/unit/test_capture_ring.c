/* SPDX-License-Identifier: GPL-2.0-only */
/* capture/ring.c on a file laid out as the kernel lays out a ring: consumer page, producer page, data. */
#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include "capture/ring.h"
#include "check.h"

#define RING_BYTES 65536

struct fake {
	struct ring ring;
	uint64_t *producer;
	char *data;
	int fd;
};

static void fake_open(struct fake *f)
{
	size_t page = sysconf(_SC_PAGESIZE);
	struct error err;
	char *memory;

	f->fd = memfd_create("ring", MFD_CLOEXEC);
	CHECK_EQ(ftruncate(f->fd, (off_t)(2 * page + RING_BYTES)), 0);
	memory = mmap(NULL, page + RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, f->fd, (off_t)page);
	CHECK(memory != MAP_FAILED);
	f->producer = (uint64_t *)memory;
	f->data = memory + page;
	CHECK_EQ(ring_open(&f->ring, f->fd, RING_BYTES, &err), 0);
}

static void fake_close(struct fake *f)
{
	ring_close(&f->ring);
	munmap(f->producer, sysconf(_SC_PAGESIZE) + RING_BYTES);
	close(f->fd);
}

/* A record of 8 bytes. */
static void produce(struct fake *f, uint64_t value)
{
	uint64_t at = *f->producer & (RING_BYTES - 1);

	*(uint32_t *)(f->data + at) = sizeof(value);
	*(uint64_t *)(f->data + at + BPF_RINGBUF_HDR_SZ) = value;
	*f->producer += BPF_RINGBUF_HDR_SZ + sizeof(value);
}

static uint64_t next_value(struct ring *r)
{
	size_t bytes = 0;
	const uint64_t *value = ring_peek(r, &bytes);

	CHECK_EQ(bytes, value ? sizeof(*value) : 0);
	return value ? *value : 0;
}

static void what_was_passed_is_given_back(void)
{
	struct fake f;

	fake_open(&f);
	produce(&f, 1);
	produce(&f, 2);
	CHECK_EQ(next_value(&f.ring), 1);
	ring_pass(&f.ring);
	ring_give_back(&f.ring);
	CHECK_EQ(*f.ring.consumer, *f.producer / 2);
	CHECK_EQ(next_value(&f.ring), 2);
	fake_close(&f);
}

/* What another reader took is room that the kernel may use: it is neither read nor asked back. */
static void what_another_took_stays_taken(void)
{
	struct fake f;

	fake_open(&f);
	produce(&f, 1);
	*f.ring.consumer = *f.producer;
	ring_give_back(&f.ring);
	CHECK_EQ(*f.ring.consumer, *f.producer);
	ring_catch_up(&f.ring);
	CHECK_EQ(next_value(&f.ring), 0);
	produce(&f, 2);
	CHECK_EQ(next_value(&f.ring), 2);
	fake_close(&f);
}

int main(void)
{
	RUN(what_was_passed_is_given_back);
	RUN(what_another_took_stays_taken);
	return test_main();
}
