/* SPDX-License-Identifier: GPL-2.0-only */
/* What a tracepoint hands over, from the best source there is: for the commands gen and new. */
#ifndef COMMANDS_GEN_TRACEPOINT_H
#define COMMANDS_GEN_TRACEPOINT_H

#include "generate/layout.h"

enum gen_hook {
	GEN_HOOK_TP,
	GEN_HOOK_TP_BTF,
};
extern const char *const gen_hook_names[]; /* as the options have them */

struct gen_tracepoint_source {
	const char *btf;    /* file of another kernel; NULL: the running one */
	const char *format; /* format file; NULL: tracefs, or with `btf` BTF alone */
	enum gen_hook hook;
};

/*
 * Fills `l` for CATEGORY:NAME; the caller releases it by layout_done, after an error too. `btf` belongs to s->btf and
 * must outlive it. Returns 0 or -errno, described.
 */
int gen_tracepoint_read(struct layout *l, const char *words, const struct gen_tracepoint_source *s, struct btf *btf,
			struct error *err);

#endif
