/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs and maps as event types: the rows that table, JSON and --fields show. */
#include <stddef.h>

#include "inspect/inspect.h"
#include "schema/slice.h"

#define PROGRAM_TEXT(member, heading, doc)  SLICE_FIELD(struct inspected_program, member, heading, doc)
#define PROGRAM_IDS(member, heading, doc)   NUMBERS_FIELD(struct inspected_program, member, heading, doc)
#define PROGRAM(kind, member, heading, doc) STRUCT_FIELD(struct inspected_program, kind, member, heading, doc)
#define MAP_TEXT(member, heading, doc)	    SLICE_FIELD(struct inspected_map, member, heading, doc)
#define MAP_IDS(member, heading, doc)	    NUMBERS_FIELD(struct inspected_map, member, heading, doc)
#define MAP(kind, member, heading, doc)	    STRUCT_FIELD(struct inspected_map, kind, member, heading, doc)

static const struct field program_fields[] = {
	PROGRAM(time, time, "TIME", "when this was read"),
	PROGRAM(u32, id, "ID", "number that the kernel gave the program"),
	PROGRAM_TEXT(type, "TYPE", "type of program, as libbpf names it"),
	PROGRAM_TEXT(name, "NAME", "name of its first function, whole where the kernel has type information of it"),
	PROGRAM_TEXT(tag, "TAG", "hash of its instructions"),
	PROGRAM_TEXT(attached, "ATTACHED", "where it is attached; absent where it is not, or the kernel does not tell"),
	PROGRAM(time, loaded_at, "LOADED", "when it was loaded"),
	PROGRAM(id, uid, "UID", "user who loaded it"),
	PROGRAM(number, runs, "RUNS", "runs in the interval"),
	PROGRAM(number, run_ns, "RUN_NS", "nanoseconds that those took"),
	PROGRAM(number, ns_per_run, "NS/RUN", "nanoseconds of one of them in the mean; absent where there was none"),
	PROGRAM_TEXT(cpu, "CPU", "share of one processor's time in the interval"),
	PROGRAM(number, interval_ns, "INTERVAL", "nanoseconds over which runs were counted"),
	PROGRAM(number, total_runs, "TOTAL_RUNS", "runs since it was loaded, while the kernel kept statistics"),
	PROGRAM(number, total_run_ns, "TOTAL_NS", "nanoseconds that those took"),
	PROGRAM(number, missed, "MISSED", "runs that the kernel skipped since it was loaded (recursion_misses)"),
	PROGRAM(u32, translated, "XLATED", "bytes of its instructions, as the kernel rewrote them"),
	PROGRAM(u32, jited, "JITED", "bytes of machine code; 0 without a compiler in the kernel"),
	PROGRAM(number, verified, "VERIFIED", "instructions that the verifier looked at"),
	PROGRAM(number, memlock, "MEMLOCK", "bytes of memory, as the kernel says"),
	PROGRAM_IDS(map_ids, "MAPS", "numbers of the maps that it uses"),
	PROGRAM(number, pid, "PID", "process that has it open, the one with the lowest number"),
	PROGRAM_TEXT(comm, "HOLDER", "name of that process"),
	PROGRAM(u32, holders, "HOLDERS", "processes that have it open; 0: it is pinned or held by the kernel"),
	PROGRAM_TEXT(bpftool, "BPFTOOL", "the command of bpftool(8) that shows it"),
};

static const struct field map_fields[] = {
	MAP(time, time, "TIME", "when this was read"),
	MAP(u32, id, "ID", "number that the kernel gave the map"),
	MAP_TEXT(type, "TYPE", "type of map, as libbpf names it"),
	MAP_TEXT(name, "NAME", "its name, of which the kernel keeps 15 bytes"),
	MAP(u32, key_size, "KEY", "bytes of a key"),
	MAP(u32, value_size, "VALUE", "bytes of a value"),
	MAP(u32, entries, "ENTRIES", "entries at most; of a ring buffer bytes"),
	MAP(u32, flags, "FLAGS", "flags that it was made with, bits of linux/bpf.h"),
	MAP(number, memlock, "MEMLOCK", "bytes of memory, as the kernel says"),
	MAP_IDS(program_ids, "PROGRAMS", "numbers of the programs that use it"),
	MAP(number, pid, "PID", "process that has it open, the one with the lowest number"),
	MAP_TEXT(comm, "HOLDER", "name of that process"),
	MAP(u32, holders, "HOLDERS", "processes that have it open; 0: only programs use it, or it is pinned"),
	MAP_TEXT(bpftool, "BPFTOOL", "the command of bpftool(8) that shows it"),
};

const struct schema schema_program = {
	.name = "program",
	.doc = "a program of eBPF in the kernel (observer inspect)",
	.fields = program_fields,
	.nr_fields = sizeof(program_fields) / sizeof(program_fields[0]),
	.line = "{id} {type} {name}[ at {attached}]",
};

const struct schema schema_map = {
	.name = "map",
	.doc = "a map of eBPF in the kernel (observer inspect)",
	.fields = map_fields,
	.nr_fields = sizeof(map_fields) / sizeof(map_fields[0]),
	.line = "{id} {type} {name}",
};
