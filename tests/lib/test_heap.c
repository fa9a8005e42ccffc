/* SPDX-License-Identifier: GPL-2.0-only */
/* lib/heap in the running kernel: a program is interrupted by another on the same CPU. With the array of one slot its
 * bytes are overwritten, with the heap they are not. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "tests/lib/load.h"
#include "tests/unit/check.h"

#define HEAP_SLOTS 4
#define PERIOD_NS  50000
#define PATIENCE_S 10
/* So many interrupts are enough to believe that what did not happen does not. */
#define INTERRUPTS_MANY 2000

/* As of heap.bpf.h. */
struct heap_head {
	uint32_t busy, index;
	uint64_t nested, refused;
};

struct scratch {
	struct heap_head head;
	uint64_t words[512];
};

/* A timer that runs a program whenever this thread has used so much CPU time. */
static int interrupt_by(struct lib_object *o, const char *program)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.size = sizeof(attr),
		.sample_period = PERIOD_NS,
	};
	int fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

	if (fd < 0 || ioctl(fd, PERF_EVENT_IOC_SET_BPF, lib_program_fd(o, program)))
		SKIP("no program can be run by a timer here: %s", strerror(errno));
	return fd;
}

static uint64_t fetch(struct lib_object *o, const char *variable)
{
	uint64_t number = 0;

	lib_fetch(o, variable, &number, sizeof(number));
	return number;
}

/* Works until words were corrupted, or many interrupts came; returns how many words. */
static uint64_t work(struct lib_object *o, const char *worker, const char *interrupter)
{
	int fd = interrupt_by(o, interrupter);
	time_t end = time(NULL) + PATIENCE_S;

	while (time(NULL) < end && !fetch(o, "nr_corrupted") && fetch(o, "nr_interrupts") < INTERRUPTS_MANY)
		for (int i = 0; i < 20; i++)
			lib_run(o, worker);
	close(fd);
	return fetch(o, "nr_corrupted");
}

/* The counters of all CPUs together. */
static struct heap_head sum_counters(struct lib_object *o)
{
	int nr_cpus = libbpf_num_possible_cpus(), fd = bpf_object__find_map_fd_by_name(o->object, "heap");
	struct scratch *values = calloc(nr_cpus, sizeof(*values));
	struct heap_head sum = {};

	for (uint32_t key = 0; values && key < HEAP_SLOTS; key++) {
		if (bpf_map_lookup_elem(fd, &key, values))
			continue;
		for (int cpu = 0; cpu < nr_cpus; cpu++) {
			sum.busy += values[cpu].head.busy;
			sum.nested += values[cpu].head.nested;
			sum.refused += values[cpu].head.refused;
		}
	}
	free(values);
	return sum;
}

static void one_slot_is_overwritten(void)
{
	struct lib_object *o = lib_open("heap_cases.bpf.o", KLOG_OFF);

	lib_load(o);
	CHECK(work(o, "work_in_one_slot", "interrupt_one_slot") > 0);
	lib_close(o);
}

static void heap_is_not(void)
{
	struct lib_object *o = lib_open("heap_cases.bpf.o", KLOG_OFF);
	struct heap_head sum;

	lib_load(o);
	CHECK_EQ(work(o, "work_in_heap", "interrupt_heap"), 0);
	CHECK(fetch(o, "nr_interrupts") > 0);
	sum = sum_counters(o);
	/* It did happen: a claim came while another was held. */
	CHECK(sum.nested > 0);
	CHECK_EQ(sum.refused, 0);
	CHECK_EQ(sum.busy, 0);
	lib_close(o);
}

static void contention_is_counted(void)
{
	struct lib_object *o = lib_open("heap_cases.bpf.o", KLOG_OFF);
	struct heap_head sum;

	lib_load(o);
	CHECK_EQ(lib_run(o, "claim_too_many"), HEAP_SLOTS);
	CHECK_EQ(lib_run(o, "claim_too_many"), HEAP_SLOTS);
	sum = sum_counters(o);
	CHECK_EQ(sum.nested, 2 * (HEAP_SLOTS - 1));
	CHECK_EQ(sum.refused, 2);
	CHECK_EQ(sum.busy, 0);
	lib_close(o);
}

/* Each program by itself: what this machine does not load at all (kprobes, lockdown) is passed over. */
static void each_program_type(void)
{
	struct lib_object *whole = lib_open("types_cases.bpf.o", KLOG_INFO);
	struct bpf_program *program;
	int nr = 0;

	bpf_object__for_each_program(program, whole->object)
	{
		const char *name = bpf_program__name(program);
		int code = lib_try("types_cases.bpf.o", name);

		fprintf(stderr, "%s: %s\n", name, code ? strerror(-code) : "loads");
		CHECK(code == 0 || code == -EPERM || code == -ENOENT || code == -ESRCH);
		nr += code == 0;
	}
	CHECK(nr >= 6);
	lib_close(whole);
}

int main(void)
{
	lib_need_bpf();
	RUN(contention_is_counted);
	RUN(each_program_type);
	RUN(one_slot_is_overwritten);
	RUN(heap_is_not);
	return test_main();
}
