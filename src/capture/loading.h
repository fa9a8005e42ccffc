/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to capture/: which variant of the kernel side is loaded, and with which of its log lines switched on. */
#ifndef CAPTURE_LOADING_H
#define CAPTURE_LOADING_H

#include "capture/state.h"

/* Before libbpf, which says of a file that it cannot read no more than of a program that does not load. 0 or -errno. */
int loading_check_types(const char *path, struct error *err);

/* Whether the settings let this variant be loaded. */
bool loading_admits(const struct capture *c, const struct variant *v);

/* Loads the first variant that works into c->program; c->variant says which. 0 or -errno with all reasons. */
int loading_load(struct capture *c, const struct capture_settings *settings, struct error *err);

/* Sets the switches of a variant's log lines, and c->log_table: each object numbers its lines by itself. 0 or -errno.
 */
int loading_choose_log(struct capture *c, const struct variant *v, const struct capture_log *log, struct error *err);

#endif
