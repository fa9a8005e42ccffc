/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who was lost, where and why: compares what each record says of its CPU's losses with what is known, and makes the
 * control event `lost` of the difference. Every loss is counted once, here.
 */
#ifndef CAPTURE_ACCOUNT_H
#define CAPTURE_ACCOUNT_H

#include "base/error.h"
#include "capture/capture.h"
#include "events/lost.h"

/* The counter of a series. */
static inline const struct counter *capture_counter(const struct counters *c, unsigned int series)
{
	return series < RECORD_EVENT_MAX ? &c->of[series] : &c->logs[series - RECORD_EVENT_MAX];
}

/* One event type, or level of log lines, on one CPU. */
struct account_line {
	uint64_t next_seq;		/* what comes next if nothing is lost */
	uint64_t lost[LOSS_KERNEL_MAX]; /* accounted so far */
};

struct account {
	struct account_line (*cpus)[CAPTURE_SERIES_MAX];
	unsigned int nr_cpus;
	const volatile struct counters *counters; /* the kernel side's, mmapped; one per CPU */
	uint64_t lost[CAPTURE_SERIES_MAX][LOSS_CAUSE_MAX];
	uint64_t last_boot_ns; /* time of the last record, or of looking: that of the losses found next */
};

int account_open(struct account *a, unsigned int nr_cpus, const volatile struct counters *counters, struct error *err);
void account_close(struct account *a);

/* Looks at the header of a record just taken out of the ring (`series`: capture_series of it) and hands over the losses
 * before it. */
void account_record(struct account *a, const struct record *header, unsigned int series,
		    const struct capture_receiver *to);

/* The kernel side's counters at one moment: `ret` has room for all CPUs. To be taken before the ring is found empty. */
void account_look(const struct account *a, struct counters *ret);

/* Hands over the losses up to that moment which no record has told of. All records up to then must have been read. */
void account_settle(struct account *a, const struct counters *then, const struct capture_receiver *to);

/* Hands over losses that user space itself found. */
void account_lose(struct account *a, enum record_type of, enum loss_cause cause, uint64_t count,
		  const struct capture_receiver *to);

/* Losses of events for want of room in `events`; failed execs have a ring of their own, which no option changes. */
uint64_t account_count_overflows(const struct account *a);

#endif
