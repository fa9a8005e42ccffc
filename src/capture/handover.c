/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the reading of a pinned capture is handed on. What a reader took out of the ring is given back, and its account
 * written, only when it was written out: who is killed before leaves it to the successor, which then prints some events
 * again and loses none. Opens and pins nothing.
 */
#include "capture/handover.h"

#include <string.h>
#include <time.h>

void handover_restore(struct capture *c)
{
	const struct resume_slot *last = resume_last(c->resume, c->nr_cpus);

	for (int i = 0; i < NR_RINGS; i++)
		if (c->rings[i].consumer)
			c->robbed |= !ring_go_to(&c->rings[i], last->positions[i]);
	memcpy(c->missed, last->missed, sizeof(c->missed));
	memcpy(c->replaced_told, last->replaced, sizeof(c->replaced_told));
	memcpy(c->base, last->series, sizeof(c->base));
	memcpy(c->account.cpus, last->lines, c->nr_cpus * sizeof(*c->account.cpus));
}

/* Records whose pieces were read and which are not there yet: the pieces must come once more for a successor. */
static bool is_between_pieces(const struct capture *c)
{
	for (int i = 0; i < NR_RINGS; i++) {
		const struct ring *ring = &c->rings[i];

		if (ring->consumer && ring->position - *ring->consumer >= ring->bytes / 2)
			return false;
	}
	return c->assemble.waiting;
}

void capture_commit(struct capture *c)
{
	struct resume_slot *slot;

	if (!c->resume || is_between_pieces(c))
		return;
	slot = resume_next(c->resume, c->nr_cpus);
	for (int i = 0; i < NR_RINGS; i++)
		slot->positions[i] = c->rings[i].position;
	memcpy(slot->missed, c->missed, sizeof(slot->missed));
	memcpy(slot->replaced, c->replaced_told, sizeof(slot->replaced));
	for (unsigned int series = 0; series < CAPTURE_SERIES_MAX; series++) {
		struct counter counted;

		capture_count_kernel(c, series, &counted);
		slot->series[series] =
			(struct resume_series){c->base[series].told + capture_count_told(c, series), counted.filtered};
	}
	memcpy(slot->lines, c->account.cpus, c->nr_cpus * sizeof(*c->account.cpus));
	resume_publish(c->resume);
	/* Only now: whoever is killed in between leaves a ring that is fuller than need be. */
	for (int i = 0; i < NR_RINGS; i++)
		if (c->rings[i].consumer)
			ring_give_back(&c->rings[i]);
}

/* Numbers that a processor gave out, as far as they must have come. */
static uint64_t numbers_of(const struct capture *c, uint32_t cpu, unsigned int series)
{
	const struct counter *then = capture_counter(&c->looked[cpu], series);
	bool filters = series < RECORD_EVENT_MAX && c->settings.settings.filters & (1U << series);
	uint64_t read = c->account.cpus[cpu][series].next_seq, given;

	if (!c->left)
		return read;
	given = filters ? then->passed : then->seen;
	return given > read ? given : read;
}

uint64_t handover_count_numbers(const struct capture *c, unsigned int series)
{
	uint64_t numbers = 0;

	for (uint32_t cpu = 0; cpu < c->nr_cpus; cpu++)
		numbers += numbers_of(c, cpu, series);
	return numbers;
}

/* Whether each number that was given out was handed over, as a record or as a loss, here or by predecessors. */
static bool is_told(const struct capture *c)
{
	for (unsigned int series = 0; series < CAPTURE_SERIES_MAX; series++) {
		uint64_t told = c->base[series].told + capture_count_told(c, series);

		if (told - capture_count_unnumbered(c, series) != handover_count_numbers(c, series))
			return false;
	}
	return true;
}

/* Reads up to where the rings were written to when the counters were looked at. True where that was reached. */
static bool read_up_to(struct capture *c, const uint64_t ends[static NR_RINGS], const struct capture_receiver *to)
{
	for (int i = 0; i < NR_RINGS; i++) {
		while (c->rings[i].consumer && c->rings[i].position < ends[i]) {
			if (!capture_read(c, to))
				return false;
			capture_pause(to);
		}
	}
	return true;
}

bool handover_leave(struct capture *c, const struct capture_receiver *to)
{
	const struct timespec nap = {.tv_nsec = 1000000};
	uint64_t ends[NR_RINGS] = {};

	account_look(&c->account, c->looked);
	for (int i = 0; i < NR_RINGS; i++)
		if (c->rings[i].consumer)
			ends[i] = *c->rings[i].producer;
	c->left = true;
	for (int turn = 0; turn < CAPTURE_PATIENCE_MS; turn++) {
		if (read_up_to(c, ends, to)) {
			account_settle(&c->account, c->looked, to);
			capture_look_for_missed(c, to);
			if (is_told(c))
				return true;
		}
		nanosleep(&nap, NULL);
		/* Of a run that had its number before, and comes after. */
		capture_read(c, to);
	}
	return false;
}
