/* SPDX-License-Identifier: GPL-2.0-only */
/* Counts losses, each once. Must not read the ring. */
#include "capture/account.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"

#define UNKNOWN UINT64_MAX

int account_open(struct account *a, unsigned int nr_cpus, const volatile struct counters *counters, struct error *err)
{
	*a = (struct account){.nr_cpus = nr_cpus, .counters = counters};
	a->cpus = calloc(nr_cpus, sizeof(*a->cpus));
	return a->cpus ? 0 : fail(err, -ENOMEM, "no memory for the loss accounts of %u processors", nr_cpus);
}

void account_close(struct account *a)
{
	free(a->cpus);
	a->cpus = NULL;
}

/* Events of one series missing in a row on one CPU; numbers unknown where they do not tell. */
struct gap {
	uint32_t cpu;
	unsigned int series;
	uint64_t from, to;
};

static void hand_over(struct account *a, const struct gap *gap, enum loss_cause cause, uint64_t count,
		      const struct capture_receiver *to)
{
	bool log = gap->series >= RECORD_EVENT_MAX;
	struct lost_event lost = {
		.header =
			{
				.boot_ns = a->last_boot_ns,
				.cpu = gap->cpu,
				.type = RECORD_LOST,
				.seq = UNKNOWN,
			},
		.cause = cause,
		.of = log ? RECORD_LOG : gap->series,
		.level = log ? gap->series - RECORD_EVENT_MAX : 0,
		.count = count,
		.from = gap->from,
		.to = gap->to,
	};

	a->lost[gap->series][cause] += count;
	to->take(to->context, &lost.header, sizeof(lost));
}

/* What was lost as of just before event `seq` of a type and CPU. */
struct standing {
	uint64_t seq;
	uint64_t lost[LOSS_KERNEL_MAX];
	bool later; /* `seq` was looked at later than `lost`: events that were neither read nor lost may lie before it
		     */
};

/*
 * Makes the numbers of a gap of `count` events known, where exactly that many are missing. Of those that are not known
 * to be missing the lost ones are the oldest: what came before them has been read.
 */
static bool gap_is_known(struct gap *gap, const struct account_line *line, const struct standing *now, uint64_t count)
{
	uint64_t missing = now->seq - line->next_seq;

	if (now->seq < line->next_seq || missing < count || (missing > count && !now->later))
		return false;
	gap->from = line->next_seq;
	gap->to = gap->from + count - 1;
	return true;
}

/* Hands over what is new since the last standing of this type and CPU. */
static void account_until(struct account *a, struct gap *gap, const struct standing *now,
			  const struct capture_receiver *to)
{
	struct account_line *line = &a->cpus[gap->cpu][gap->series];
	uint64_t fresh[LOSS_KERNEL_MAX], total = 0;
	bool known;

	for (int i = 0; i < LOSS_KERNEL_MAX; i++) {
		/* A run that was preempted sends its older view later. */
		fresh[i] = now->lost[i] > line->lost[i] ? now->lost[i] - line->lost[i] : 0;
		total += fresh[i];
	}
	if (!total)
		return;
	known = gap_is_known(gap, line, now, total);
	for (int i = 0; i < LOSS_KERNEL_MAX; i++) {
		if (!fresh[i])
			continue;
		line->lost[i] += fresh[i];
		hand_over(a, gap, i, fresh[i], to);
	}
	if (known)
		line->next_seq = gap->to + 1;
}

/* The full value of a counter of which a record brings the low 32 bits, near the value known. */
static uint64_t widen(uint64_t known, uint32_t low)
{
	return known + (int64_t)(int32_t)(low - (uint32_t)known);
}

void account_record(struct account *a, const struct record *header, unsigned int series,
		    const struct capture_receiver *to)
{
	struct gap gap = {.cpu = header->cpu, .series = series, .from = UNKNOWN, .to = UNKNOWN};
	struct standing now = {.seq = header->seq};
	struct account_line *line;

	if (header->cpu >= a->nr_cpus || series >= CAPTURE_SERIES_MAX)
		return;
	line = &a->cpus[header->cpu][series];
	a->last_boot_ns = header->boot_ns;
	for (int i = 0; i < LOSS_KERNEL_MAX; i++)
		now.lost[i] = widen(line->lost[i], header->lost[i]);
	account_until(a, &gap, &now, to);
	if (header->seq >= line->next_seq)
		line->next_seq = header->seq + 1;
}

static void look_at(const volatile struct counter *from, struct counter *ret)
{
	/* What is seen last: afterwards it can only be more. */
	for (int i = 0; i < LOSS_KERNEL_MAX; i++)
		ret->lost[i] = __atomic_load_n(&from->lost[i], __ATOMIC_ACQUIRE);
	ret->filtered = __atomic_load_n(&from->filtered, __ATOMIC_ACQUIRE);
	ret->passed = __atomic_load_n(&from->passed, __ATOMIC_ACQUIRE);
	ret->seen = __atomic_load_n(&from->seen, __ATOMIC_ACQUIRE);
}

void account_look(const struct account *a, struct counters *ret)
{
	for (unsigned int cpu = 0; cpu < a->nr_cpus; cpu++) {
		for (int type = 0; type < RECORD_EVENT_MAX; type++)
			look_at(&a->counters[cpu].of[type], &ret[cpu].of[type]);
		for (int level = 0; level < LOG_LEVEL_MAX; level++)
			look_at(&a->counters[cpu].logs[level], &ret[cpu].logs[level]);
	}
}

/* Losses that no record tells of are found now; when they happened is not known better. */
static void stamp_now(struct account *a)
{
	a->last_boot_ns = clock_now(CLOCK_BOOTTIME);
}

void account_settle(struct account *a, const struct counters *then, const struct capture_receiver *to)
{
	stamp_now(a);
	for (unsigned int cpu = 0; cpu < a->nr_cpus; cpu++)
		for (unsigned int series = 0; series < CAPTURE_SERIES_MAX; series++) {
			const struct counter *counter = capture_counter(&then[cpu], series);
			struct gap gap = {.cpu = cpu, .series = series, .from = UNKNOWN, .to = UNKNOWN};
			/* The filtered have no number. */
			struct standing now = {.later = true, .seq = counter->seen - counter->filtered};

			for (int i = 0; i < LOSS_KERNEL_MAX; i++)
				now.lost[i] = counter->lost[i];
			account_until(a, &gap, &now, to);
		}
}

void account_lose(struct account *a, enum record_type of, enum loss_cause cause, uint64_t count,
		  const struct capture_receiver *to)
{
	const struct gap unknown = {.cpu = UINT32_MAX, .series = of, .from = UNKNOWN, .to = UNKNOWN};

	stamp_now(a);
	hand_over(a, &unknown, cause, count, to);
}

uint64_t account_count_overflows(const struct account *a)
{
	uint64_t total = 0;

	for (int type = 0; type < RECORD_EVENT_MAX; type++) /* log lines have a share of the ring of their own */
		if (type != RECORD_exec_fail)
			total += a->lost[type][LOSS_ring_full];
	return total;
}
