/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Failed execs of which a part of the memory was not there at sys_exit: they are put off to a callback that the kernel
 * runs in the same thread before it goes back to its program (task work, Linux 6.18). It may sleep, so it brings the
 * pages in. An event is numbered when it is sent: one that was put off and never came is the difference of two
 * counters.
 */
#ifndef PARTS_DEFERRED_BPF_H
#define PARTS_DEFERRED_BPF_H

/* A callback may sleep for as long as the page takes, so it works in a slot of its own: one of data_heap would be taken
 * from the other events of a processor. */
struct deferred_call {
	struct slot slot;
	struct call call;
	struct bpf_task_work work;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* set at load: DEFERRED_MAX where failed execs are asked for */
	__type(key, __u32);
	__type(value, struct deferred_call);
} deferred SEC(".maps");

struct bpf_map {
	__u32 id;
};

typedef int deferred_callback(struct bpf_map *map, void *key, void *value);
/* The last argument is the kernel's. */
extern int bpf_task_work_schedule_resume_impl(struct task_struct *task, struct bpf_task_work *work, void *map,
					      deferred_callback *callback, void *aux) __ksym __weak;

/* Linux 6.10. */
extern void bpf_preempt_disable(void) __ksym __weak;
extern void bpf_preempt_enable(void) __ksym __weak;

/* Counters of this processor: all of them together say how many are still to come. */
static __always_inline struct counters *deferred_counters(void)
{
	__u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&counters, &cpu);
}

static int deferred_run(struct bpf_map *map, void *key, void *value)
{
	struct task_struct *p = CAST(struct task_struct, bpf_get_current_task());
	struct counter *c = ring_counter(RECORD_exec_fail);
	struct counters *all = deferred_counters();
	struct deferred_call *d = value;

	if (!c || !all)
		return 0;
	failed_read(&d->slot, &d->call, true);
	/* What the rest looks at is freed by RCU, and numbers come in order only where nobody runs in between. */
	bpf_preempt_disable();
	failed_send(&d->slot, c, &d->call, p);
	bpf_preempt_enable();
	__sync_fetch_and_add(&all->resumed, 1);
	heap_release_shared(&d->slot);
	return 0;
}

/* Puts the call of the current thread off. False where that cannot be: the event is then sent as it is. */
static __noinline bool deferred_begin(const struct call *call)
{
	struct counters *all = deferred_counters();
	struct deferred_call *d;

	if (!settings.defer || !bpf_core_type_exists(struct bpf_task_work) || !all)
		return false;
	d = heap_claim_among(&deferred, DEFERRED_MAX);
	if (!d)
		return false;
	d->call = *call;
	__sync_fetch_and_add(&all->deferred, 1);
	if (!bpf_task_work_schedule_resume_impl(bpf_get_current_task_btf(), &d->work, &deferred, deferred_run,
						(void *)0))
		return true;
	__sync_fetch_and_add(&all->deferred, -1);
	heap_release_shared(d);
	return false;
}

#endif
