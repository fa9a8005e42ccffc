/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers with units as people type them. The whole text must be one; nothing is rounded or clamped in silence. Errors
 * are -EINVAL (not such a number) and -ERANGE (too large), described with a hint; the result is then untouched.
 */
#ifndef BASE_PARSE_H
#define BASE_PARSE_H

#include <stdint.h>

#include "base/error.h"

/* Digits alone, at most `max`. */
int parse_number(const char *text, uint64_t max, uint64_t *ret_number, struct error *err);

/* Bytes: "4096", or with a unit of 1024: "64K", "4M", "1G" (also "64k", "64KiB"). */
int parse_size(const char *text, uint64_t *ret_bytes, struct error *err);

/* Nanoseconds: "10s", "500ms", "1.5m", "2h", "250us", "100ns"; without a unit seconds. */
int parse_duration(const char *text, uint64_t *ret_ns, struct error *err);

#endif
