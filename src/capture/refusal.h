/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds out why the kernel refused to load or attach, and what to do about it. */
#ifndef CAPTURE_REFUSAL_H
#define CAPTURE_REFUSAL_H

#include "base/error.h"
#include "capture/capture.h"

/* As written after --hook. */
const char *capture_hook_name(enum capture_hook hook);

/* Says that there is no variant of this name, and which there are. Returns -EINVAL. */
int refusal_explain_variant(const char *name, struct error *err);

/* Adds the most likely reason and the next step to `err`, which describes a failure `code` (-errno). Returns the code.
 */
int refusal_explain(int code, const struct settings *settings, struct error *err);

#endif
