/* SPDX-License-Identifier: GPL-2.0-only */
/* The variants of the kernel side, as embedded by the build. A new one is a row here and one in bpf/meson.build. */
#include "capture/program.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "capture/objects.h"
#include "events/exec.h"

#include "compat_trace.packed.h"
#include "compat_tp_btf.packed.h"
#include "compat_tp_btf_lives.packed.h"
#include "compat_tracepoint.packed.h"
#include "compat_tracepoint_lives.packed.h"
#include "modern_trace.light.h"
#include "modern_trace.packed.h"
#include "modern_tp_btf.light.h"
#include "modern_tp_btf.packed.h"
#include "modern_tp_btf_lives.light.h"
#include "modern_tp_btf_lives.packed.h"
#include "modern_tracepoint.light.h"
#include "modern_tracepoint.packed.h"
#include "modern_tracepoint_lives.light.h"
#include "modern_tracepoint_lives.packed.h"

/* Light skeletons are types of their own without a common one: the same lines for each. */
#define IGNORE(slot, name)
#define TAKE_PROGRAM(slot, name) ret->fds[slot] = program_keep(skel->progs.name.prog_fd);
#define TAKE_MAP(slot, name)	 ret->fds[slot] = program_keep(skel->maps.name.map_fd);
#define SIZE_MAP(slot, name)                                                                                           \
	if (with->max_entries[slot])                                                                                   \
		skel->maps.name.max_entries = with->max_entries[slot];

#define LOAD_LIGHT(name, ROWS)                                                                                         \
	static int load_light_##name(const struct program_settings *with, struct program *ret)                         \
	{                                                                                                              \
		struct name##_light *skel = name##_light__open();                                                      \
		int code;                                                                                              \
                                                                                                                       \
		if (!skel)                                                                                             \
			return -ENOMEM;                                                                                \
		memcpy(&skel->rodata->settings, &with->settings, sizeof(with->settings));                              \
		_Static_assert(sizeof(skel->rodata->klog_on) == sizeof(with->klog_on), "one byte for each site");      \
		memcpy((void *)skel->rodata->klog_on, with->klog_on, sizeof(with->klog_on));                           \
		ROWS(IGNORE, SIZE_MAP)                                                                                 \
		code = name##_light__load(skel);                                                                       \
		if (!code) {                                                                                           \
			program_init(ret);                                                                             \
			ROWS(TAKE_PROGRAM, TAKE_MAP)                                                                   \
		}                                                                                                      \
		name##_light__destroy(skel);                                                                           \
		return code;                                                                                           \
	}

LOAD_LIGHT(modern_tp_btf, OBJECT_EXEC_ROWS)
LOAD_LIGHT(modern_tracepoint, OBJECT_EXEC_ROWS)
LOAD_LIGHT(modern_tp_btf_lives, OBJECT_LIVES_ROWS)
LOAD_LIGHT(modern_tracepoint_lives, OBJECT_LIVES_ROWS)
LOAD_LIGHT(modern_trace, OBJECT_TRACE_ROWS)

const struct variant variants[] = {
	{"modern", HOOK_TP_BTF, OBJECT_EXEC, &packed_modern_tp_btf, load_light_modern_tp_btf},
	{"compat", HOOK_TP_BTF, OBJECT_EXEC, &packed_compat_tp_btf, NULL},
	{"modern", HOOK_TRACEPOINT, OBJECT_EXEC, &packed_modern_tracepoint, load_light_modern_tracepoint},
	{"compat", HOOK_TRACEPOINT, OBJECT_EXEC, &packed_compat_tracepoint, NULL},
	{"modern", HOOK_TP_BTF, OBJECT_LIVES, &packed_modern_tp_btf_lives, load_light_modern_tp_btf_lives},
	{"compat", HOOK_TP_BTF, OBJECT_LIVES, &packed_compat_tp_btf_lives, NULL},
	{"modern", HOOK_TRACEPOINT, OBJECT_LIVES, &packed_modern_tracepoint_lives, load_light_modern_tracepoint_lives},
	{"compat", HOOK_TRACEPOINT, OBJECT_LIVES, &packed_compat_tracepoint_lives, NULL},
	{"modern", HOOK_TRACEPOINT, OBJECT_TRACE, &packed_modern_trace, load_light_modern_trace},
	{"compat", HOOK_TRACEPOINT, OBJECT_TRACE, &packed_compat_trace, NULL},
};
const size_t nr_variants = sizeof(variants) / sizeof(variants[0]);
