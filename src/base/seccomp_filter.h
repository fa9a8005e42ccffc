/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to harden.c: the allow-list of system calls. */
#ifndef BASE_SECCOMP_FILTER_H
#define BASE_SECCOMP_FILTER_H

#include <stdbool.h>

/* Puts the list in force for this process and all its threads; needs no_new_privs. Returns 0 or -errno.
 * With `child` it may wait for its children and signal any process. */
int seccomp_filter_load(bool child);

/* The same for the process that opens files (base/opener.c): it takes requests, opens, answers and ends. */
int seccomp_filter_load_opener(void);

#endif
