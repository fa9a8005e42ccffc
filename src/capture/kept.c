/* SPDX-License-Identifier: GPL-2.0-only */
/* What of a capture is pinned, and whether what is found there can be taken over. How reading goes on: handover.c. */
#include "capture/kept.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "capture/handover.h"
#include "capture/leftover.h"
#include "capture/loading.h"
#include "capture/pin.h"
#include "capture/state.h"
#include "events/filter.h"

_Static_assert(NR_RINGS == RESUME_RINGS, "each ring has its position");

#define ITEMS_MOST (8 + 2 * RECORD_EVENT_MAX + 2 * EXEC_RETURNS_MAX)

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

static struct pin_item link_item(const char *name, int *fd)
{
	return (struct pin_item){.name = name, .fd = fd, .kind = PIN_LINK};
}

static struct pin_item program_item(const char *name, int *fd, uint32_t type)
{
	return (struct pin_item){.name = name, .fd = fd, .kind = PIN_PROGRAM, .type = type};
}

/* The same where failed execs are seen at the ends of several functions. */
static size_t list_returns(struct capture *c, struct pin_item *items)
{
	static const char *const names[EXEC_RETURNS_MAX][2] = {
		{"program_return_0", "link_return_0"}, {"program_return_1", "link_return_1"},
		{"program_return_2", "link_return_2"}, {"program_return_3", "link_return_3"},
		{"program_return_4", "link_return_4"}, {"program_return_5", "link_return_5"},
	};
	uint32_t nr = resume_key(c->resume)->nr_returns;
	size_t n = 0;

	for (uint32_t i = 0; i < nr && i < EXEC_RETURNS_MAX; i++) {
		items[n++] = program_item(names[i][0], &c->program.returns[i], BPF_PROG_TYPE_TRACING);
		items[n++] = link_item(names[i][1], &c->return_links[i]);
	}
	return n;
}

/* The program of an event type, and what holds it to its hook: a snapshot's is made anew for each. */
static size_t list_programs(struct capture *c, struct pin_item *items)
{
	static const char *const names[RECORD_EVENT_MAX][2] = {
#define EVENT(name, doc) [RECORD_##name] = {"program_" #name, "link_" #name},
#include "events/types.h"
#undef EVENT
	};
	bool classic = c->variant && c->variant->hook == HOOK_TRACEPOINT;
	int *fds = c->program.fds;
	size_t n = 0;

	for (int type = 0; type < RECORD_EVENT_MAX; type++) {
		uint32_t of = type == RECORD_exec && classic ? BPF_PROG_TYPE_TRACEPOINT : BPF_PROG_TYPE_TRACING;

		if (!(c->events & (1U << type)) || (type == RECORD_exec_fail && c->settings.returns))
			continue;
		items[n++] = program_item(names[type][0], &fds[type], of);
		if (type != RECORD_snapshot)
			items[n++] = link_item(names[type][1], &c->links[type]);
	}
	return n + list_returns(c, items + n);
}

/* All that must outlive the process but the map resume, which comes last and makes the set complete. */
static size_t list_items(struct capture *c, struct pin_item items[static ITEMS_MOST])
{
	const struct settings *s = &c->settings.settings;
	uint32_t nr_deferred = resume_key(c->resume)->nr_deferred;
	int *fds = c->program.fds;
	size_t n = 0;

	items[n++] = ring_item("events", &fds[PROGRAM_EVENTS], s->ring_bytes);
	items[n++] = ring_item("bell", &fds[PROGRAM_BELL], s->page_bytes);
	items[n++] = array_item("counters", &fds[PROGRAM_COUNTERS], sizeof(struct counters), c->nr_cpus);
	items[n++] = array_item("reader", &fds[PROGRAM_READER], sizeof(struct reader_state), 1);
	/* The observer's root directory is another one after each start. */
	items[n++] = program_item("program_root", &fds[PROGRAM_ROOT], BPF_PROG_TYPE_RAW_TRACEPOINT);
	if (c->events & CAPTURE_BIT(exec_fail))
		items[n++] = ring_item("failed_events", &fds[PROGRAM_FAILED_EVENTS], s->failed_ring_bytes);
	/* Of a size that only the kernel side knows; held, see enum program_fd. */
	if (nr_deferred)
		items[n++] = array_item("deferred", &fds[PROGRAM_DEFERRED], 0, nr_deferred);
	return n + list_programs(c, items + n);
}

/* Each object numbers its log lines by itself, so records of another build's could not be read. */
static uint64_t hash_log(uint64_t hash, const struct capture *c)
{
	if (!c->log_table)
		return hash;
	hash = resume_hash(hash, c->settings.klog_on, sizeof(c->settings.klog_on));
	return resume_hash(hash, c->variant->object->packed, c->variant->object->packed_bytes);
}

/* Variants go by their numbers in the table. */
static uint64_t hash_variants(uint64_t hash)
{
	for (size_t i = 0; i < nr_variants; i++) {
		const uint32_t numbers[] = {variants[i].hook, variants[i].object_type};

		hash = resume_hash(hash, variants[i].name, strlen(variants[i].name));
		hash = resume_hash(hash, numbers, sizeof(numbers));
	}
	return hash;
}

/* What the kernel side is, or would be, loaded with; c->variant says which it is. */
static struct resume_key make_key(const struct capture *c)
{
	struct settings settings = c->settings.settings;
	struct resume_key key = {
		.magic = RESUME_MAGIC,
		.frame = resume_frame(c->nr_cpus),
		.layout = hash_variants(resume_layout()),
		.nr_cpus = c->nr_cpus,
		.variant = c->variant - variants,
		.filters = settings.filters,
	};

	settings.defer = 0; /* what the kernel could do was tried when it was loaded */
	key.settings = resume_hash(0, &c->events, sizeof(c->events));
	key.settings = resume_hash(key.settings, &settings, sizeof(settings));
	key.settings = resume_hash(key.settings, &c->settings.returns, sizeof(c->settings.returns));
	for (int type = 0; type < RECORD_EVENT_MAX; type++) {
		const struct filter_table *filter = c->wanted.filters[type];

		if (filter)
			key.settings = resume_hash(key.settings, filter, sizeof(*filter));
	}
	key.settings = hash_log(key.settings, c);
	return key;
}

/* Whether the variant that was found is one that would be loaded with these settings; then it is c->variant. */
static bool take_variant(struct capture *c, uint32_t number, struct error *err)
{
	const struct capture_settings *wanted = &c->wanted;

	if (number >= nr_variants || !loading_admits(c, &variants[number]))
		return false;
	c->variant = &variants[number];
	return loading_choose_log(c, c->variant, &wanted->log, err) == 0;
}

/* The map resume, of whatever version, and its key. 0, -ENOENT without words, or -errno. */
static int find_resume(struct capture *c, struct resume_key *ret_key, struct error *err)
{
	const struct pin_item any = array_item("resume", &c->resume_fd, 0, 1), ours = resume_item(c);
	int code = pin_take(c->pin_folder, c->pin_path, &any, 1, err);

	if (code)
		return code;
	code = resume_read_key(c->resume_fd, ret_key);
	if (code)
		return pin_refuse(c->pin_path, any.name, "it is no state of an observer", err);
	if (ret_key->frame != resume_frame(c->nr_cpus))
		return 0;
	cleanup_close(&c->resume_fd);
	c->resume_fd = -1;
	code = pin_take(c->pin_folder, c->pin_path, &ours, 1, err);
	if (code)
		return code;
	c->resume = resume_open(c->resume_fd, c->nr_cpus, err);
	return c->resume ? 0 : err->code;
}

/* A map of the right size in the place of another would be read for ever in vain. */
static int check_maps(const struct capture *c, struct error *err)
{
	const int *fds = c->program.fds;

	for (int type = 0; type < RECORD_EVENT_MAX; type++) {
		int ring = fds[type == RECORD_exec_fail ? PROGRAM_FAILED_EVENTS : PROGRAM_EVENTS];

		if (fds[type] >= 0 &&
		    !(pin_program_uses(fds[type], ring) && pin_program_uses(fds[type], fds[PROGRAM_COUNTERS])))
			return pin_refuse(c->pin_path, "counters", "it or a ring is not what the programs write to",
					  err);
	}
	return 0;
}

/* Whether it was loaded as this one would be; then what is pinned is taken over. 0, -errno where it is refused. */
static int take_over(struct capture *c, const struct resume_key *found, struct error *err)
{
	struct pin_item items[ITEMS_MOST];
	struct resume_key wanted;
	int code;

	if (!c->resume || !take_variant(c, found->variant, err))
		return 0;
	wanted = make_key(c);
	if (found->layout != wanted.layout || found->settings != wanted.settings)
		return 0;
	code = pin_take(c->pin_folder, c->pin_path, items, list_items(c, items), err);
	c->incomplete = code == -ENOENT;
	if (!code)
		code = check_maps(c, err);
	c->taken_over = code == 0;
	return code == -ENOENT ? 0 : code;
}

/* What lies there and cannot be taken over. Where a reader used it, it stays at work until the new one is attached. */
static int set_aside(struct capture *c, const struct resume_key *found, struct error *err)
{
	int code;

	if (c->incomplete) {
		c->replaced = REPLACED_GONE;
		code = leftover_open(c, found, err);
	} else if (found) {
		c->replaced = c->resume && found->layout == hash_variants(resume_layout()) ? REPLACED_OPTIONS
											   : REPLACED_VERSION;
		code = leftover_open(c, found, err);
	} else {
		code = pin_remove(c->pin_folder, c->pin_path, err);
		c->replaced = code > 0 ? REPLACED_HALF : REPLACED_NOTHING;
	}
	resume_close(c->resume, c->nr_cpus);
	c->resume = NULL;
	cleanup_close(&c->resume_fd);
	c->resume_fd = -1;
	c->variant = NULL;
	return code < 0 ? code : 0;
}

int kept_open(struct capture *c, struct error *err)
{
	struct resume_key found;
	int code, there;

	c->pin_path = c->wanted.pin;
	c->pin_folder = pin_open(c->pin_path, &c->pin_made, err);
	if (c->pin_folder < 0)
		return c->pin_folder;
	there = find_resume(c, &found, err);
	if (there && there != -ENOENT)
		return there;
	code = there ? 0 : take_over(c, &found, err);
	return code || c->taken_over ? code : set_aside(c, there ? NULL : &found, err);
}

int kept_begin(struct capture *c, struct error *err)
{
	struct resume_key *key;

	for (int i = 0; i < NR_RINGS; i++)
		c->rings[i].held = true;
	if (c->taken_over) {
		handover_restore(c);
		return 0;
	}
	c->resume_fd = resume_make(c->nr_cpus, err);
	if (c->resume_fd < 0)
		return c->resume_fd;
	c->resume = resume_open(c->resume_fd, c->nr_cpus, err);
	if (!c->resume)
		return err->code;
	key = resume_key(c->resume);
	*key = make_key(c);
	while (key->nr_returns < EXEC_RETURNS_MAX && c->program.returns[key->nr_returns] >= 0)
		key->nr_returns++;
	if (c->program.fds[PROGRAM_DEFERRED] >= 0)
		key->nr_deferred = c->settings.max_entries[PROGRAM_DEFERRED];
	return 0;
}

/* What holds a classic program to its tracepoint is a mere perf event where the kernel has no link for it. */
static int check_links(const struct capture *c, struct error *err)
{
	struct bpf_link_info info = {};
	uint32_t bytes = sizeof(info);

	if (c->variant->hook != HOOK_TRACEPOINT || !(c->events & CAPTURE_BIT(exec)) ||
	    !bpf_obj_get_info_by_fd(c->links[RECORD_exec], &info, &bytes))
		return 0;
	fail(err, -EOPNOTSUPP, "option '--pin': what is attached by the hook tracepoint cannot be kept by this kernel");
	return fail_hint(err, "Linux 5.15 has links that can; before it use --hook tp_btf, or leave out --pin");
}

int kept_pin(struct capture *c, struct error *err)
{
	const struct pin_item last = resume_item(c);
	struct pin_item items[ITEMS_MOST];
	int code = check_links(c, err);

	if (!code && c->old)
		code = leftover_end(c, err);
	if (!code)
		code = pin_keep(c->pin_folder, c->pin_path, items, list_items(c, items), err);
	if (!code)
		code = pin_keep(c->pin_folder, c->pin_path, &last, 1, err);
	if (code)
		pin_remove(c->pin_folder, c->pin_path, NULL);
	return code;
}

int capture_unpin(const char *folder, struct error *err)
{
	_cleanup_close_ int fd = pin_open(folder, NULL, err);
	int nr_removed;

	if (fd < 0)
		return fd;
	nr_removed = pin_remove(fd, folder, err);
	if (nr_removed >= 0 && rmdir(folder))
		return fail(err, -errno, "cannot remove the folder '%s': %m", folder);
	return nr_removed;
}

const char *capture_describe_pin(struct capture *c)
{
	static const char *const words[] = {
		[REPLACED_NOTHING] = "",
		[REPLACED_HALF] = "replaced what an interrupted start left pinned",
		[REPLACED_GONE] = "replaced what was pinned: a part of it was gone, so events may be missing",
		[REPLACED_OPTIONS] = "replaced what was pinned with other options",
		[REPLACED_VERSION] = "replaced what another version left pinned",
	};
	uint64_t nr = 0;

	if (c->taken_over)
		return c->robbed
			       ? "goes on where another stopped; something else has read in its ring since, so events "
				 "are missing"
			       : "goes on where another stopped";
	for (unsigned int series = 0; c->resume && series < CAPTURE_SERIES_MAX; series++)
		nr += resume_replaced(c->resume)[series];
	if (!nr)
		return words[c->replaced];
	snprintf(c->pin_words, sizeof(c->pin_words), "%s; what lay there unread is lost: %llu %s", words[c->replaced],
		 (unsigned long long)nr, resume_replaced(c->resume)[RECORD_NONE] ? "records" : "events");
	return c->pin_words;
}

void kept_close(struct capture *c)
{
	leftover_close(c);
	/* What was made for nothing; with pins in it, it stays. */
	if (c->pin_made)
		rmdir(c->pin_path);
	resume_close(c->resume, c->nr_cpus);
	cleanup_close(&c->resume_fd);
	cleanup_close(&c->pin_folder);
}
