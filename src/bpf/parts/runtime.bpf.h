/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The running time of the current task up to now. The scheduler adds it up at ticks and switches only, so at an exit
 * the last few milliseconds are missing, which for a short process is all of it. What is missing is now -
 * se.exec_start, by the run queue's clock; programs can read another clock only. The difference of the two clocks is
 * the least that is seen of (our clock - exec_start) on this CPU: right after a tick or a switch nothing is missing.
 * Too few events make it too large, and the time added too small, never the reverse.
 */
#ifndef PARTS_RUNTIME_BPF_H
#define PARTS_RUNTIME_BPF_H

/* The clocks drift apart (NTP, time stolen or spent in interrupts): only what was seen of late counts. */
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

/* Nanoseconds that the current task has run since the scheduler last added up. Each event calls it: each is a look at
 * the clocks. */
static __always_inline __u64 runtime_unaccounted(struct task_struct *current)
{
	__u64 now = bpf_ktime_get_ns();
	__s64 apart = now - READ(current, se.exec_start), least;
	struct clock_window *w;
	__u32 zero = 0;

	w = bpf_map_lookup_elem(&clocks, &zero);
	if (!w)
		return 0;
	if (now - w->start > CLOCK_WINDOW_NS) {
		w->least_before = now - w->start > 2 * CLOCK_WINDOW_NS ? CLOCK_UNKNOWN : w->least;
		w->least = CLOCK_UNKNOWN;
		w->start = now;
	}
	if (apart < w->least)
		w->least = apart;
	least = w->least < w->least_before ? w->least : w->least_before;
	apart -= least;
	return apart < UNACCOUNTED_MAX_NS ? apart : UNACCOUNTED_MAX_NS;
}

#endif
