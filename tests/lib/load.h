/* SPDX-License-Identifier: GPL-2.0-only */
/* Objects of the tests of lib/: opened with log lines chosen, loaded, their programs run, their rings read. A failure
 * ends the test. */
#ifndef TESTS_LIB_LOAD_H
#define TESTS_LIB_LOAD_H

#include <bpf/libbpf.h>

#include "lib/klog/klog_read.h"

struct lib_object {
	struct bpf_object *object;
	struct klog_table *table; /* NULL: it has no log lines */
	unsigned char on[256];	  /* klog_on, put in by lib_load */
};

/* Ends the test as skipped where BPF programs cannot be loaded. */
void lib_need_bpf(void);

/* Opens an object of this folder's build. */
struct lib_object *lib_open(const char *name, enum klog_level level);
void lib_load(struct lib_object *o);
void lib_close(struct lib_object *o);

/* Loads one program of an object alone, without output. Returns 0 or -errno. */
int lib_try(const char *name, const char *program);

int lib_program_fd(struct lib_object *o, const char *program);

/* Runs a program once (BPF_PROG_TEST_RUN); returns what it returned. */
int lib_run(struct lib_object *o, const char *program);

/* Writes a global variable of .data or .bss. */
void lib_write(struct lib_object *o, const char *variable, const void *bytes, size_t nr_bytes);
void lib_fetch(struct lib_object *o, const char *variable, void *bytes, size_t nr_bytes);

/* Hands over what lies in a ring. */
void lib_read(struct lib_object *o, const char *ring, int (*take)(void *o, void *record, size_t bytes));

/* klog_counters of one processor; false: there is no such processor. */
bool lib_counters(struct lib_object *o, int cpu, struct klog_counters *ret);

/* Size of a program after the verifier has taken out what is never run. */
unsigned int lib_xlated_bytes(struct lib_object *o, const char *program);

#endif
