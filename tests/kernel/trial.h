/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kinds of hooks tried by themselves, without observer: a program that counts is loaded, attached, and made to run. So
 * tests know what this kernel really lets be done.
 */
#ifndef KERNEL_TRIAL_H
#define KERNEL_TRIAL_H

#include <stdbool.h>

enum trial_kind {
	TRIAL_RAW_TP,
	TRIAL_TP_BTF,
	TRIAL_FENTRY,
	TRIAL_FEXIT,
	TRIAL_FMOD_RET,
	TRIAL_LSM,
	TRIAL_KPROBE,
	TRIALS,			 /* those that observer doctor has a name for */
	TRIAL_EXECVEAT = TRIALS, /* fexit of the function behind execveat, whose registers are read */
	TRIALS_ALL,
};

struct trial {
	const char *name;		 /* of the kind, as observer doctor calls it */
	const char *target;		 /* as observer inspect names what it is attached to */
	char program[16];		 /* its name in the kernel */
	const char *failed;		 /* the step that failed: "load", "attach" or "run"; NULL: none */
	int error;			 /* errno of it; 0 where it was attached and never ran */
	int program_fd, link_fd, map_fd; /* -1: none */
};

/* Loads and attaches, and makes it run; what was opened stays so until trial_end. */
struct trial trial_begin(enum trial_kind kind);
void trial_end(struct trial *t);

/* Skips the test where a program of this kind does not come to run, and says why. */
void need_hook(enum trial_kind kind);

#endif
