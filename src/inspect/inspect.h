/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The programs and maps of eBPF that the kernel holds, as events of two types. Read by bpf(2), which for this wants
 * CAP_SYS_ADMIN; changes nothing but, where it is asked to, the statistics that the kernel keeps of runs.
 */
#ifndef INSPECT_INSPECT_H
#define INSPECT_INSPECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"
#include "schema/schema.h"
#include "schema/scratch.h"

/* Numbers that are not known are UINT64_MAX, texts have no data. */
struct inspected_program {
	uint64_t time;			   /* of the sample, nanoseconds since 1970 */
	uint64_t loaded_at;		   /* the same */
	uint64_t runs, run_ns, ns_per_run; /* between two samples, while the kernel kept statistics */
	uint64_t interval_ns;		   /* that lie this far apart */
	uint64_t total_runs, total_run_ns; /* ever, while it kept statistics */
	uint64_t missed;		   /* runs that the kernel skipped, ever */
	uint64_t memlock;		   /* bytes of memory */
	uint64_t pid;			   /* of the holder below */
	uint64_t verified;		   /* instructions that the verifier looked at */
	uint32_t id, uid;
	uint32_t holders;    /* processes that have it open */
	uint32_t translated; /* bytes of its instructions, as the kernel rewrote them */
	uint32_t jited;	     /* bytes of machine code */
	bool of_observer;
	struct slice type, name, tag, attached, comm, cpu, bpftool;
	struct slice map_ids; /* uint32_t, one behind the other: inspect_ids_have */
};

struct inspected_map {
	uint64_t time;
	uint64_t memlock; /* bytes of memory, as the kernel says in fdinfo */
	uint64_t pid;	  /* of the holder below */
	uint32_t id, holders, key_size, value_size, entries, flags;
	bool of_observer;
	struct slice type, name, comm, bpftool;
	struct slice program_ids; /* the same: of the programs in the same inspection that use it */
};

struct inspection {
	uint64_t boot_ns;		    /* when it was made */
	struct inspected_program *programs; /* by id */
	size_t nr_programs;
	struct inspected_map *maps;
	size_t nr_maps;
	struct scratch texts;
};

/* Looks at all programs and maps. Returns 0 or -errno, described; *ret is released by inspection_done in each case. */
int inspect(struct inspection *ret, struct error *err);
void inspection_done(struct inspection *i);

/* Whether this id is one of map_ids or program_ids. */
bool inspect_ids_have(struct slice ids, uint32_t id);

/* What is kept of it. */
struct inspect_choice {
	bool all;	  /* of the machine */
	const char *name; /* pattern of base/glob.h over names of programs and maps; NULL: any */
	uint64_t id;	  /* of a program or map; 0: any */
};

/* Keeps the programs that are chosen with their maps, and the maps that are chosen. Without a choice those of running
 * observers. */
void inspect_choose(struct inspection *i, const struct inspect_choice *choice);

/* Fills in what happened since `before`. */
void inspect_compare(struct inspection *now, const struct inspection *before);

/* Makes the kernel keep statistics of runs until the descriptor is closed; -errno where it refuses (CAP_SYS_ADMIN). */
int inspect_count_runs(void);

extern const struct schema schema_program, schema_map;

#endif
