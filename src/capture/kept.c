/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a pinned capture is handed on. What a reader took out of the ring is given back, and its account written, only
 * when it was written out: who is killed before leaves it to the successor, which then prints some events again and
 * loses none.
 */
#include "capture/kept.h"

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "capture/pin.h"
#include "capture/state.h"
#include "events/filter.h"

#define ITEMS_MOST (5 + 2 * RECORD_EVENT_MAX)

static struct pin_item ring_item(const char *name, int *fd, uint32_t bytes)
{
	return (struct pin_item){.name = name, .fd = fd, .type = BPF_MAP_TYPE_RINGBUF, .max_entries = bytes};
}

static struct pin_item array_item(const char *name, int *fd, uint32_t value_bytes, uint32_t nr_values)
{
	return (struct pin_item){
		.name = name,
		.fd = fd,
		.type = BPF_MAP_TYPE_ARRAY,
		.key_bytes = sizeof(uint32_t),
		.value_bytes = value_bytes,
		.max_entries = nr_values,
	};
}

static struct pin_item resume_item(struct capture *c)
{
	return array_item("resume", &c->resume_fd, resume_bytes(c->nr_cpus), 1);
}

/* All that must outlive the process but the map resume, which comes last and makes the set complete. */
static size_t list_items(struct capture *c, struct pin_item items[static ITEMS_MOST])
{
	static const char *const names[RECORD_EVENT_MAX][2] = {
#define EVENT(name, doc) [RECORD_##name] = {"program_" #name, "link_" #name},
#include "events/types.h"
#undef EVENT
	};
	const struct settings *s = &c->settings.settings;
	int *fds = c->program.fds;
	size_t n = 0;

	items[n++] = ring_item("events", &fds[PROGRAM_EVENTS], s->ring_bytes);
	items[n++] = ring_item("bell", &fds[PROGRAM_BELL], s->page_bytes);
	items[n++] = array_item("counters", &fds[PROGRAM_COUNTERS], sizeof(struct counters), c->nr_cpus);
	items[n++] = array_item("reader", &fds[PROGRAM_READER], sizeof(struct reader_state), 1);
	for (int type = 0; type < RECORD_EVENT_MAX; type++) {
		if (!(c->events & (1U << type)))
			continue;
		items[n++] = (struct pin_item){
			.name = names[type][0], .fd = &fds[type], .kind = PIN_PROGRAM, .type = BPF_PROG_TYPE_TRACING};
		items[n++] = (struct pin_item){.name = names[type][1], .fd = &c->links[type], .kind = PIN_LINK};
	}
	return n;
}

static struct resume_key make_key(const struct capture *c, const struct capture_settings *settings)
{
	struct resume_key key = {.layout = resume_layout(), .nr_cpus = c->nr_cpus};

	key.settings = resume_hash(0, &c->events, sizeof(c->events));
	key.settings = resume_hash(key.settings, &c->settings.settings, sizeof(c->settings.settings));
	for (int type = 0; type < RECORD_EVENT_MAX; type++)
		if (settings->filters[type])
			key.settings =
				resume_hash(key.settings, settings->filters[type], sizeof(*settings->filters[type]));
	if (c->variant)
		key.variant = c->variant - variants;
	return key;
}

/* 0: none of ours; 1: ours, with this key; -errno. The map resume is then open and mapped. */
static int find_resume(struct capture *c, const struct resume_key *wanted, struct error *err)
{
	const struct pin_item item = resume_item(c);
	const struct resume_key *found;
	int code = pin_take(c->pin_folder, c->pin_path, &item, 1, err);

	if (code)
		return code == -ENOENT ? 0 : code;
	c->resume = resume_open(c->resume_fd, c->nr_cpus, err);
	if (!c->resume)
		return err->code;
	found = resume_key(c->resume);
	if (found->layout != wanted->layout || found->settings != wanted->settings ||
	    found->nr_cpus != wanted->nr_cpus || found->variant >= nr_variants)
		return 0;
	c->variant = &variants[found->variant];
	return 1;
}

static void forget_resume(struct capture *c)
{
	resume_close(c->resume, c->nr_cpus);
	c->resume = NULL;
	cleanup_close(&c->resume_fd);
	c->resume_fd = -1;
	c->variant = NULL;
}

int kept_open(struct capture *c, const struct capture_settings *settings, struct error *err)
{
	const struct resume_key wanted = make_key(c, settings);
	struct pin_item items[ITEMS_MOST];
	int code;

	c->pin_path = settings->pin;
	c->pin_folder = pin_open(c->pin_path, true, err);
	if (c->pin_folder < 0)
		return c->pin_folder;
	code = find_resume(c, &wanted, err);
	if (code > 0) {
		code = pin_take(c->pin_folder, c->pin_path, items, list_items(c, items), err);
		c->taken_over = code == 0;
	}
	if (c->taken_over)
		return 0;
	forget_resume(c);
	if (code < 0 && code != -ENOENT)
		return code;
	code = pin_remove(c->pin_folder, c->pin_path, err);
	c->replaced = code > 0;
	return code < 0 ? code : 0;
}

static void restore(struct capture *c)
{
	const struct resume_slot *last = resume_last(c->resume, c->nr_cpus);

	ring_go_to(&c->rings[MAIN_RING], last->position);
	memcpy(c->missed, last->missed, sizeof(c->missed));
	memcpy(c->base, last->series, sizeof(c->base));
	memcpy(c->account.cpus, last->lines, c->nr_cpus * sizeof(*c->account.cpus));
}

int kept_begin(struct capture *c, const struct capture_settings *settings, struct error *err)
{
	c->rings[MAIN_RING].held = true;
	if (c->taken_over) {
		restore(c);
		return 0;
	}
	c->resume_fd = resume_make(c->nr_cpus, err);
	if (c->resume_fd < 0)
		return c->resume_fd;
	c->resume = resume_open(c->resume_fd, c->nr_cpus, err);
	if (!c->resume)
		return err->code;
	*resume_key(c->resume) = make_key(c, settings);
	return 0;
}

int kept_pin(struct capture *c, struct error *err)
{
	const struct pin_item last = resume_item(c);
	struct pin_item items[ITEMS_MOST];
	int code = pin_keep(c->pin_path, items, list_items(c, items), err);

	if (!code)
		code = pin_keep(c->pin_path, &last, 1, err);
	if (code)
		pin_remove(c->pin_folder, c->pin_path, NULL);
	return code;
}

/* Records whose pieces were read and which are not there yet: the pieces must come once more for a successor. */
static bool is_between_pieces(const struct capture *c)
{
	const struct ring *ring = &c->rings[MAIN_RING];

	return c->assemble.waiting && ring->position - *ring->consumer < ring->bytes / 2;
}

void capture_commit(struct capture *c)
{
	struct resume_slot *slot;

	if (!c->resume || is_between_pieces(c))
		return;
	slot = resume_next(c->resume, c->nr_cpus);
	slot->position = c->rings[MAIN_RING].position;
	memcpy(slot->missed, c->missed, sizeof(slot->missed));
	for (unsigned int series = 0; series < CAPTURE_SERIES_MAX; series++) {
		struct counter counted;

		capture_count_kernel(c, series, &counted);
		slot->series[series] =
			(struct resume_series){c->base[series].told + capture_count_told(c, series), counted.filtered};
	}
	memcpy(slot->lines, c->account.cpus, c->nr_cpus * sizeof(*c->account.cpus));
	resume_publish(c->resume);
	/* Only now: whoever is killed in between leaves a ring that is fuller than need be. */
	ring_give_back(&c->rings[MAIN_RING]);
}

int capture_unpin(const char *folder, struct error *err)
{
	_cleanup_close_ int fd = pin_open(folder, false, err);
	int nr_removed;

	if (fd < 0)
		return fd;
	nr_removed = pin_remove(fd, folder, err);
	if (nr_removed >= 0 && rmdir(folder))
		return fail(err, -errno, "cannot remove the folder '%s': %m", folder);
	return nr_removed;
}

const char *capture_describe_pin(const struct capture *c)
{
	if (c->taken_over)
		return "goes on where another stopped";
	return c->replaced ? "replaced what another version or other options left pinned" : "";
}

void kept_close(struct capture *c)
{
	resume_close(c->resume, c->nr_cpus);
	cleanup_close(&c->resume_fd);
	cleanup_close(&c->pin_folder);
}
