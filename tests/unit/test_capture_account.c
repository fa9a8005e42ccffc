/* SPDX-License-Identifier: GPL-2.0-only */
/* The account of losses: each told once, with the numbers of the events where they can be known. */
#include "capture/account.h"

#include <string.h>

#include "tests/unit/check.h"

#define NR_CPUS 2

static struct lost_event told[16];
static size_t nr_told;

static bool take(void *context, const struct record *record, size_t bytes)
{
	(void)context;
	if (CHECK(bytes == sizeof(struct lost_event) && nr_told < 16))
		memcpy(&told[nr_told++], record, bytes);
	return true;
}

static const struct capture_receiver receiver = {.take = take};

static void open_account(struct account *a)
{
	static struct counters counters[NR_CPUS];
	struct error err = {};

	nr_told = 0;
	CHECK(account_open(a, NR_CPUS, counters, &err) == 0);
}

static void read_record(struct account *a, uint64_t seq, uint32_t nr_lost)
{
	struct record r = {.cpu = 1, .type = RECORD_exec_fail, .seq = seq, .boot_ns = 1};

	r.lost[LOSS_ring_full] = nr_lost;
	account_record(a, &r, RECORD_exec_fail, &receiver);
}

static void check_told(size_t i, uint64_t count, uint64_t from)
{
	CHECK(nr_told > i);
	CHECK_EQ(told[i].of, RECORD_exec_fail);
	CHECK_EQ(told[i].header.cpu, 1);
	CHECK_EQ(told[i].count, count);
	CHECK_EQ(told[i].from, from);
	CHECK_EQ(told[i].to, from + count - 1);
}

static void losses_before_a_record_have_numbers(void)
{
	struct account a;

	open_account(&a);
	read_record(&a, 0, 0);
	read_record(&a, 101, 100);
	CHECK_EQ(nr_told, 1);
	check_told(0, 100, 1);
	read_record(&a, 102, 100);
	CHECK_EQ(nr_told, 1);
	CHECK_EQ(a.lost[RECORD_exec_fail][LOSS_ring_full], 100);
	account_close(&a);
}

/* Between the looks at `lost` and at `seen` the kernel side goes on: the losses are those before all that. */
static void losses_that_are_settled_have_numbers(void)
{
	struct counters then[NR_CPUS] = {0};
	struct account a;

	open_account(&a);
	read_record(&a, 0, 0);
	then[1].of[RECORD_exec_fail].lost[LOSS_ring_full] = 100;
	then[1].of[RECORD_exec_fail].seen = 106;
	account_settle(&a, then, &receiver);
	CHECK_EQ(nr_told, 1);
	check_told(0, 100, 1);
	read_record(&a, 101, 100);
	read_record(&a, 105, 103);
	CHECK_EQ(nr_told, 2);
	check_told(1, 3, 102);
	account_close(&a);
}

/* What cannot be told apart is counted without numbers. */
static void losses_among_others_have_none(void)
{
	struct account a;

	open_account(&a);
	read_record(&a, 0, 0);
	read_record(&a, 10, 3);
	CHECK_EQ(nr_told, 1);
	CHECK_EQ(told[0].count, 3);
	CHECK_EQ(told[0].from, UINT64_MAX);
	account_close(&a);
}

int main(void)
{
	RUN(losses_before_a_record_have_numbers);
	RUN(losses_that_are_settled_have_numbers);
	RUN(losses_among_others_have_none);
	return test_main();
}
