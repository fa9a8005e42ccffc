/* SPDX-License-Identifier: GPL-2.0-only */
/* The options --klog-site and --klog-list: which lines of the kernel side's source can log, and choosing among them. */
#ifndef COMMANDS_LOG_SITES_H
#define COMMANDS_LOG_SITES_H

#include "base/error.h"
#include "capture/capture.h"
#include "cli/options.h"

/*
 * Reads FILE:LINE=on|off, each of which must name a line that can log where these events (bits) are captured. *ret has
 * texts->nr_items of them, in memory of its own that is released by free(). Returns 0 or -errno, described.
 */
int log_sites_read(const struct option_texts *texts, uint32_t events, struct capture_log_site **ret, struct error *err);

/* Prints all lines that can log to standard output. */
int log_sites_print(uint32_t events, struct error *err);

#endif
