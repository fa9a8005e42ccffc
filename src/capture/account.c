/* SPDX-License-Identifier: GPL-2.0-only */
/* Counts losses, each once. Must not read the ring. */
#include "capture/account.h"

#include <errno.h>
#include <stdlib.h>

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

/* A gap in the numbers of one CPU; unknown where the numbers do not tell. */
struct gap {
	uint32_t cpu;
	uint64_t from, to;
};

static void hand_over(struct account *a, enum loss_cause cause, uint64_t count, const struct gap *gap, const struct capture_receiver *to)
{
	struct lost_event lost = {
		.header = {
			.boot_ns = a->last_boot_ns,
			.cpu = gap->cpu,
			.type = RECORD_LOST,
			.seq = UNKNOWN,
		},
		.cause = cause,
		.of = RECORD_exec,
		.count = count,
		.from = gap->from,
		.to = gap->to,
	};

	a->lost[cause] += count;
	to->take(to->context, &lost.header, sizeof(lost));
}

/* `seq`: number of the event that comes after the losses. The range is known where exactly that many numbers are missing. */
static struct gap gap_before(const struct account_cpu *cpu, uint32_t number, uint64_t seq, uint64_t count)
{
	if (seq < cpu->next_seq || seq - cpu->next_seq != count)
		return (struct gap){.cpu = number, .from = UNKNOWN, .to = UNKNOWN};
	return (struct gap){.cpu = number, .from = cpu->next_seq, .to = seq - 1};
}

/* `lost` as of just before event `seq` of this CPU: what is new is handed over. */
static void account_cpu_until(struct account *a, uint32_t number, const uint64_t *lost, uint64_t seq, const struct capture_receiver *to)
{
	struct account_cpu *cpu = &a->cpus[number];
	uint64_t fresh[LOSS_KERNEL_MAX], total = 0;
	struct gap gap;

	for (int i = 0; i < LOSS_KERNEL_MAX; i++) {
		/* A run that was preempted sends its older view later. */
		fresh[i] = lost[i] > cpu->lost[i] ? lost[i] - cpu->lost[i] : 0;
		total += fresh[i];
	}
	if (!total)
		return;
	gap = gap_before(cpu, number, seq, total);
	for (int i = 0; i < LOSS_KERNEL_MAX; i++) {
		if (!fresh[i])
			continue;
		cpu->lost[i] += fresh[i];
		hand_over(a, i, fresh[i], &gap, to);
	}
	if (gap.to != UNKNOWN)
		cpu->next_seq = seq;
}

/* The full value of a counter of which a record brings the low 32 bits, near the value known. */
static uint64_t widen(uint64_t known, uint32_t low)
{
	return known + (int64_t)(int32_t)(low - (uint32_t)known);
}

void account_record(struct account *a, const struct record *header, const struct capture_receiver *to)
{
	uint64_t lost[LOSS_KERNEL_MAX];
	struct account_cpu *cpu;

	if (header->cpu >= a->nr_cpus)
		return;
	cpu = &a->cpus[header->cpu];
	a->last_boot_ns = header->boot_ns;
	for (int i = 0; i < LOSS_KERNEL_MAX; i++)
		lost[i] = widen(cpu->lost[i], header->lost[i]);
	account_cpu_until(a, header->cpu, lost, header->seq, to);
	if (header->seq >= cpu->next_seq)
		cpu->next_seq = header->seq + 1;
}

void account_look(const struct account *a, struct counters *ret)
{
	for (unsigned int i = 0; i < a->nr_cpus; i++) {
		/* Losses first: what is seen afterwards can only be more. */
		for (int k = 0; k < LOSS_KERNEL_MAX; k++)
			ret[i].lost[k] = __atomic_load_n(&a->counters[i].lost[k], __ATOMIC_ACQUIRE);
		ret[i].seen = __atomic_load_n(&a->counters[i].seen, __ATOMIC_ACQUIRE);
	}
}

void account_settle(struct account *a, const struct counters *then, const struct capture_receiver *to)
{
	for (unsigned int i = 0; i < a->nr_cpus; i++) {
		uint64_t lost[LOSS_KERNEL_MAX];

		for (int k = 0; k < LOSS_KERNEL_MAX; k++)
			lost[k] = then[i].lost[k];
		account_cpu_until(a, i, lost, then[i].seen, to);
	}
}

void account_lose(struct account *a, enum loss_cause cause, uint64_t count, const struct capture_receiver *to)
{
	const struct gap unknown = {.cpu = UINT32_MAX, .from = UNKNOWN, .to = UNKNOWN};

	hand_over(a, cause, count, &unknown, to);
}

uint64_t account_total_lost(const struct account *a)
{
	uint64_t total = 0;

	for (int i = 0; i < LOSS_CAUSE_MAX; i++)
		total += a->lost[i];
	return total;
}
