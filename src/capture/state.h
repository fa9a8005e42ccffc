/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to capture/: what an open capture consists of. */
#ifndef CAPTURE_STATE_H
#define CAPTURE_STATE_H

#include "capture/account.h"
#include "capture/assemble.h"
#include "capture/capture.h"
#include "capture/program.h"
#include "capture/resume.h"
#include "capture/ring.h"
#include "capture/tracepoints.h"

/* The rings in the order of preference where two records have the same time. */
enum { MAIN_RING, FAILED_RING, NR_RINGS };

/* What was pinned and could not be taken over. */
enum replaced {
	REPLACED_NOTHING,
	REPLACED_HALF,
	REPLACED_GONE,
	REPLACED_OPTIONS,
	REPLACED_VERSION,
};

struct capture {
	struct program_settings settings;
	uint32_t nr_cpus; /* possible ones */
	uint32_t events;  /* CAPTURE_BIT of each type */
	const struct variant *variant;
	struct program program;
	struct capture_settings wanted; /* as given; what it points at is the caller's */
	int links[RECORD_EVENT_MAX];
	int return_links[EXEC_RETURNS_MAX]; /* in place of the one of exec_fail */
	struct tracepoint_links tracepoints;
	struct ring rings[NR_RINGS];
	struct ring bell; /* rung where the reader sleeps; its records are discarded ones */
	struct assemble assemble;
	struct account account;
	struct counters *counters; /* mmapped */
	size_t counters_bytes;
	struct counters *looked;	      /* one moment of them */
	volatile struct reader_state *reader; /* mmapped */
	struct klog_table *log_table;	      /* of the variant; NULL where nothing is logged */
	uint64_t nr_read[CAPTURE_SERIES_MAX], missed[RECORD_EVENT_MAX];
	struct counter last_counts[CAPTURE_SERIES_MAX]; /* the kernel side's, as `ended` found them */
	bool ended;
	uint64_t unfinished; /* failed execs put off that had not come in the end */
	uint64_t total_read, read_bytes;
	uint64_t burst_start, burst_most; /* ring_full losses: as the ring was last empty; most since then */
	char description[64];
	/* of what is pinned (kept.c) */
	const char *pin_path;
	int pin_folder; /* locked; -1: nothing is pinned */
	int resume_fd;
	struct resume *resume;			       /* mmapped; NULL: nothing is pinned */
	struct resume_series base[CAPTURE_SERIES_MAX]; /* what predecessors told */
	bool taken_over;
	bool pin_made;	 /* the folder, here */
	bool incomplete; /* it would be taken over if it were all there */
	enum replaced replaced;
	struct capture *old;			    /* what is replaced, still at work; NULL: nothing */
	uint64_t attached_ns[RECORD_EVENT_MAX];	    /* CLOCK_BOOTTIME just after */
	uint64_t replaced_told[CAPTURE_SERIES_MAX]; /* of resume_replaced */
	char pin_words[160];
	bool robbed; /* something else has read in the ring */
	bool left;   /* `looked` is of the last reading */
};

/* Losses of a series that have no number, told since the kernel side was loaded: skipped runs, and what it replaced. */
static inline uint64_t capture_count_unnumbered(const struct capture *c, unsigned int series)
{
	return (series < RECORD_EVENT_MAX ? c->missed[series] : 0) + c->replaced_told[series];
}

/* The ring whose next record is the oldest, or NULL where none is ready. Nothing is held back for one that is not ready
 * yet. */
struct ring *capture_oldest(struct capture *c, const struct record **ret_record, size_t *ret_bytes);

/* Maps rings and counters of what is loaded; makes the account. 0 or -errno. */
int capture_map(struct capture *c, struct error *err);

/* Hands over the runs that it skipped since the last time. */
void capture_look_for_missed(struct capture *c, const struct capture_receiver *to);

static inline void capture_pause(const struct capture_receiver *to)
{
	if (to->pause)
		to->pause(to->context);
}

/* A run that had begun when the program was detached ends within microseconds; a machine that is overcommitted may need
 * longer. */
#define CAPTURE_PATIENCE_MS 1000

/* The kernel side's own counts of a series at this moment, over all processors: seen and filtered. */
void capture_count_kernel(const struct capture *c, unsigned int series, struct counter *ret);

#endif
