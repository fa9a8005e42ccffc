/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The frame of everything that travels in the ring `events`, and the settings
 * that user space gives the kernel side. Compiled by both; includes nothing of
 * ours but events/, and no system header (the kernel side has none).
 */
#ifndef EVENTS_RECORD_H
#define EVENTS_RECORD_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

/* A variable-length part of a record. Offset counts from the start of the record, both in bytes. */
struct span {
	__u32 offset;
	__u32 length;
};

/* Size of task_struct.comm, include/linux/sched.h. */
#define COMM_BYTES 16

/* The C type of each kind that a row can have; what a kind means is told in schema/kinds.c. */
typedef __u32 kind_u32;
typedef __u64 kind_u64;
typedef __u32 kind_id;	     /* user id */
typedef __u32 kind_group;    /* group id */
typedef __u32 kind_error;    /* error number (errno) */
typedef __u32 kind_inum;     /* inode number of a namespace; 0: not known */
typedef __u64 kind_nsec;     /* nanoseconds */
typedef __u64 kind_duration; /* the same, of a time span */
typedef __u64 kind_hex64;    /* bit set, shown as hexadecimal digits */
typedef __u32 kind_flag;     /* boolean: 0 or 1 */
typedef __u32 kind_dev;	     /* device number as the kernel holds it: 12 bits major, 20 bits minor */
typedef struct {
	char bytes[COMM_BYTES];
} kind_comm;			  /* NUL-terminated name */
typedef struct span kind_text;	  /* bytes without NUL; offset 0: absent */
typedef struct span kind_tty;	  /* name of a terminal as its driver gives it */
typedef struct span kind_path;	  /* a byte of enum path_end, then the components leaf first, each ended by NUL */
typedef struct span kind_strings; /* strings, each ended by NUL (the last may lack it where cut); offset 0: absent */
typedef __u32 kind_cpu;		  /* processor number; all bits set: not known */
typedef __u64 kind_number;	  /* count or sequence number; all bits set: not known */
typedef __u32 kind_signal;	  /* number of a signal; 0: none */
typedef __u32 kind_cause;	  /* enum loss_cause */
typedef __u32 kind_type;	  /* enum record_type */
typedef struct span kind_record;  /* a record inside the record; offset 0: absent */
typedef __u32 kind_level;	  /* of a log line, as lib/klog numbers them; 0: none */
typedef __u64 kind_keys;	  /* set of rows: bit N is row number N of the event type */

/* How a path ended; the first byte of every kind_path. */
enum path_end {
	PATH_AT_ROOT = 0, /* walked up to the root: "/" + components */
	PATH_DELETED = 1, /* the same, but the name is gone: readlink appends " (deleted)" */
	PATH_PSEUDO = 2,  /* a file without a place in the tree (memfd): "/NAME (deleted)" */
	PATH_CUT = 3,	  /* the walk was given up: the leading components are missing */
};

/* Record types. 1..: one per row of events/types.h; control records count down from the top. */
enum record_type {
#define EVENT(name, doc) RECORD_##name,
	RECORD_NONE,
#include "events/types.h"
#undef EVENT
	RECORD_EVENT_MAX,
	RECORD_PIECE = 0xff00, /* struct piece: a part of a row too long for its record */
	RECORD_LOST,	       /* struct lost_event; made in user space */
	RECORD_LOG,	       /* struct log_event: a line that the kernel side logged */
};

/* Why an event was lost; the first LOSS_KERNEL_MAX are counted by the kernel side, per CPU, in struct counters. */
enum loss_cause {
#define LOSS(name, doc) LOSS_##name,
#define LOSS_KERNEL_END LOSS_KERNEL_MAX, LOSS_KERNEL_LAST = LOSS_KERNEL_MAX - 1,
#include "events/losses.h"
#undef LOSS_KERNEL_END
#undef LOSS
	LOSS_CAUSE_MAX,
};

/*
 * Header of every record. `seq` numbers the events of one type that this CPU has seen, from 0, lost ones included,
 * those that a filter dropped in the kernel not; `lost` says how many of those were lost before this one, by cause,
 * modulo 2^32. So the reader knows of each gap where it lies and why.
 */
struct record {
#define FIELD(kind, name, title, doc) kind_##kind name;
#define INTERNAL(kind, name)	      kind_##kind name;
#include "events/frame.fields.h"
#undef INTERNAL
#undef FIELD
	__u32 lost[LOSS_KERNEL_MAX];
};

/*
 * A part of a row that was too long to lie in its record. Pieces of one event come in order, before the record
 * itself, and have its cpu and seq; the record's row holds what comes after the last piece (the tail).
 */
struct piece {
	struct record header;
	__u32 of;     /* type of the event: seq counts within it */
	__u32 row;    /* row number within the event type */
	__u32 length; /* bytes of data that count; the record may be longer */
	__u32 offset; /* of the data within the row, in bytes */
	char data[];
};

/* Levels of log lines are 1 to 5 (lib/klog). */
#define LOG_LEVEL_MAX 6

/* What the kernel side counted of one event type, or of one level of log lines, on one CPU. */
struct counter {
	__u64 seen;		     /* events it began to handle */
	__u64 filtered;		     /* of these, dropped by a filter (events/filter.h) */
	__u64 passed;		     /* numbers given out where there is a filter; else `seen` numbers */
	__u64 lost[LOSS_KERNEL_MAX]; /* of these, given up */
	__u64 numbering;	     /* runs that are about to take a number (compat) */
};

/* One per possible CPU in the map `counters`, indexed by CPU number; read by user space through mmap. */
struct counters {
	struct counter of[RECORD_EVENT_MAX]; /* by enum record_type */
	__u64 deferred;			     /* failed execs put off; resumed: those of them that came */
	__u64 resumed;			     /* (on another CPU, perhaps) */
	struct counter logs[LOG_LEVEL_MAX];  /* log lines, by level */
} __attribute__((aligned(64)));

/* Map `reader`, one element, mmapped by user space. */
struct reader_state {
	__u32 asleep; /* the reader sets it before it blocks; who clears it wakes the reader */
	__u32 closed; /* the reader wants no more: tracepoints take long to let a program go */
	__u32 self;   /* its thread group; set before anything is attached */
	__u32 trying; /* its thread group while it makes an exec fail to see that it is seen; who sees it clears this */
};

/* Fixed before load (.rodata): what is off costs nothing. */
struct settings {
	__u64 wanted;		 /* rows of exec and snapshot events to collect: bit N is row N */
	__u64 ring_bytes;	 /* size of `events` */
	__u64 log_bytes;	 /* of it, what log lines may fill: they are lost where more is in use */
	__u64 failed_ring_bytes; /* size of `failed_events` */
	__u32 max_argv_bytes;	 /* argv beyond this is cut */
	__u32 max_env_bytes;	 /* environment beyond this is cut */
	__u32 threads;		 /* fork events for threads too */
	__u32 page_bytes;	 /* memory page of this machine */
	__u32 events;		 /* event types asked for: bit N is type N; the programs of others are empty */
	__u32 filters;		 /* event types with a table in the map `filters`: bit N is type N */
	__u32 follow;		 /* only processes in the map `followed`, and their descendants */
	__u64 filter_rows;	 /* rows of exec that its table looks at */
	__u32 defer;		 /* read what is not there at sys_exit later, in task work */
	__u32 without_self;	 /* the reader's own tracepoint events are not seen */
	__u32 reserved;
};

/* Longest filename or interpreter as passed, with NUL: PATH_MAX, behind /dev/fd/N/ where it was given by descriptor. */
#define NAME_BYTES_MAX (4096 + 64)
/* Longest exe, cwd or cgroup in bytes as walked; longer ones are cut at their front. */
#define WALK_BYTES_MAX 16384
/* The most that a record takes in the ring, long rows being sent ahead. */
#define RECORD_BYTES_MOST 10240
/* Failed execs that wait for their memory at a time; more are sent as they are. */
#define DEFERRED_MAX 16
/* Bytes of data in the pieces of argv and env: long lists go by the large, the rest by the small. */
#define PIECE_LARGE_BYTES 16384
#define PIECE_SMALL_BYTES 4096

#endif
