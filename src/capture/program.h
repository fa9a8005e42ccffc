/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel side as loaded: one of the variants of bpf/process.bpf.c. A variant is loaded by its light skeleton (the
 * kernel does the relocations: no parsing of the kernel's BTF here, a fifth of the time and memory) where it has one,
 * else by libbpf.
 */
#ifndef CAPTURE_PROGRAM_H
#define CAPTURE_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "capture/capture.h"

/* What is kept of a loaded variant; descriptors, owned by whoever holds it, -1 where closed or not there. */
enum program_fd {
	/* the program of each event type: the numbers of enum record_type */
	PROGRAM_ROOT = RECORD_EVENT_MAX, /* remember_root */
	PROGRAM_EVENTS,			 /* maps */
	PROGRAM_BELL,
	PROGRAM_FAILED_EVENTS,
	PROGRAM_COUNTERS,
	PROGRAM_READER,
	PROGRAM_FOLLOWED,
	PROGRAM_FILTERS,
	PROGRAM_DEFERRED, /* held: without a descriptor of it the kernel takes no more task work */
	PROGRAM_FD_MAX,
};

struct program {
	int fds[PROGRAM_FD_MAX];
};

/* Lines of source that log; as KLOG_SITES_MAX of the kernel side. */
#define LOG_SITES_MAX 256

/* What a variant is loaded with. */
struct program_settings {
	struct settings settings; /* .rodata */
	uint32_t nr_cpus;	  /* possible ones */
	uint32_t nr_followed;	  /* room of the map `followed` */
	const char *btf;	  /* file with the kernel's types, for relocations; NULL: the kernel's own */
	unsigned char klog_on[LOG_SITES_MAX]; /* .rodata too: which lines log */
};

struct variant {
	const char *name;
	enum capture_hook hook;
	bool lives; /* has the programs of all event types, not of exec alone */
	/* The ELF object; *ret_bytes is its size. */
	const void *(*object)(size_t *ret_bytes);
	/* Loads by light skeleton; NULL where there is none. 0 or -errno, without a reason: the verifier's words come
	 * by libbpf only. */
	int (*load_light)(const struct program_settings *settings, struct program *ret);
};

/* Best first. */
extern const struct variant variants[];
extern const size_t nr_variants;

/* Loads one variant by its light skeleton. Returns 0 or -errno without a reason; -ENOTSUP where it has none. */
int program_load_light(const struct variant *v, const struct program_settings *settings, struct program *ret);
/* Loads one variant, light where possible. Returns 0 or -errno with the kernel's reason in `err`. */
int program_load(const struct variant *v, const struct program_settings *settings, struct program *ret,
		 struct error *err);
/* libbpf prints its own warnings; what matters of them comes as our errors. */
void program_silence_libbpf(void);

void program_init(struct program *p);
void program_close(struct program *p);

/*
 * Attaches the program of an event type (of `exec` by this hook); returns the descriptor that holds it (closing it
 * detaches), or -errno. For the snapshot it is an iterator: each read(2) walks on over the processes, 0 is the end.
 */
int program_attach(const struct program *p, enum record_type type, enum capture_hook hook, struct error *err);

/* Notes what the caller calls "/", for the paths. Returns 0 or -errno. */
int program_remember_root(const struct program *p, struct error *err);

/* Runs of an event type's program that the kernel skipped (recursion_misses); 0 where it does not say. */
uint64_t program_count_missed(const struct program *p, enum record_type type);

#endif
