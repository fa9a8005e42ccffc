/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The running time of the current task up to now. The scheduler adds it up at ticks and switches only, so at an exit
 * the last few milliseconds are missing, which for a short process is all of it. What is missing is now -
 * se.exec_start, by the run queue's clock of running time: its clock less what was stolen by a hypervisor or spent in
 * interrupts. Programs can read another clock only. The difference of the two is the least that is seen of (our clock
 * - rq.clock) on this CPU: right after a tick or a switch there is no other. Too few events make it too large, and the
 * time added too small, never the reverse. Only what is stolen after the last tick cannot be told from time used.
 */
#ifndef PARTS_RUNTIME_BPF_H
#define PARTS_RUNTIME_BPF_H

/* The clocks drift apart (NTP): only what was seen of late counts. */
#define CLOCK_WINDOW_NS 100000000ULL
/* The longest that the scheduler leaves time unaccounted: a tick at HZ=100, and some. */
#define UNACCOUNTED_MAX_NS 12000000LL
#define CLOCK_UNKNOWN	   0x7fffffffffffffffLL

struct clock_window {
	__u64 start;	    /* of the present window */
	__s64 least;	    /* in it */
	__s64 least_before; /* in the one before */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct clock_window);
} clocks SEC(".maps");

/* The least that our clock was seen ahead of the run queue's, with this look at both. */
static __always_inline __s64 clock_ahead(struct clock_window *w, __u64 now, __u64 clock)
{
	__s64 ahead = now - clock;

	if (now - w->start > CLOCK_WINDOW_NS) {
		w->least_before = now - w->start > 2 * CLOCK_WINDOW_NS ? CLOCK_UNKNOWN : w->least;
		w->least = CLOCK_UNKNOWN;
		w->start = now;
	}
	if (ahead < w->least)
		w->least = ahead;
	return w->least < w->least_before ? w->least : w->least_before;
}

/* Nanoseconds that the current task has run since the scheduler last added up. Each event calls it: each is a look at
 * the clocks. */
static __always_inline __u64 runtime_unaccounted(struct task_struct *current)
{
	__u64 added_up = READ(current, se.exec_start), start = added_up, clock = start, now;
	struct clock_window *w;
	__u32 zero = 0;
	__s64 missing;

	w = bpf_map_lookup_elem(&clocks, &zero);
	if (!w)
		return 0;
	/* Without CONFIG_FAIR_GROUP_SCHED what was stolen since the least was seen is told as used. */
	if (bpf_core_field_exists(current->se.cfs_rq)) {
		struct rq *rq;

		/* Or the member's address would be made before the question, where it may not be. */
		barrier_var(current);
		rq = READ(current, se.cfs_rq, rq);
		start -= READ(rq, clock_task);
		/* An update between the two must not make the missing time longer. */
		barrier();
		clock = READ(rq, clock);
		start += clock;
	}
	now = bpf_ktime_get_ns();
	missing = now - clock_ahead(w, now, clock) - start;
	/* Where the scheduler has added up meanwhile, less is missing than that. */
	if (missing < 0 || READ(current, se.exec_start) != added_up)
		return 0;
	return missing < UNACCOUNTED_MAX_NS ? missing : UNACCOUNTED_MAX_NS;
}

#endif
