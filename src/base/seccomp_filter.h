/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to harden.c: the allow-list of system calls. */
#ifndef BASE_SECCOMP_FILTER_H
#define BASE_SECCOMP_FILTER_H

/* Puts the list in force for this process and all its threads; needs no_new_privs. Returns 0 or -errno. */
int seccomp_filter_load(void);

#endif
