/* SPDX-License-Identifier: GPL-2.0-only */
/* Attaches to tracepoints by perf events. Must not know what their records hold. */
#include "capture/tracepoints.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <bpf/bpf.h>

#include "base/cleanup.h"
#include "capture/keeper.h"

/* Descriptors for all else. */
#define OTHER_DESCRIPTORS 64
/* Tracepoints for which it is worth a process not to wait until each has let the program go. */
#define KEEPER_LEAST 4

int tracepoints_write(const struct program *p, const struct capture_settings *settings, struct error *err)
{
	for (uint32_t i = 0; i < settings->nr_tracepoints; i++) {
		const struct capture_tracepoint *t = &settings->tracepoints[i];

		if (bpf_map_update_elem(p->fds[PROGRAM_TRACEPOINTS], &i, t->facts, BPF_ANY))
			return fail(err, -errno, "cannot write tracepoint %s into the map tracepoints: %m", t->name);
		if (t->filter && bpf_map_update_elem(p->fds[PROGRAM_FILTERS], &i, t->filter, BPF_ANY))
			return fail(err, -errno, "cannot write the filter of tracepoint %s into the map filters: %m",
				    t->name);
	}
	return 0;
}

/* A descriptor for each: more than the usual 1024 are allowed to most. */
static void allow_descriptors(uint32_t nr)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= nr + OTHER_DESCRIPTORS)
		return;
	limit.rlim_cur = nr + OTHER_DESCRIPTORS;
	if (limit.rlim_max < limit.rlim_cur)
		limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static int explain(const struct capture_tracepoint *t, int code, struct error *err)
{
	fail(err, code, "cannot attach to the tracepoint %s: %s", t->name, strerror(-code));
	switch (-code) {
	case EMFILE:
		return fail_hint(err, "each tracepoint takes a descriptor: raise the limit (ulimit -n), or name fewer");
	case EINVAL:
		return fail_hint(err, "the kernel must have attach cookies for tracepoints (Linux 5.15)");
	case EPERM:
	case EACCES:
		return fail_hint(
			err, "CAP_PERFMON is needed, and kernel.perf_event_paranoid counts without it: run as root");
	default:
		return fail_hint(err, "this tracepoint takes no BPF program on this kernel: leave it out");
	}
}

/* The first after the map is kept by hand: nobody is born unseen, and nothing of a dying process is missed. */
static int attach_followers(struct tracepoint_links *l, const struct program *p, struct error *err)
{
	static const enum program_fd which[] = {PROGRAM_FOLLOW_FORK, PROGRAM_FOLLOW_FREE};

	l->follows = true;
	l->followers[0] = l->followers[1] = -1;
	for (int i = 0; i < 2; i++) {
		l->followers[i] = program_attach_follower(p, which[i], err);
		if (l->followers[i] < 0)
			return l->followers[i];
	}
	return 0;
}

int tracepoints_attach(struct tracepoint_links *l, const struct program *p, const struct capture_settings *settings,
		       struct error *err)
{
	int code = settings->follow ? attach_followers(l, p, err) : 0;
	uint32_t nr_attached = 0;

	l->keeper = -1;
	if (code)
		return code;
	l->fds = calloc(settings->nr_tracepoints, sizeof(*l->fds));
	if (!l->fds)
		return fail(err, -ENOMEM, "no memory for %u tracepoints", settings->nr_tracepoints);
	allow_descriptors(settings->nr_tracepoints);
	for (; l->nr < settings->nr_tracepoints; l->nr++) {
		const struct capture_tracepoint *t = &settings->tracepoints[l->nr];
		int fd = program_attach_tracepoint(p, t->id, l->nr);

		/* Want of descriptors, rights or cookies is no fault of this one. */
		if (fd < 0 && (!t->optional || fd == -EMFILE || !nr_attached))
			return explain(t, fd, err);
		l->fds[l->nr] = fd < 0 ? -1 : fd;
		nr_attached += fd >= 0;
	}
	if (nr_attached >= KEEPER_LEAST)
		l->keeper = keeper_open(l->fds, l->nr);
	return 0;
}

void tracepoints_detach(struct tracepoint_links *l)
{
	for (uint32_t i = 0; i < l->nr; i++)
		cleanup_close(&l->fds[i]);
	for (int i = 0; l->follows && i < 2; i++)
		cleanup_close(&l->followers[i]);
	if (l->nr)
		cleanup_close(&l->keeper);
	free(l->fds);
	*l = (struct tracepoint_links){0};
}
