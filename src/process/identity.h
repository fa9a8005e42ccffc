/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Identities of processes. A pid is reused, the pair of pid and start time is not within one boot, and the boot id
 * tells boots and machines apart. The text is BOOT.PID.START: the first 12 digits of the kernel's boot id, the pid in
 * the initial pid namespace in decimal, and the start time in nanoseconds since boot in hexadecimal, as in
 * 9f3c2a71b0de.54304.a1b2c3d4e5.
 */
#ifndef PROCESS_IDENTITY_H
#define PROCESS_IDENTITY_H

#include <stddef.h>
#include <stdint.h>

#include "base/digits.h"

#define IDENTITY_BOOT_BYTES 12
#define IDENTITY_BYTES_MAX  (IDENTITY_BOOT_BYTES + 1 + 10 + 1 + DIGITS_HEX_MAX)

struct boot {
	char digits[IDENTITY_BOOT_BYTES];
};

/* Reads the boot id from the file. Returns 0 or -errno; the digits are then zeros. */
int identity_read_boot(struct boot *boot, const char *path);

/* Writes the identity to `text`, not ended by NUL; returns its length. */
size_t identity_put(char text[static IDENTITY_BYTES_MAX], const struct boot *boot, uint32_t pid, uint64_t start_ns);

#endif
