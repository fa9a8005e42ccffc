/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads programs and maps one by one, by their ids. What goes away meanwhile is left out. */
#include "inspect/inspect.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "inspect/attach.h"
#include "inspect/holders.h"
#include "inspect/names.h"

/* What is needed while looking. */
struct look_around {
	struct inspection *to;
	struct holders holders;
	struct attachments attachments;
	struct names names;
	int64_t wall_offset_ns; /* CLOCK_REALTIME - CLOCK_BOOTTIME */
	size_t room;		/* of the array that is being filled */
};

/* A copy that lives as long as the inspection, with a NUL behind it; without data where memory ran out. */
static struct slice keep(struct inspection *i, const char *text, size_t length)
{
	char *copy = scratch_take(&i->texts, length + 1);

	if (!copy)
		return (struct slice){NULL, 0};
	memcpy(copy, text, length);
	copy[length] = '\0';
	return (struct slice){copy, length};
}

static struct slice keep_text(struct inspection *i, const char *text)
{
	return *text ? keep(i, text, strlen(text)) : (struct slice){NULL, 0};
}

static struct slice keep_bpftool(struct inspection *i, const char *object, uint32_t id)
{
	char text[64];

	snprintf(text, sizeof(text), "bpftool %s show id %u", object, id);
	return keep_text(i, text);
}

static struct slice keep_type(struct inspection *i, const char *name, uint32_t type)
{
	char text[32];

	snprintf(text, sizeof(text), "type %u", type);
	return keep_text(i, name ? name : text);
}

bool inspect_ids_have(struct slice ids, uint32_t id)
{
	for (size_t at = 0; at + sizeof(id) <= ids.length; at += sizeof(id))
		if (!memcmp(ids.data + at, &id, sizeof(id)))
			return true;
	return false;
}

/* The memory that the kernel charges for what this descriptor stands for. */
static uint64_t read_memlock(int fd)
{
	_cleanup_buffer_ struct buffer text = {0};
	char path[64];
	const char *at;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	if (file_read(path, &text, NULL))
		return UINT64_MAX;
	buffer_append_char(&text, '\0');
	at = text.failed ? NULL : strstr(text.data, "memlock:");
	return at ? strtoull(at + strlen("memlock:"), NULL, 10) : UINT64_MAX;
}

/* Room for one more item behind `nr`; NULL where memory ran out. */
static void *grow(struct look_around *l, void *items, size_t nr, size_t bytes)
{
	if (nr < l->room)
		return items;
	l->room = l->room ? l->room * 2 : 64;
	return reallocarray(items, l->room, bytes);
}

static void fill_holder(const struct look_around *l, enum held_kind kind, uint32_t id, uint64_t *ret_pid,
			struct slice *ret_comm)
{
	const struct holder *holder = holders_of(&l->holders, kind, id);

	*ret_pid = holder ? (uint64_t)holder->pid : UINT64_MAX;
	*ret_comm = holder ? keep(l->to, holder->comm, strnlen(holder->comm, sizeof(holder->comm)))
			   : (struct slice){NULL, 0};
}

/* All of them: maps may be bound to a program while it is looked at, then the kernel is asked again. */
static struct slice find_maps(struct inspection *i, int fd, uint32_t nr)
{
	while (nr) {
		struct bpf_prog_info info = {.nr_map_ids = nr};
		char *ids = scratch_take(&i->texts, nr * sizeof(uint32_t));
		uint32_t bytes = sizeof(info);

		info.map_ids = (uintptr_t)ids;
		if (!ids || bpf_obj_get_info_by_fd(fd, &info, &bytes))
			break;
		if (info.nr_map_ids <= nr)
			return (struct slice){ids, info.nr_map_ids * sizeof(uint32_t)};
		nr = info.nr_map_ids;
	}
	return (struct slice){NULL, 0};
}

static void fill_names(struct look_around *l, int fd, const struct bpf_prog_info *info, struct inspected_program *p)
{
	_cleanup_buffer_ struct buffer attached = {0};
	char name[NAME_BYTES] = "", tag[2 * BPF_TAG_SIZE + 1];

	memcpy(name, info->name, strnlen(info->name, sizeof(info->name)));
	names_of_program(&l->names, fd, info->btf_id, name);
	p->name = keep_text(l->to, name);
	for (int i = 0; i < BPF_TAG_SIZE; i++)
		snprintf(tag + 2 * i, 3, "%02x", info->tag[i]);
	p->tag = keep_text(l->to, tag);
	attachments_append(&l->attachments, info->id, &attached);
	if (attached.length)
		p->attached = keep(l->to, attached.data, attached.length);
}

static void fill_program(struct look_around *l, int fd, const struct bpf_prog_info *info, struct inspected_program *p)
{
	*p = (struct inspected_program){
		.time = l->to->boot_ns + l->wall_offset_ns,
		.loaded_at = info->load_time + l->wall_offset_ns,
		.runs = UINT64_MAX,
		.run_ns = UINT64_MAX,
		.ns_per_run = UINT64_MAX,
		.interval_ns = UINT64_MAX,
		.total_runs = info->run_cnt,
		.total_run_ns = info->run_time_ns,
		.missed = info->recursion_misses,
		.memlock = read_memlock(fd),
		.id = info->id,
		.uid = info->created_by_uid,
		.holders = holders_count(&l->holders, HELD_PROGRAM, info->id),
		.translated = info->xlated_prog_len,
		.jited = info->jited_prog_len,
		.verified = info->verified_insns ? info->verified_insns : UINT64_MAX,
		.of_observer = holders_have_observer(&l->holders, HELD_PROGRAM, info->id),
		.type = keep_type(l->to, libbpf_bpf_prog_type_str(info->type), info->type),
		.bpftool = keep_bpftool(l->to, "prog", info->id),
		.map_ids = find_maps(l->to, fd, info->nr_map_ids),
	};
	fill_names(l, fd, info, p);
	fill_holder(l, HELD_PROGRAM, info->id, &p->pid, &p->comm);
}

static int add_program(struct look_around *l, uint32_t id)
{
	_cleanup_close_ int fd = bpf_prog_get_fd_by_id(id);
	struct inspection *i = l->to;
	struct bpf_prog_info info = {0};
	uint32_t bytes = sizeof(info);
	void *items;

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &bytes))
		return 0;
	items = grow(l, i->programs, i->nr_programs, sizeof(i->programs[0]));
	if (!items)
		return -ENOMEM;
	i->programs = items;
	fill_program(l, fd, &info, &i->programs[i->nr_programs++]);
	return 0;
}

/* The programs that list this map among theirs. */
static struct slice find_users(struct inspection *i, uint32_t map)
{
	_cleanup_buffer_ struct buffer ids = {0};

	for (const struct inspected_program *p = i->programs; p < i->programs + i->nr_programs; p++)
		if (inspect_ids_have(p->map_ids, map))
			buffer_append(&ids, &p->id, sizeof(p->id));
	return ids.length && !ids.failed ? keep(i, ids.data, ids.length) : (struct slice){NULL, 0};
}

static void fill_map(struct look_around *l, int fd, const struct bpf_map_info *info, struct inspected_map *m)
{
	*m = (struct inspected_map){
		.time = l->to->boot_ns + l->wall_offset_ns,
		.memlock = read_memlock(fd),
		.id = info->id,
		.key_size = info->key_size,
		.value_size = info->value_size,
		.entries = info->max_entries,
		.flags = info->map_flags,
		.holders = holders_count(&l->holders, HELD_MAP, info->id),
		.of_observer = holders_have_observer(&l->holders, HELD_MAP, info->id),
		.type = keep_type(l->to, libbpf_bpf_map_type_str(info->type), info->type),
		.name = keep(l->to, info->name, strnlen(info->name, sizeof(info->name))),
		.bpftool = keep_bpftool(l->to, "map", info->id),
		.program_ids = find_users(l->to, info->id),
	};
	fill_holder(l, HELD_MAP, info->id, &m->pid, &m->comm);
}

static int add_map(struct look_around *l, uint32_t id)
{
	_cleanup_close_ int fd = bpf_map_get_fd_by_id(id);
	struct inspection *i = l->to;
	struct bpf_map_info info = {0};
	uint32_t bytes = sizeof(info);
	void *items;

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &bytes))
		return 0;
	items = grow(l, i->maps, i->nr_maps, sizeof(i->maps[0]));
	if (!items)
		return -ENOMEM;
	i->maps = items;
	fill_map(l, fd, &info, &i->maps[i->nr_maps++]);
	return 0;
}

/* Goes through all ids of a kind. The end is ENOENT. */
static int walk(struct look_around *l, int (*next)(uint32_t id, uint32_t *ret),
		int (*add)(struct look_around *, uint32_t))
{
	uint32_t id = 0;
	int code = 0;

	l->room = 0;
	while (!code && next(id, &id) == 0)
		code = add(l, id);
	if (code)
		return code;
	return errno == ENOENT ? 0 : -errno;
}

static int look_around(struct look_around *l)
{
	int code = holders_find(&l->holders);

	if (!code)
		code = attachments_find(&l->holders, &l->names, &l->attachments);
	l->to->boot_ns = clock_now(CLOCK_BOOTTIME);
	l->wall_offset_ns = clock_now(CLOCK_REALTIME) - l->to->boot_ns;
	if (!code)
		code = walk(l, bpf_prog_get_next_id, add_program);
	if (!code)
		code = walk(l, bpf_map_get_next_id, add_map);
	return code;
}

int inspect(struct inspection *ret, struct error *err)
{
	struct look_around l = {.to = ret};
	int code;

	*ret = (struct inspection){0};
	code = look_around(&l);
	names_done(&l.names);
	attachments_done(&l.attachments);
	holders_done(&l.holders);
	if (!code)
		return 0;
	fail(err, code, "cannot list the programs and maps of eBPF: %s", strerror(-code));
	if (code == -EPERM)
		fail_hint(err,
			  "the kernel lists them for CAP_SYS_ADMIN alone: run it with sudo, outside of a container");
	return code;
}

void inspection_done(struct inspection *i)
{
	free(i->programs);
	free(i->maps);
	scratch_done(&i->texts);
	*i = (struct inspection){0};
}

int inspect_count_runs(void)
{
	int fd = bpf_enable_stats(BPF_STATS_RUN_TIME);

	return fd < 0 ? -errno : fd;
}
