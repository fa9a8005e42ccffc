/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel side as loaded: one of the variants of bpf/process.bpf.c. A variant is loaded by its light skeleton (the kernel does the
 * relocations: no parsing of the kernel's BTF here, a fifth of the time and memory) where it has one, else by libbpf.
 */
#ifndef CAPTURE_PROGRAM_H
#define CAPTURE_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "capture/capture.h"

/* What is kept of a loaded variant; descriptors, owned by whoever holds it, -1 where closed. */
struct program {
	int trace_fd;	/* trace_sched_process_exec */
	int root_fd;	/* remember_root */
	int events_fd;	/* maps */
	int counters_fd;
	int reader_fd;
};

struct variant {
	const char *name;
	enum capture_hook hook;
	/* The ELF object; *ret_bytes is its size. */
	const void *(*object)(size_t *ret_bytes);
	/* Loads by light skeleton; NULL where there is none. 0 or -errno, without a reason: the verifier's words come by libbpf only. */
	int (*load_light)(const struct settings *settings, uint32_t nr_cpus, struct program *ret);
};

/* Best first. */
extern const struct variant variants[];
extern const size_t nr_variants;

/* Loads one variant, light where possible. Returns 0 or -errno with the kernel's reason in `err`. */
int program_load(const struct variant *v, const struct settings *settings, uint32_t nr_cpus, struct program *ret, struct error *err);
void program_close(struct program *p);

/* Loads through libbpf. */
int program_load_object(const struct variant *v, const struct settings *settings, uint32_t nr_cpus, struct program *ret,
			struct error *err);

/* Attaches trace_sched_process_exec; returns the descriptor that holds it (closing it detaches), or -errno. */
int program_attach(const struct program *p, enum capture_hook hook, struct error *err);

/* Runs that the kernel skipped (recursion_misses); 0 where it does not say. */
uint64_t program_count_missed(const struct program *p);

#endif
