/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel side as loaded: one of the variants of bpf/process.bpf.c or bpf/tracepoint.bpf.c. A variant is loaded by
 * its light skeleton (the kernel does the relocations: no parsing of the kernel's BTF here, a fifth of the time and
 * memory) where it has one, else by libbpf.
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
	PROGRAM_FIND,			 /* find_process */
	PROGRAM_FOLLOW_FORK,
	PROGRAM_FOLLOW_FREE,
	PROGRAM_EVENTS, /* from here on maps */
	PROGRAM_BELL,
	PROGRAM_FAILED_EVENTS,
	PROGRAM_COUNTERS,
	PROGRAM_READER,
	PROGRAM_FOLLOWED,
	PROGRAM_FILTERS,
	PROGRAM_DEFERRED, /* held: without a descriptor of it the kernel takes no more task work */
	PROGRAM_TRACEPOINTS,
	PROGRAM_FD_MAX,
};

/* Functions behind execve and execveat that a kernel can have: x86 with 32-bit programs and x32. */
#define EXEC_RETURNS_MAX 6

struct program {
	int fds[PROGRAM_FD_MAX];
	bool pinned;		       /* what is attached must be a link */
	int returns[EXEC_RETURNS_MAX]; /* instead of fds[RECORD_exec_fail]: returns.h; in a row */
};

/* Lines of source that log; as KLOG_SITES_MAX of the kernel side. */
#define LOG_SITES_MAX 256

/* What a variant is loaded with. */
struct program_settings {
	struct settings settings;	      /* .rodata */
	uint32_t max_entries[PROGRAM_FD_MAX]; /* of the maps; 0: as the object has it */
	const char *btf; /* file with the kernel's types, for relocations; NULL: the kernel's own */
	bool returns;	 /* failed execs at the ends of the functions, not at sys_exit; by libbpf alone */
	unsigned char klog_on[LOG_SITES_MAX]; /* .rodata too: which lines log */
};

/* What an object is for. */
enum object {
	OBJECT_EXEC,
	OBJECT_LIVES, /* all event types of processes */
	OBJECT_TRACE, /* tracepoints */
};

/* An ELF object as the build leaves it: deflated, zlib(3). */
struct packed {
	size_t bytes; /* of the object */
	size_t packed_bytes;
	const unsigned char *packed;
};

/* The object, packed->bytes of it; the caller frees it. NULL: no memory. */
void *program_unpack(const struct packed *packed);

struct variant {
	const char *name;
	enum capture_hook hook;
	enum object object_type;
	const struct packed *object;
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

/* A descriptor that outlives what it was loaded by; -1 where there is none. */
int program_keep(int fd);

void program_init(struct program *p);
void program_close(struct program *p);

/*
 * Attaches the program of an event type (of `exec` by this hook); returns the descriptor that holds it (closing it
 * detaches), or -errno. For the snapshot it is an iterator: each read(2) walks on over the processes, 0 is the end.
 */
int program_attach(const struct program *p, enum record_type type, enum capture_hook hook, struct error *err);

/*
 * Attaches the program of tracepoints to the one of perf's number `id`; `cookie` tells it which. Returns the descriptor
 * that holds it, or -errno: -EINVAL from kernels without attach cookies.
 */
int program_attach_tracepoint(const struct program *p, uint32_t id, uint64_t cookie);

/* Attaches the programs that keep the map `followed` for tracepoints: fork, or the end of a process. As program_attach.
 */
int program_attach_follower(const struct program *p, enum program_fd which, struct error *err);

/* Notes what the caller calls "/", for the paths. Returns 0 or -errno. */
int program_remember_root(const struct program *p, struct error *err);

/*
 * The process id that events have of a child of the caller, or of the caller itself where `pid` is 0: in a pid
 * namespace of its own (a container) it is called otherwise. Returns 0 or -errno.
 */
int program_find_process(const struct program *p, uint32_t pid, uint32_t *ret_pid, struct error *err);

/* Runs of an event type's program that the kernel skipped (recursion_misses); 0 where it does not say. */
uint64_t program_count_missed(const struct program *p, enum record_type type);

#endif
