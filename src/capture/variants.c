/* SPDX-License-Identifier: GPL-2.0-only */
/* The variants of the kernel side, as embedded by the build. A new one is a row here and one in bpf/meson.build. */
#include "capture/program.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "events/exec.h"

#include "compat_tp_btf.skel.h"
#include "compat_tracepoint.skel.h"
#include "modern_tp_btf.lskel.h"
#include "modern_tp_btf.skel.h"
#include "modern_tracepoint.lskel.h"
#include "modern_tracepoint.skel.h"

static const void *object_bytes_of(const void *bytes)
{
	return bytes;
}

#define OBJECT(name)                                        \
	static const void *object_##name(size_t *ret_bytes) \
	{                                                   \
		return object_bytes_of(name##__elf_bytes(ret_bytes)); \
	}

OBJECT(modern_tp_btf)
OBJECT(modern_tracepoint)
OBJECT(compat_tp_btf)
OBJECT(compat_tracepoint)

/* Light skeletons are types of their own without a common one: the same few lines for each. */
#define LOAD_LIGHT(name)                                                                                   \
	static int load_light_##name(const struct settings *settings, uint32_t nr_cpus, struct program *ret) \
	{                                                                                                  \
		struct name##_light *skel = name##_light__open();                                          \
		int code;                                                                                  \
                                                                                                           \
		if (!skel)                                                                                 \
			return -ENOMEM;                                                                    \
		memcpy(&skel->rodata->settings, settings, sizeof(*settings));                              \
		skel->maps.events.max_entries = settings->ring_bytes;                                      \
		skel->maps.counters.max_entries = nr_cpus;                                                 \
		code = name##_light__load(skel);                                                           \
		if (!code)                                                                                 \
			*ret = (struct program){                                                           \
				.trace_fd = keep(skel->progs.trace_sched_process_exec.prog_fd),            \
				.root_fd = keep(skel->progs.remember_root.prog_fd),                        \
				.events_fd = keep(skel->maps.events.map_fd),                               \
				.counters_fd = keep(skel->maps.counters.map_fd),                           \
				.reader_fd = keep(skel->maps.reader.map_fd),                               \
			};                                                                                 \
		name##_light__destroy(skel);                                                               \
		return code;                                                                               \
	}

/* A descriptor that outlives the skeleton. */
static int keep(int fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

LOAD_LIGHT(modern_tp_btf)
LOAD_LIGHT(modern_tracepoint)

const struct variant variants[] = {
	{"modern", HOOK_TP_BTF, object_modern_tp_btf, load_light_modern_tp_btf},
	{"compat", HOOK_TP_BTF, object_compat_tp_btf, NULL},
	{"modern", HOOK_TRACEPOINT, object_modern_tracepoint, load_light_modern_tracepoint},
	{"compat", HOOK_TRACEPOINT, object_compat_tracepoint, NULL},
};
const size_t nr_variants = sizeof(variants) / sizeof(variants[0]);
