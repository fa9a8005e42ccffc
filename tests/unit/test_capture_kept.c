/* SPDX-License-Identifier: GPL-2.0-only */
/* capture/kept.c: what readers of one pinned kernel side tell, one after the other, is all that there was, once. */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "capture/state.h"
#include "check.h"

/* A reader, as far as it counts; `base` is what its predecessors told. */
static void be_reader(struct capture *c, int fd, struct counters *counters, uint64_t *consumer)
{
	*c = (struct capture){.nr_cpus = 1, .counters = counters};
	c->rings[MAIN_RING].consumer = consumer;
	c->account.cpus = calloc(1, sizeof(*c->account.cpus));
	c->resume = resume_open(fd, 1, NULL);
	CHECK(c->resume != NULL);
	memcpy(c->base, resume_last(c->resume, 1)->series, sizeof(c->base));
}

static void reader_ends(struct capture *c)
{
	resume_close(c->resume, 1);
	free(c->account.cpus);
}

static void what_is_filtered_is_told_once(void)
{
	static struct counters counters;
	struct counter *exec = &counters.of[RECORD_exec];
	int fd = memfd_create("resume", MFD_CLOEXEC);
	struct capture_totals first, second;
	uint64_t consumer = 0;
	struct capture c;

	CHECK_EQ(ftruncate(fd, resume_bytes(1)), 0);
	be_reader(&c, fd, &counters, &consumer);
	*exec = (struct counter){.seen = 10, .filtered = 7};
	c.nr_read[RECORD_exec] = c.account.cpus[0][RECORD_exec].next_seq = 3;
	capture_commit(&c);
	/* The programs run on while it prints its sum. */
	*exec = (struct counter){.seen = 12, .filtered = 9};
	capture_count(&c, RECORD_exec, &first);
	reader_ends(&c);
	be_reader(&c, fd, &counters, &consumer);
	*exec = (struct counter){.seen = 15, .filtered = 11};
	c.nr_read[RECORD_exec] = 1;
	c.account.cpus[0][RECORD_exec].next_seq = 4;
	capture_commit(&c);
	capture_count(&c, RECORD_exec, &second);
	CHECK_EQ(first.filtered, 7);
	CHECK_EQ(first.filtered + second.filtered, exec->filtered);
	CHECK_EQ(first.seen, 10);
	CHECK_EQ(first.earlier, 0);
	CHECK_EQ(second.seen, exec->seen);
	CHECK_EQ(second.earlier, first.seen);
	CHECK_EQ(second.read + second.filtered + second.earlier, second.seen);
	reader_ends(&c);
	close(fd);
}

/* One number more than was handed over: the sum must tell. */
static void what_did_not_come_is_missing(void)
{
	static struct counters counters;
	int fd = memfd_create("resume", MFD_CLOEXEC);
	struct capture_totals totals;
	uint64_t consumer = 0;
	struct capture c;

	CHECK_EQ(ftruncate(fd, resume_bytes(1)), 0);
	be_reader(&c, fd, &counters, &consumer);
	counters.of[RECORD_exec].seen = 5;
	c.nr_read[RECORD_exec] = 4;
	c.account.cpus[0][RECORD_exec].next_seq = 5;
	capture_count(&c, RECORD_exec, &totals);
	CHECK_EQ(totals.seen, 5);
	CHECK_EQ(totals.read, 4);
	reader_ends(&c);
	close(fd);
}

int main(void)
{
	RUN(what_did_not_come_is_missing);
	RUN(what_is_filtered_is_told_once);
	return test_main();
}
