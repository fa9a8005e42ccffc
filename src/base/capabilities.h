/* SPDX-License-Identifier: GPL-2.0-only */
/* Which capabilities this process has, and how it gives them up: capabilities(7). Can never give it any. */
#ifndef BASE_CAPABILITIES_H
#define BASE_CAPABILITIES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"

/* What loading and attaching needs, bits of the sets below. */
enum capability_need {
	NEED_BPF = 1 << 0,     /* CAP_BPF, or CAP_SYS_ADMIN */
	NEED_PERFMON = 1 << 1, /* CAP_PERFMON, or CAP_SYS_ADMIN */
	NEED_TRACEFS = 1 << 2, /* CAP_DAC_READ_SEARCH, or CAP_DAC_OVERRIDE, or user 0: tracefs belongs to root */
};

/* True where the capability `number` of linux/capability.h is effective. */
bool capabilities_have(unsigned int number);

/* Those of `needs` that are not effective. */
unsigned int capabilities_missing(unsigned int needs);

/*
 * Appends what is missing of `needs` in words, such as "CAP_BPF and CAP_PERFMON (or CAP_SYS_ADMIN)". Returns false, and
 * appends nothing, where all are there.
 */
bool capabilities_describe_missing(struct buffer *b, unsigned int needs);

/*
 * Gives up all capabilities of the calling thread but those of `set` (bit N: number N of linux/capability.h) that it is
 * permitted: inheritable and ambient ones go in any case. Returns 0 or -errno.
 */
int capabilities_keep(uint64_t set);

/*
 * Empties the bounding set, and locks the securebits by which user 0 gets no capabilities from an exec. Needs
 * CAP_SETPCAP. Returns 0 or -errno.
 */
int capabilities_drop_bounding(void);

#endif
