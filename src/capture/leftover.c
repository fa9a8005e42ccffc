/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts what lies unread in a pinned kernel side that is replaced. An event is lost where it came before the program
 * of its type was attached anew: what came later is in the new ring as well. Decodes nothing but the frame of a record.
 */
#include "capture/leftover.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "capture/handover.h"
#include "capture/pin.h"

/* What the account is made of lies in these maps; of another version only the rings can be told. */
static const struct {
	const char *name;
	enum program_fd slot;
	uint32_t type, value_bytes;
	bool frame;
} maps[] = {
	{"events", PROGRAM_EVENTS, BPF_MAP_TYPE_RINGBUF, 0, false},
	{"failed_events", PROGRAM_FAILED_EVENTS, BPF_MAP_TYPE_RINGBUF, 0, false},
	{"bell", PROGRAM_BELL, BPF_MAP_TYPE_RINGBUF, 0, true},
	{"counters", PROGRAM_COUNTERS, BPF_MAP_TYPE_ARRAY, sizeof(struct counters), true},
	{"reader", PROGRAM_READER, BPF_MAP_TYPE_ARRAY, sizeof(struct reader_state), true},
};

static uint32_t map_entries(int fd)
{
	struct bpf_map_info info = {};
	uint32_t bytes = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &bytes) ? 0 : info.max_entries;
}

/* What is not there is passed over: it was removed, and is no reason to refuse the rest. */
static int take_maps(struct capture *c, struct capture *old, bool frame, struct error *err)
{
	for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++) {
		const struct pin_item item = {
			.name = maps[i].name,
			.fd = &old->program.fds[maps[i].slot],
			.type = maps[i].type,
			.key_bytes = maps[i].type == BPF_MAP_TYPE_ARRAY ? sizeof(uint32_t) : 0,
			.value_bytes = maps[i].value_bytes,
			.max_entries = maps[i].slot == PROGRAM_COUNTERS ? old->nr_cpus : 0,
		};
		int code;

		if (maps[i].frame && !frame)
			continue;
		code = pin_take(c->pin_folder, c->pin_path, &item, 1, err);
		if (code && code != -ENOENT)
			return code;
	}
	return 0;
}

static int map_rings(struct capture *old, struct error *err)
{
	const int *fds = old->program.fds;
	const int slots[NR_RINGS] = {[MAIN_RING] = PROGRAM_EVENTS, [FAILED_RING] = PROGRAM_FAILED_EVENTS};
	int code = 0;

	for (int i = 0; !code && i < NR_RINGS; i++) {
		if (fds[slots[i]] >= 0)
			code = ring_open(&old->rings[i], fds[slots[i]], map_entries(fds[slots[i]]), err);
		old->rings[i].held = true;
	}
	return code;
}

/* Where its numbers can be read, it is opened as its own reader would; else the rings alone. */
static int map_old(struct capture *old, bool frame, struct error *err)
{
	const int *fds = old->program.fds;
	struct settings *s = &old->settings.settings;
	int code;

	if (!frame || fds[PROGRAM_EVENTS] < 0 || fds[PROGRAM_BELL] < 0 || fds[PROGRAM_COUNTERS] < 0 ||
	    fds[PROGRAM_READER] < 0)
		return map_rings(old, err);
	s->ring_bytes = map_entries(fds[PROGRAM_EVENTS]);
	s->page_bytes = map_entries(fds[PROGRAM_BELL]);
	if (fds[PROGRAM_FAILED_EVENTS] >= 0) {
		old->events = CAPTURE_BIT(exec_fail);
		s->failed_ring_bytes = map_entries(fds[PROGRAM_FAILED_EVENTS]);
	}
	code = capture_map(old, err);
	if (code)
		return code;
	for (int i = 0; i < NR_RINGS; i++)
		old->rings[i].held = true;
	handover_restore(old);
	old->left = true;
	return 0;
}

int leftover_open(struct capture *c, const struct resume_key *key, struct error *err)
{
	struct capture *old = calloc(1, sizeof(*old));
	bool frame = c->resume;
	int code;

	if (!old)
		return fail(err, -ENOMEM, "no memory for what is replaced");
	program_init(&old->program);
	for (int i = 0; i < RECORD_EVENT_MAX; i++)
		old->links[i] = -1;
	for (int i = 0; i < EXEC_RETURNS_MAX; i++)
		old->return_links[i] = -1;
	old->pin_folder = -1;
	old->nr_cpus = c->nr_cpus;
	old->settings.settings.filters = key->filters;
	old->resume_fd = c->resume_fd;
	old->resume = c->resume;
	c->resume_fd = -1;
	c->resume = NULL;
	c->old = old;
	code = take_maps(c, old, frame, err);
	return code ? code : map_old(old, frame, err);
}

/* An event of the old ring that the new one has as well. */
static bool is_seen_anew(const struct capture *c, const struct record *record, unsigned int series)
{
	uint64_t since = c->attached_ns[series < RECORD_EVENT_MAX ? series : RECORD_exec];

	return since && record->boot_ns >= since;
}

/* Goes over the records that have come, and counts those that the new ring has as well. */
static void pass_records(struct capture *c, uint64_t seen_anew[static CAPTURE_SERIES_MAX], uint64_t *nr_records)
{
	const struct record *record;
	struct ring *ring;
	size_t bytes;

	while ((ring = capture_oldest(c->old, &record, &bytes))) {
		unsigned int series = bytes < sizeof(*record) ? CAPTURE_SERIES_MAX : capture_series(record, bytes);
		struct account_line *line;

		++*nr_records;
		if (c->old->account.cpus && series < CAPTURE_SERIES_MAX && record->cpu < c->old->nr_cpus) {
			line = &c->old->account.cpus[record->cpu][series];
			if (record->seq >= line->next_seq)
				line->next_seq = record->seq + 1;
			seen_anew[series] += is_seen_anew(c, record, series);
		}
		ring_pass(ring);
	}
}

/* Numbers given out that no reader told, less those that the new ring has. */
static uint64_t count_unread(const struct capture *c, unsigned int series, uint64_t seen_anew)
{
	const struct capture *old = c->old;
	uint64_t told = old->base[series].told - capture_count_unnumbered(old, series) + seen_anew;
	uint64_t numbers = handover_count_numbers(old, series);

	return numbers > told ? numbers - told : 0;
}

/*
 * The programs are let go a moment after their pins are gone. Until then numbers and records grow alike; a record that
 * is on its way comes within microseconds.
 */
static void count_all(struct capture *c, uint64_t *ret)
{
	const struct timespec nap = {.tv_nsec = 1000000};
	uint64_t seen_anew[CAPTURE_SERIES_MAX] = {}, nr_records = 0;
	bool changed = true;

	for (int turn = 0; changed && turn < CAPTURE_PATIENCE_MS; turn++) {
		changed = turn < 2;
		account_look(&c->old->account, c->old->looked);
		pass_records(c, seen_anew, &nr_records);
		for (unsigned int series = 0; series < CAPTURE_SERIES_MAX; series++) {
			uint64_t unread = count_unread(c, series, seen_anew[series]);

			changed |= ret[series] != unread;
			ret[series] = unread;
		}
		nanosleep(&nap, NULL);
	}
}

int leftover_end(struct capture *c, struct error *err)
{
	uint64_t none[CAPTURE_SERIES_MAX] = {}, *replaced = resume_replaced(c->resume);
	int code = pin_remove(c->pin_folder, c->pin_path, err);

	if (code < 0)
		return code;
	if (c->old->left)
		count_all(c, replaced);
	else
		pass_records(c, none, &replaced[RECORD_NONE]);
	leftover_close(c);
	return 0;
}

void leftover_tell(struct capture *c, const struct capture_receiver *to)
{
	const uint64_t *replaced = resume_replaced(c->resume);

	for (unsigned int series = 0; series < CAPTURE_SERIES_MAX; series++) {
		if (replaced[series] <= c->replaced_told[series])
			continue;
		account_lose(&c->account, series, LOSS_replaced, replaced[series] - c->replaced_told[series], to);
		c->replaced_told[series] = replaced[series];
	}
}

void leftover_close(struct capture *c)
{
	capture_close(c->old);
	c->old = NULL;
}
