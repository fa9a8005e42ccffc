/* SPDX-License-Identifier: GPL-2.0-only */
/* Gives memory back that only the start needed. */
#ifndef CAPTURE_RESIDENCE_H
#define CAPTURE_RESIDENCE_H

/*
 * Unmaps the pages of code and constants, the program's and its libraries': most are those of the embedded BPF objects
 * and of libbpf, which are not needed again. What is touched comes back from the page cache. To be called after loading
 * and before the ring is mapped, so that the two do not add up.
 */
void residence_drop_unchanged(void);

#endif
