/* SPDX-License-Identifier: GPL-2.0-only */
/* Links are asked by BPF_OBJ_GET_INFO_BY_FD, perf events by BPF_TASK_FD_QUERY: bpf(2). */
#include "inspect/attach.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include "base/cleanup.h"
#include "inspect/names.h"

static struct attachment *add(struct attachments *a, uint32_t program)
{
	if (a->nr_items == a->room) {
		size_t room = a->room ? a->room * 2 : 32;
		struct attachment *items = reallocarray(a->items, room, sizeof(items[0]));

		if (!items)
			return NULL;
		a->items = items;
		a->room = room;
	}
	a->items[a->nr_items] = (struct attachment){.program = program};
	return &a->items[a->nr_items++];
}

/* What stands before the slash in SEC(): names that libbpf's users know. */
static const char *hook_name(uint32_t attach_type)
{
	static const char *const names[] = {
		[BPF_TRACE_RAW_TP] = "tp_btf",	  [BPF_TRACE_FENTRY] = "fentry", [BPF_TRACE_FEXIT] = "fexit",
		[BPF_MODIFY_RETURN] = "fmod_ret", [BPF_LSM_MAC] = "lsm",
	};
	const char *name = attach_type < sizeof(names) / sizeof(names[0]) ? names[attach_type] : NULL;

	if (!name)
		name = libbpf_bpf_attach_type_str(attach_type);
	return name ? name : "unknown";
}

/* A program of type tracing that is attached to a raw tracepoint is what SEC("tp_btf/...") makes. */
static bool is_typed(uint32_t program)
{
	_cleanup_close_ int fd = bpf_prog_get_fd_by_id(program);
	struct bpf_prog_info info = {0};
	uint32_t bytes = sizeof(info);

	return fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &bytes) == 0 && info.type == BPF_PROG_TYPE_TRACING;
}

static void describe_xdp(const struct bpf_link_info *info, struct attachment *at)
{
	char name[IF_NAMESIZE] = "";

	if (!if_indextoname(info->xdp.ifindex, name))
		snprintf(name, sizeof(name), "%u", info->xdp.ifindex);
	snprintf(at->text, sizeof(at->text), "xdp %s", name);
}

static void describe_tracing(struct names *n, const struct bpf_link_info *info, struct attachment *at)
{
	char name[NAME_BYTES] = "";

	names_of_type(n, info->tracing.target_obj_id, info->tracing.target_btf_id, name);
	/* Kernels before 5.13 do not say to what. */
	snprintf(at->text, sizeof(at->text), "%s%s%s", hook_name(info->tracing.attach_type), *name ? " " : "", name);
}

static void describe(struct names *n, const struct bpf_link_info *info, const char *name, struct attachment *at)
{
	const char *type = libbpf_bpf_link_type_str(info->type);

	switch (info->type) {
	case BPF_LINK_TYPE_RAW_TRACEPOINT:
		snprintf(at->text, sizeof(at->text), "%s %s", is_typed(info->prog_id) ? "tp_btf" : "raw_tp", name);
		break;
	case BPF_LINK_TYPE_TRACING:
		describe_tracing(n, info, at);
		break;
	case BPF_LINK_TYPE_ITER:
		snprintf(at->text, sizeof(at->text), "iter %s", name);
		break;
	case BPF_LINK_TYPE_CGROUP:
		snprintf(at->text, sizeof(at->text), "%s cgroup %llu", hook_name(info->cgroup.attach_type),
			 (unsigned long long)info->cgroup.cgroup_id);
		break;
	case BPF_LINK_TYPE_XDP:
		describe_xdp(info, at);
		break;
	case BPF_LINK_TYPE_PERF_EVENT:
		at->link = true;
		snprintf(at->text, sizeof(at->text), "perf_event");
		break;
	default:
		if (type)
			snprintf(at->text, sizeof(at->text), "%s", type);
		else
			snprintf(at->text, sizeof(at->text), "link type %u", info->type);
	}
}

/* Raw tracepoints and iterators have their name behind the same pointer of the union. */
static int look_at_link(struct attachments *a, struct names *n, uint32_t id)
{
	_cleanup_close_ int fd = bpf_link_get_fd_by_id(id);
	struct bpf_link_info info = {0};
	uint32_t bytes = sizeof(info);
	char name[NAME_BYTES] = "";
	struct attachment *at;

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &bytes))
		return 0;
	if (info.type == BPF_LINK_TYPE_RAW_TRACEPOINT || info.type == BPF_LINK_TYPE_ITER) {
		memset(&info, 0, sizeof(info));
		info.raw_tracepoint.tp_name = (uintptr_t)name;
		info.raw_tracepoint.tp_name_len = sizeof(name);
		bytes = sizeof(info);
		if (bpf_obj_get_info_by_fd(fd, &info, &bytes))
			return 0;
	}
	at = add(a, info.prog_id);
	if (!at)
		return -ENOMEM;
	describe(n, &info, name, at);
	return 0;
}

static const char *event_name(uint32_t type)
{
	static const char *const names[] = {
		[BPF_FD_TYPE_RAW_TRACEPOINT] = "raw_tp", [BPF_FD_TYPE_TRACEPOINT] = "tracepoint",
		[BPF_FD_TYPE_KPROBE] = "kprobe",	 [BPF_FD_TYPE_KRETPROBE] = "kretprobe",
		[BPF_FD_TYPE_UPROBE] = "uprobe",	 [BPF_FD_TYPE_URETPROBE] = "uretprobe",
	};

	return type < sizeof(names) / sizeof(names[0]) ? names[type] : "perf_event";
}

static int look_at_perf_event(struct attachments *a, const struct held *held)
{
	char name[NAME_BYTES] = "";
	uint32_t bytes = sizeof(name), program, type;
	__u64 offset, address;
	struct attachment *at;

	if (bpf_task_fd_query(held->holder->pid, held->fd, 0, name, &bytes, &program, &type, &offset, &address))
		return 0;
	at = add(a, program);
	if (!at)
		return -ENOMEM;
	snprintf(at->text, sizeof(at->text), "%s %s", event_name(type), name);
	return 0;
}

int attachments_find(const struct holders *h, struct names *n, struct attachments *ret)
{
	struct attachments a = {0};
	uint32_t id = 0;
	int code = 0;

	while (!code && bpf_link_get_next_id(id, &id) == 0)
		code = look_at_link(&a, n, id);
	for (size_t i = 0; !code && i < h->nr_items; i++)
		if (h->items[i].kind == HELD_PERF_EVENT)
			code = look_at_perf_event(&a, &h->items[i]);
	*ret = a;
	return code;
}

void attachments_done(struct attachments *a)
{
	free(a->items);
	*a = (struct attachments){0};
}

/* The link of a perf event says less than the event, which has the same program. */
static bool is_told_better(const struct attachments *a, const struct attachment *at)
{
	for (size_t i = 0; at->link && i < a->nr_items; i++)
		if (a->items[i].program == at->program && !a->items[i].link)
			return true;
	return false;
}

/* The same event may be held by several processes, or once for each processor. */
static bool is_told_before(const struct attachments *a, const struct attachment *at)
{
	for (const struct attachment *i = a->items; i < at; i++)
		if (i->program == at->program && !strcmp(i->text, at->text))
			return true;
	return false;
}

void attachments_append(const struct attachments *a, uint32_t program, struct buffer *out)
{
	const char *comma = "";

	for (const struct attachment *at = a->items; at < a->items + a->nr_items; at++) {
		if (at->program != program || is_told_better(a, at) || is_told_before(a, at))
			continue;
		buffer_append_text(out, comma);
		buffer_append_text(out, at->text);
		comma = ", ";
	}
}
