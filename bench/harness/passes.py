# SPDX-License-Identifier: GPL-2.0-only
"""The figures of observer trace: what a pass of a tracepoint costs, in the kernel and in the tool, beside its peers."""

from . import kernel
from .bench import Contestant, Figure, Metric
from .tools import READY, Tool

PASSES = {"switch": ("sched:sched_switch", 200000), "openat": ("syscalls:sys_enter_openat", 200000)}
BARE = Contestant("bare", "bare machine")


def tools(tracepoint):
    """One tool for each way to see it; each writes what it shows to a file."""
    script = f"tracepoint:{tracepoint} {{{{ printf(\"%llu %d %s\\n\", nsecs, pid, comm); }}}}"
    line = rb"."
    return (
        Tool("observer", "observer trace, JSON", ("{observer}", "trace", tracepoint, "-o", "json:{out}", "--ring", "64M"), line, ready=READY),
        Tool("observer-frame", "observer trace --fields time,pid,comm",
             ("{observer}", "trace", tracepoint, "-o", "log:{out}", "--ring", "64M", "--fields", "time,pid,comm"), line, ready=READY),
        Tool("observer-summary", "observer trace --summary", ("{observer}", "trace", tracepoint, "--summary", "--ring", "64M"), line,
             ready=READY),
        Tool("bpftrace", "bpftrace, printf of three values", ("bpftrace", "-e", script), line, "bpftrace", settle=4.0),
        Tool("perf-trace", "perf trace", ("perf", "trace", "-a", "--no-syscalls", "-e", tracepoint, "-o", "{out}"), line, "linux-perf",
             bpf=False),
        Tool("perf-record", "perf record", ("perf", "record", "-q", "-a", "-e", tracepoint, "-o", "{out}"), line, "linux-perf", bpf=False),
    )


def bpf_ns(before, after, passes):
    """Nanoseconds per run of the program that ran for (nearly) every pass; None where the tool has none."""
    for number, now in after.items():
        runs = now["count"] - before.get(number, now)["count"]
        if runs >= passes * 0.9:
            return (now["time_ns"] - before[number]["time_ns"]) / runs
    return None


def measure_tool(bench, contestant, load):
    with bench.running(contestant.tool) as run:
        ids = kernel.programs_of(run.pid) if contestant.tool.bpf else []
        load(0.05)
        before = {n: kernel.program_info(n) for n in ids}
        cpu_ns = run.cpu_ns()
        outcome = load(1.0)
        after = {n: kernel.program_info(n) for n in ids}
        run.drain()
        return {"ns": outcome.ns_per_exec, "bpf": bpf_ns(before, after, outcome.execs),
                "cpu": (run.cpu_ns() - cpu_ns) / outcome.execs}


def measure(bench, contestant, what):
    def load(size):
        return bench.loads.passes(what, bench.number(PASSES[what][1] * size))

    with kernel.bpf_stats():
        before = load(0.5).ns_per_exec
        told = measure_tool(bench, contestant, load) if contestant.tool else {"ns": load(1.0).ns_per_exec}
        return {**told, "bare": (before + load(0.5).ns_per_exec) / 2}


def figure(what):
    tracepoint = PASSES[what][0]
    return Figure(
        f"trace-{what}", f"A pass of {tracepoint}",
        f"{PASSES[what][1]:,} passes by one process (switch: two) on one CPU, the tool is free to use the other. The first column is the wall "
        "time per pass, by a ratio to the mean of two bare runs right before and after; then the run time of the tool's BPF program by "
        "the kernel's own statistics, whose clock (about 70 ns) is in it; then the tool's CPU time per pass until it has worked off all.",
        (Metric("ns", "ns per pass", 0, True, "bare"), Metric("bpf", "ns of BPF per pass", 0), Metric("cpu", "CPU of the tool per pass, ns", 0)),
        (BARE, *(Contestant(tool.name, tool.title, tool) for tool in tools(tracepoint))),
        lambda bench, contestant: measure(bench, contestant, what), 20, "bare")


FIGURES = tuple(figure(what) for what in PASSES)
