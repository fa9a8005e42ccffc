/* SPDX-License-Identifier: GPL-2.0-only */
/* The map in which a reader leaves where it stopped. Must not look at the ring. */
#include "capture/resume.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "events/events.h"

struct resume {
	struct resume_key key;
	uint64_t replaced[CAPTURE_SERIES_MAX];
	uint64_t generation; /* slots published; the last is number generation % 2 */
	char slots[];
};

static size_t slot_bytes(uint32_t nr_cpus)
{
	return sizeof(struct resume_slot) + nr_cpus * CAPTURE_SERIES_MAX * sizeof(struct account_line);
}

uint32_t resume_bytes(uint32_t nr_cpus)
{
	return sizeof(struct resume) + 2 * slot_bytes(nr_cpus);
}

int resume_make(uint32_t nr_cpus, struct error *err)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_MMAPABLE);
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "resume", sizeof(uint32_t), resume_bytes(nr_cpus), 1, &options);

	return fd < 0 ? fail(err, fd, "cannot make the map resume: %s", strerror(-fd)) : fd;
}

struct resume *resume_open(int fd, uint32_t nr_cpus, struct error *err)
{
	struct resume *r = mmap(NULL, resume_bytes(nr_cpus), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (r != MAP_FAILED)
		return r;
	fail(err, -errno, "cannot map the map resume: %m");
	return NULL;
}

void resume_close(struct resume *r, uint32_t nr_cpus)
{
	if (r)
		munmap(r, resume_bytes(nr_cpus));
}

struct resume_key *resume_key(struct resume *r)
{
	return &r->key;
}

int resume_read_key(int fd, struct resume_key *ret)
{
	/* The value may be of any size: only a page of it is looked at. */
	void *page = mmap(NULL, sizeof(*ret), PROT_READ, MAP_SHARED, fd, 0);

	if (page == MAP_FAILED)
		return -EINVAL;
	memcpy(ret, page, sizeof(*ret));
	munmap(page, sizeof(*ret));
	return ret->magic == RESUME_MAGIC ? 0 : -EINVAL;
}

uint64_t *resume_replaced(struct resume *r)
{
	return r->replaced;
}

const struct resume_slot *resume_last(const struct resume *r, uint32_t nr_cpus)
{
	uint64_t generation = __atomic_load_n(&r->generation, __ATOMIC_ACQUIRE);

	return (const void *)(r->slots + generation % 2 * slot_bytes(nr_cpus));
}

struct resume_slot *resume_next(struct resume *r, uint32_t nr_cpus)
{
	return (void *)(r->slots + (r->generation + 1) % 2 * slot_bytes(nr_cpus));
}

void resume_publish(struct resume *r)
{
	__atomic_store_n(&r->generation, r->generation + 1, __ATOMIC_RELEASE);
}

uint64_t resume_hash(uint64_t hash, const void *bytes, size_t length)
{
	const unsigned char *at = bytes;

	if (!hash)
		hash = 0xcbf29ce484222325ULL;
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ at[i]) * 0x100000001b3ULL;
	return hash;
}

uint64_t resume_frame(uint32_t nr_cpus)
{
	static const char rows[] =
#define FIELD(kind, name, title, doc) #kind " " #name ";"
#define INTERNAL(kind, name)	      #kind " " #name ";"
#include "events/frame.fields.h"
#undef INTERNAL
#undef FIELD
#define EVENT(name, doc) #name ";"
#include "events/types.h"
#undef EVENT
		;
	const uint32_t sizes[] = {
		1, /* raised where counting changes without these */
		nr_cpus,
		LOSS_KERNEL_MAX,
		LOG_LEVEL_MAX,
		sizeof(struct record),
		sizeof(struct counters),
		sizeof(struct resume),
		sizeof(struct resume_slot),
		sizeof(struct account_line),
	};

	return resume_hash(resume_hash(0, rows, sizeof(rows)), sizes, sizeof(sizes));
}

uint64_t resume_layout(void)
{
	/* Text as the rows are written: an inserted, renamed or retyped one makes another. */
	static const char rows[] =
#define FIELD(kind, name, title, doc) #kind " " #name ";"
#define INTERNAL(kind, name)	      #kind " " #name ";"
#include "events/frame.fields.h"
#include "events/exec.fields.h"
#include "events/exec_fail.fields.h"
#include "events/exit.fields.h"
#include "events/fork.fields.h"
#undef INTERNAL
#undef FIELD
#define EVENT(name, doc) #name ";"
#include "events/types.h"
#undef EVENT
#define LOSS(name, doc) #name ";"
#define LOSS_KERNEL_END "|"
#include "events/losses.h"
#undef LOSS_KERNEL_END
#undef LOSS
		;
	static const uint32_t sizes[] = {
		1, /* raised where what the kernel side does changes without its rows */
		sizeof(struct record),
		sizeof(struct piece),
		sizeof(struct exec_event),
		sizeof(struct counters),
		sizeof(struct settings),
		sizeof(struct reader_state),
		sizeof(struct resume_slot),
	};

	return resume_hash(resume_hash(0, rows, sizeof(rows)), sizes, sizeof(sizes));
}
