/* SPDX-License-Identifier: GPL-2.0-only */
/* The variants of the kernel side, as embedded by the build. A new one is a row here and one in bpf/meson.build. */
#include "capture/program.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "events/exec.h"

#include "compat_tp_btf.skel.h"
#include "compat_tp_btf_lives.skel.h"
#include "compat_tracepoint.skel.h"
#include "compat_tracepoint_lives.skel.h"
#include "modern_tp_btf.lskel.h"
#include "modern_tp_btf.skel.h"
#include "modern_tp_btf_lives.lskel.h"
#include "modern_tp_btf_lives.skel.h"
#include "modern_tracepoint.lskel.h"
#include "modern_tracepoint.skel.h"
#include "modern_tracepoint_lives.lskel.h"
#include "modern_tracepoint_lives.skel.h"

#define OBJECT(name)                                                                                                   \
	static const void *object_##name(size_t *ret_bytes)                                                            \
	{                                                                                                              \
		return name##__elf_bytes(ret_bytes);                                                                   \
	}

OBJECT(modern_tp_btf)
OBJECT(modern_tp_btf_lives)
OBJECT(modern_tracepoint)
OBJECT(modern_tracepoint_lives)
OBJECT(compat_tp_btf)
OBJECT(compat_tp_btf_lives)
OBJECT(compat_tracepoint)
OBJECT(compat_tracepoint_lives)

/* A descriptor that outlives the skeleton. */
static int keep(int fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

/* Light skeletons are types of their own without a common one: the same lines for each. */
#define LIGHT_CONFIGURE(skel, with)                                                                                    \
	do {                                                                                                           \
		memcpy(&skel->rodata->settings, &with->settings, sizeof(with->settings));                              \
		_Static_assert(sizeof(skel->rodata->klog_on) == sizeof(with->klog_on), "one byte for each site");      \
		memcpy((void *)skel->rodata->klog_on, with->klog_on, sizeof(with->klog_on));                           \
		skel->maps.events.max_entries = with->settings.ring_bytes;                                             \
		skel->maps.counters.max_entries = with->nr_cpus;                                                       \
		skel->maps.bell.max_entries = with->settings.page_bytes;                                               \
		skel->maps.followed.max_entries = with->nr_followed;                                                   \
	} while (0)

#define LIGHT_TAKE(skel, ret)                                                                                          \
	do {                                                                                                           \
		program_init(ret);                                                                                     \
		ret->fds[RECORD_exec] = keep(skel->progs.trace_sched_process_exec.prog_fd);                            \
		ret->fds[PROGRAM_ROOT] = keep(skel->progs.remember_root.prog_fd);                                      \
		ret->fds[PROGRAM_EVENTS] = keep(skel->maps.events.map_fd);                                             \
		ret->fds[PROGRAM_BELL] = keep(skel->maps.bell.map_fd);                                                 \
		ret->fds[PROGRAM_COUNTERS] = keep(skel->maps.counters.map_fd);                                         \
		ret->fds[PROGRAM_READER] = keep(skel->maps.reader.map_fd);                                             \
		ret->fds[PROGRAM_FOLLOWED] = keep(skel->maps.followed.map_fd);                                         \
		ret->fds[PROGRAM_FILTERS] = keep(skel->maps.filters.map_fd);                                           \
	} while (0)

#define LIGHT_CONFIGURE_LIVES(skel, with)                                                                              \
	do {                                                                                                           \
		skel->maps.failed_events.max_entries = with->settings.failed_ring_bytes;                               \
		skel->maps.deferred.max_entries = with->settings.defer ? DEFERRED_MAX : 1;                             \
	} while (0)

#define LIGHT_TAKE_LIVES(skel, ret)                                                                                    \
	do {                                                                                                           \
		ret->fds[RECORD_exec_fail] = keep(skel->progs.trace_sys_exit.prog_fd);                                 \
		ret->fds[RECORD_exit] = keep(skel->progs.trace_sched_process_exit.prog_fd);                            \
		ret->fds[RECORD_fork] = keep(skel->progs.trace_task_newtask.prog_fd);                                  \
		ret->fds[RECORD_snapshot] = keep(skel->progs.snapshot_tasks.prog_fd);                                  \
		ret->fds[PROGRAM_FAILED_EVENTS] = keep(skel->maps.failed_events.map_fd);                               \
		ret->fds[PROGRAM_DEFERRED] = keep(skel->maps.deferred.map_fd);                                         \
	} while (0)

#define NOTHING(skel, with) (void)0

#define LOAD_LIGHT(name, configure_more, take_more)                                                                    \
	static int load_light_##name(const struct program_settings *with, struct program *ret)                         \
	{                                                                                                              \
		struct name##_light *skel = name##_light__open();                                                      \
		int code;                                                                                              \
                                                                                                                       \
		if (!skel)                                                                                             \
			return -ENOMEM;                                                                                \
		LIGHT_CONFIGURE(skel, with);                                                                           \
		configure_more(skel, with);                                                                            \
		code = name##_light__load(skel);                                                                       \
		if (!code) {                                                                                           \
			LIGHT_TAKE(skel, ret);                                                                         \
			take_more(skel, ret);                                                                          \
		}                                                                                                      \
		name##_light__destroy(skel);                                                                           \
		return code;                                                                                           \
	}

LOAD_LIGHT(modern_tp_btf, NOTHING, NOTHING)
LOAD_LIGHT(modern_tracepoint, NOTHING, NOTHING)
LOAD_LIGHT(modern_tp_btf_lives, LIGHT_CONFIGURE_LIVES, LIGHT_TAKE_LIVES)
LOAD_LIGHT(modern_tracepoint_lives, LIGHT_CONFIGURE_LIVES, LIGHT_TAKE_LIVES)

const struct variant variants[] = {
	{"modern", HOOK_TP_BTF, false, object_modern_tp_btf, load_light_modern_tp_btf},
	{"compat", HOOK_TP_BTF, false, object_compat_tp_btf, NULL},
	{"modern", HOOK_TRACEPOINT, false, object_modern_tracepoint, load_light_modern_tracepoint},
	{"compat", HOOK_TRACEPOINT, false, object_compat_tracepoint, NULL},
	{"modern", HOOK_TP_BTF, true, object_modern_tp_btf_lives, load_light_modern_tp_btf_lives},
	{"compat", HOOK_TP_BTF, true, object_compat_tp_btf_lives, NULL},
	{"modern", HOOK_TRACEPOINT, true, object_modern_tracepoint_lives, load_light_modern_tracepoint_lives},
	{"compat", HOOK_TRACEPOINT, true, object_compat_tracepoint_lives, NULL},
};
const size_t nr_variants = sizeof(variants) / sizeof(variants[0]);
