/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds out why the kernel refused to load or attach, and what to do about it. */
#ifndef CAPTURE_REFUSAL_H
#define CAPTURE_REFUSAL_H

#include "base/error.h"
#include "capture/capture.h"

/* As written after --hook. */
const char *capture_hook_name(enum capture_hook hook);

/* How far the kernel is locked down: kernel_lockdown(7). */
enum lockdown {
	LOCKDOWN_NONE,
	LOCKDOWN_INTEGRITY,
	LOCKDOWN_CONFIDENTIALITY, /* forbids reading the kernel's memory by BPF */
	LOCKDOWN_UNKNOWN,	  /* not told: the kernel has none, or securityfs is not mounted or not readable */
};
enum lockdown refusal_lockdown(void);

/* Says that there is no variant of this name, and which there are. Returns -EINVAL. */
int refusal_explain_variant(const char *name, struct error *err);

/* Adds the most likely reason and the next step to `err`, which describes a failure `code` (-errno). Returns the code.
 */
int refusal_explain(int code, const struct settings *settings, struct error *err);

#endif
