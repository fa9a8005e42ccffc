/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From the kernel to whole records: loads the kernel side, attaches it, reads the ring, joins what came in pieces, and
 * counts every event that was lost (the only place that does). Knows neither outputs nor what an event means.
 */
#ifndef CAPTURE_CAPTURE_H
#define CAPTURE_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "events/filter.h"
#include "events/log.h"
#include "lib/klog/klog_read.h"
#include "events/tracepoint.h"

enum capture_hook {
	HOOK_AUTO, /* the first that works, best first */
	HOOK_TP_BTF,
	HOOK_TRACEPOINT,
	HOOK_MAX,
};

/* Where failed execs are seen. */
enum capture_fail_hook {
	FAIL_SYS_EXIT, /* all of them, at a price for each system call of the machine */
	FAIL_FEXIT,    /* those that come to the functions of execve and execveat; nothing else pays */
	FAIL_HOOK_MAX,
};

#define CAPTURE_BIT(type) (1U << RECORD_##type)

/* What is numbered and counted by itself: each event type, and behind them each level of log lines. */
#define CAPTURE_SERIES_MAX (RECORD_EVENT_MAX + LOG_LEVEL_MAX)

/* The series of a record; CAPTURE_SERIES_MAX where it is of none. */
unsigned int capture_series(const struct record *record, size_t bytes);

/* Which lines the kernel side logs. */
struct capture_log_site {
	const char *file; /* or the end of its path, from a folder on */
	unsigned int line;
	bool on;
};
struct capture_log {
	enum klog_level level;
	const struct capture_log_site *sites; /* exceptions, the later ones win */
	size_t nr_sites;
};

/* A tracepoint of the kernel; its number is its place among those of the settings. */
struct capture_tracepoint {
	const char *name; /* CATEGORY:NAME, for messages */
	uint32_t id;	  /* perf's */
	const struct tracepoint_facts *facts;
	const struct filter_table *filter; /* decided in the kernel; NULL: nothing is */
	bool optional;			   /* where it takes no program the others are attached nevertheless */
};

struct capture_settings {
	enum capture_hook hook; /* of exec */
	enum capture_fail_hook fail_hook;
	uint32_t events;	 /* types to capture: CAPTURE_BIT of each */
	uint64_t ring_bytes;	 /* a power of two, at least a page; with log lines the ring gets twice as much */
	uint64_t wanted;	 /* rows of exec and snapshot to collect (bits) */
	uint32_t max_argv_bytes; /* longer argument lists are cut */
	uint32_t max_env_bytes;	 /* the same for the environment */
	const char *btf;	 /* file with the kernel's types as BTF; NULL: what the kernel itself shows */
	const char *variant;	 /* name of the only variant to try, for tests; NULL: all, best first */
	bool threads;		 /* fork events for threads too */
	const char *pin;	 /* folder under bpffs where all of it stays; NULL: nowhere */
	bool follow;		 /* only processes given to capture_follow, and their descendants */
	/* With CAPTURE_BIT(tracepoint), which goes with no other type; borrowed until capture_close. */
	const struct capture_tracepoint *tracepoints;
	uint32_t nr_tracepoints;
	bool without_self; /* the caller's own tracepoint events are not seen */
	/* Per event type what the kernel side may drop; NULL: nothing. Borrowed until capture_open returns. */
	const struct filter_table *filters[RECORD_EVENT_MAX];
	struct capture_log log; /* all zero: nothing is logged. Borrowed until capture_open returns */
	uint64_t filter_rows;	/* rows of exec that its table looks at (bits); they are among those wanted */
};

/* Processes that can be followed at a time. */
#define CAPTURE_FOLLOWED_MAX 65536

struct capture;
struct capture_receiver;

/*
 * Loads the kernel side: tries the variants in turn, best first. The errors of all that failed are in the text. Nothing
 * is attached yet. Returns 0 or -errno; *ret belongs to the caller, who gives it to capture_close.
 */
int capture_open(const struct capture_settings *settings, struct capture **ret, struct error *err);
void capture_close(struct capture *c);

/* Attaches: from the return on no event is missed. */
int capture_attach(struct capture *c, struct error *err);

/* After capture_attach: true where the tracepoint of this number took no program and was left out. */
bool capture_is_left_out(const struct capture *c, uint32_t number);

/*
 * With `follow`: from now on this child of the caller is followed; *ret_pid is the process id that events have of it.
 * Before hardening, for it calls bpf(2). Returns 0 or -errno.
 */
int capture_follow(struct capture *c, uint32_t pid, uint32_t *ret_pid, struct error *err);

/*
 * With `pin`: what was handed over so far has been written out, and a successor need not see it again. Until then it
 * stays in the ring. Nothing without `pin`.
 */
void capture_commit(struct capture *c);

/* With `pin`, what was found there: in words for a person, "" where there was nothing. After capture_attach. */
const char *capture_describe_pin(struct capture *c);

/* The variant that was loaded and the hook it sits on, e.g. "tp_btf (modern)". Valid until capture_close. */
const char *capture_describe(const struct capture *c);

/*
 * With the event type snapshot: walks over all processes, between capture_attach and hardening; hands over what comes
 * meanwhile, and before it what a predecessor left. Returns 0 or -errno.
 */
int capture_snapshot(struct capture *c, const struct capture_receiver *to, struct error *err);

/*
 * Takes one whole record (struct record and what follows it): an event or a log line of the kernel, or a struct
 * lost_event made here.
 * Valid during the call. Returns false to stop the reading: the record is then used up, those behind it stay.
 */
struct capture_receiver {
	bool (*take)(void *context, const struct record *record, size_t bytes);
	void *context;
	/* Where much is read at once, called now and then: what was taken can be written out and committed. May be
	 * NULL. */
	void (*pause)(void *context);
};

/*
 * Hands over the records that are there, CAPTURE_READ_MAX at most: the ring may never be empty. Returns their number,
 * losses not counted.
 */
#define CAPTURE_READ_MAX 1024
size_t capture_read(struct capture *c, const struct capture_receiver *to);

/*
 * Hands over the losses that no later record has told of, and arms the wakeup. Returns true where the ring is empty:
 * the caller may then wait for capture_fd to become readable; else it reads on.
 */
bool capture_idle(struct capture *c, const struct capture_receiver *to);

/* Readable when the kernel side has woken the reader. */
int capture_fd(const struct capture *c);

/* Call after waiting: disarms the wakeup. */
void capture_busy(struct capture *c);

/*
 * Detaches, and reads on until each event that the kernel side has seen was handed over, as a record or as a loss.
 * Returns false where some did not come within a second; the totals then do not add up. With `pin` it reads what the
 * kernel side has seen so far, and leaves it at work.
 */
bool capture_end(struct capture *c, const struct capture_receiver *to);

/* Of one series. */
struct capture_totals {
	uint64_t seen;		       /* events the kernel side began to handle, and runs that the kernel skipped */
	uint64_t filtered;	       /* dropped by the kernel side's filter */
	uint64_t read;		       /* handed over as records */
	uint64_t lost[LOSS_CAUSE_MAX]; /* handed over as losses */
	uint64_t earlier;	       /* with `pin`: handed over to earlier readers, or filtered by then */
};
void capture_count(struct capture *c, unsigned int series, struct capture_totals *ret_totals);

/* The lines of source that can log, of the program that was loaded; NULL where nothing is logged. Valid until
 * capture_close. */
const struct klog_table *capture_log_table(const struct capture *c);

/*
 * Those of the program that captures these events (bits; of processes all types), to choose from; the caller gives it
 * to klog_table_close. Returns 0 or -errno.
 */
int capture_list_log(uint32_t events, struct klog_table **ret, struct error *err);

/* Events of a series that were handed over here, as records or as losses. */
uint64_t capture_count_told(const struct capture *c, unsigned int series);

/* Where `pin` is when nothing else is said. */
#define PIN_FOLDER "/sys/fs/bpf/observer"

/* Removes what a capture left pinned in the folder. Returns how many objects there were, or -errno described. */
int capture_unpin(const char *folder, struct error *err);

/* Size in bytes of a ring that would have held the longest burst; 0 where nothing was lost for want of room. */
uint64_t capture_advise_ring(const struct capture *c);

#endif
