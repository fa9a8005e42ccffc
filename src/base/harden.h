/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Gives up everything that a running observer no longer needs: capabilities, new privileges, being traced, and all
 * system calls but those of reading the ring and writing what is open already. No file can be opened afterwards. To be
 * called once, after attaching and opening, before threads are made: all but the bounding set is per thread.
 */
#ifndef BASE_HARDEN_H
#define BASE_HARDEN_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"

enum harden_layer {
	HARDEN_NO_NEW_PRIVS = 1 << 0,
	HARDEN_CAPABILITIES = 1 << 1, /* effective, permitted, inheritable and ambient are empty */
	HARDEN_BOUNDING = 1 << 2,     /* the bounding set is empty; needs CAP_SETPCAP */
	HARDEN_DUMPABLE = 1 << 3,     /* no core file, no ptrace by the same user; /proc/PID belongs to root */
	HARDEN_SECCOMP = 1 << 4,      /* system calls outside of the list fail with EPERM */
	HARDEN_ALL = (1 << 5) - 1,
};

struct harden_settings {
	unsigned int layers; /* enum harden_layer; 0: all */
	bool child;	     /* it has a child to wait for and to pass signals on to: keeps wait, kill and CAP_KILL */
};

/*
 * Returns the layers in force, a set of enum harden_layer: those asked for that the kernel granted. A container may
 * refuse some, which is no reason to stop. `err`, which may be NULL, describes the first refusal and is untouched where
 * there is none. A bounding set that stays for want of CAP_SETPCAP is none as long as no_new_privs is in force.
 */
int harden(const struct harden_settings *settings, struct error *err);

/* Appends the names of the layers, "no_new_privs, capabilities", or "none". */
void harden_describe(struct buffer *b, unsigned int layers);

#endif
