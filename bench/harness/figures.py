# SPDX-License-Identifier: GPL-2.0-only
"""The figures: for each its contestants and how one of them is measured once."""

import os
import subprocess
import time

from . import kernel, passes
from .bench import Contestant, Figure, Metric
from .lives import BRIEF, BUILD, LIFE, SYSCALL
from .loads import ARGV_LONG_BYTES, numbers
from .tools import READY, SIX_FIELDS, TOOLS

WARM_UP_EXECS = 200
CHAIN_EXECS = 10000
PROGRAM_EXECS = 2000
REAL_PROGRAM = "/bin/true"
RATE_SECONDS = 2.0
IDLE_SECONDS = 10.0
IDLE_TRIES = 3
PING_PONG_EVENTS = 1000000

BARE = Contestant("bare", "bare machine")
PEERS = tuple(Contestant(name, TOOLS[name].title, TOOLS[name])
              for name in ("bpftrace", "execsnoop", "perf", "forkstat", "auditd"))


def ours(name, targets=None, title=None, tool=None, options=()):
    return Contestant(name, title or TOOLS[tool or name].title, TOOLS[tool or name], options, targets or {})


def bpf_peers():
    return tuple(peer for peer in PEERS if peer.tool.bpf)


# --- run time of the BPF programs -----------------------------------------------------------------------------------

def measure_programs(bench, ids, padding_bytes):
    execs = bench.number(CHAIN_EXECS)
    bench.loads.chain(WARM_UP_EXECS, padding_bytes)
    with kernel.bpf_stats():
        before = kernel.program_times(ids)
        bench.loads.chain(execs, padding_bytes)
        return {"ns": kernel.ns_per_event(before, kernel.program_times(ids), execs)}


def measure_bpf(bench, contestant):
    padding_bytes = contestant.options[0] if contestant.options else 0
    if not contestant.tool:
        with kernel.empty_program() as number:
            return measure_programs(bench, [number], padding_bytes)
    with bench.running(contestant.tool) as run:
        return measure_programs(bench, kernel.programs_of(run.pid), padding_bytes)


BPF = Figure(
    "bpf", "BPF run time per exec",
    "Run time by the kernel's own statistics (BPF_ENABLE_STATS: run_time_ns / run_cnt of the tool's programs), load: one "
    "self-exec chain. About 70 ns of every figure are the statistics' own clock, as the empty program shows. Ratios are to "
    "observer with every default field. Peers without BPF programs have no such figure.",
    (Metric("ns", "ns per exec", 0, True),),
    (ours("observer", {"ns": "1,400; never over 2,000"}, "observer, every default field, short argv"),
     ours("observer-4k", {"ns": "2,000; never over 2,800"}, "observer, every default field, 4 KiB argv", "observer",
          (ARGV_LONG_BYTES,)),
     ours("observer-six", {"ns": "850"}),
     ours("observer-classic"),
     ours("observer-compat", {"ns": "1,900"}),
     *bpf_peers(),
     Contestant("empty", "empty program")),
    measure_bpf, 30, "observer")


# --- wall time of the exec'ing process ------------------------------------------------------------------------------

def beside_bare(bench, contestant, load):
    """Outcomes of a load with the tool, and right before its start and after its end without; `load` takes a size."""
    before = load(0.5)
    if contestant.tool:
        with bench.running(contestant.tool):
            outcome = load(1.0)
    else:
        outcome = load(1.0)
    return outcome, (before, load(0.5))


def measure_wall(bench, contestant, run, execs):
    def load(size):
        run(WARM_UP_EXECS)
        return run(bench.number(execs * size)).ns_per_exec

    ns, bare = beside_bare(bench, contestant, load)
    return {"ns": ns, "bare": sum(bare) / 2}


WALL = (BARE, Contestant("bare-again", "bare machine, a second time"),
        ours("observer", {"ns": "interval contains 1.0, below 1.10"}), ours("observer-log"), *PEERS)

CHAIN = Figure(
    "chain", "Wall time per exec, self-exec chain",
    "One process execs itself, on one CPU, the tool is free to use the other. Every round measures each row once, in random "
    "order, between two bare runs of half the length, whose mean the ratio refers to; the second bare row is the control that "
    "says what the measurement cannot tell apart.",
    (Metric("ns", "ns per exec", 0, True, "bare"),),
    WALL,
    lambda bench, contestant: measure_wall(bench, contestant, bench.loads.chain, CHAIN_EXECS), 30, "bare")

PROGRAM = Figure(
    "program", "Wall time per start of a real program",
    f"vfork, exec and exit of {REAL_PROGRAM}, one after the other; else as the chain.",
    (Metric("ns", "ns per program", 0, True, "bare"),),
    WALL,
    lambda bench, contestant: measure_wall(
        bench, contestant, lambda execs: bench.loads.vforkers(execs, 1, REAL_PROGRAM), PROGRAM_EXECS), 30, "bare")


# --- all CPUs at full rate ------------------------------------------------------------------------------------------

def measure_tool(bench, contestant, load):
    """Outcome of a load, what the tool lost in %, its CPU time per exec in us."""
    with bench.running(contestant.tool) as run:
        before = run.cpu_ns()
        outcome = load(1.0)
        run.drain()
        cpu_ns = run.cpu_ns() - before
        run.end()
        shown = run.lines(bench.loads.path(contestant.options[0]))
    return {"rate": outcome.per_second, "cpu": cpu_ns / outcome.execs / 1000,
            "lost": max(0.0, 100.0 * (1 - shown / outcome.execs))}


def measure_load(bench, contestant, load):
    before = load(0.5).per_second
    told = measure_tool(bench, contestant, load) if contestant.tool else {"rate": load(1.0).per_second}
    return {**told, "bare": (before + load(0.5).per_second) / 2}


def full_contestants(load, **targets):
    return (BARE, ours("observer", {**targets, "cpu": "3"}, options=(load,)),
            ours("observer-log", {**targets, "cpu": "1.2"}, options=(load,)),
            *(Contestant(peer.name, peer.title, peer.tool, (load,)) for peer in PEERS))


FULL_METRICS = (Metric("rate", "execs per second", 0, True, "bare"), Metric("lost", "execs not shown, %", 2),
                Metric("cpu", "CPU of the tool per exec, us", 2))

RATE = Figure(
    "rate", "Highest rate, and the tool's CPU at that rate",
    "Every CPU runs a self-exec chain for 2 s, the tool writes to a file. Ratios are to the mean of two bare runs of half the "
    "length, right before and after. CPU is utime + stime of "
    "the tool's process by its CPU clock until it has worked off everything (auditd: with kauditd), per exec of the load.",
    FULL_METRICS, full_contestants("chain", rate="0.95 of bare", lost="0"),
    lambda bench, contestant: measure_load(bench, contestant,
                                           lambda size: bench.loads.chains(RATE_SECONDS * bench.scale * size)), 30, "bare")

STORM = Figure(
    "storm", "The same under vfork, exec and exit",
    "As many threads as CPUs vfork, exec a program that does nothing, and wait for it: a parallel build.",
    FULL_METRICS, full_contestants("nop"),
    lambda bench, contestant: measure_load(bench, contestant,
                                           lambda size: bench.loads.vforkers(bench.number(CHAIN_EXECS * size))), 30, "bare")


# --- filters --------------------------------------------------------------------------------------------------------

def measure_filter(bench, contestant):
    """Kernel time and the tool's CPU time per exec, in one run."""
    execs = bench.number(CHAIN_EXECS)
    with bench.running(contestant.tool) as run:
        ids = kernel.programs_of(run.pid)
        bench.loads.chain(WARM_UP_EXECS)
        run.drain()
        with kernel.bpf_stats():
            before, cpu_before = kernel.program_times(ids), run.cpu_ns()
            bench.loads.chain(execs)
            run.drain()
            return {"ns": kernel.ns_per_event(before, kernel.program_times(ids), execs),
                    "cpu": (run.cpu_ns() - cpu_before) / execs}


FILTER = Figure(
    "filter", "A filter that passes 1 in 1,024",
    "One self-exec chain; the filter `!(boot_ns & 0x3ff)` decided in the kernel, before paths and arguments are read and anything is "
    "copied, and the same filter decided in user space alone. Kernel time by the kernel's own statistics, CPU of the tool by its "
    "CPU clock until it has worked off everything.",
    (Metric("ns", "kernel time per exec, ns", 0, True), Metric("cpu", "CPU of the tool per exec, ns", 0, True)),
    tuple(ours(name) for name in ("observer", "observer-filter", "observer-filter-user", "trace", "trace-filter",
                                  "trace-filter-user")),
    measure_filter, 30, "observer")


# --- start ----------------------------------------------------------------------------------------------------------

def run_program(tool, argv):
    """Runs a load program that starts the tool itself; returns the numbers it prints."""
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False,
                          env={**os.environ, **dict(tool.environment)})
    if done.returncode or not done.stdout:
        raise RuntimeError(f"status {done.returncode}: {done.stderr.strip() or argv[0]}")
    if tool.proof not in done.stderr:
        raise RuntimeError(f"stderr does not say '{tool.proof}': {done.stderr.strip()}")
    return numbers(done.stdout)


def measure_start(bench, contestant):
    tool = contestant.tool
    where = ["-r", READY] if tool.ready else ["-t"]
    argv = tool.piped if tool.ready else tool.terminal or tool.argv
    said = run_program(tool, [bench.loads.path("firstcatch"), *where, bench.loads.path("nop"), *bench.argv(argv)])
    return {"caught": said["called"] / 1e6, "ready": said["ready"] / 1e6 if said["ready"] else None,
            "shown": said["shown"] / 1e6}


START = Figure(
    "start", "From start to the first exec caught",
    "A numbered program is exec'd every 0.2 ms from the tool's start on; the first number that it shows tells since when it "
    "sees. Peers write to a terminal, observer to a pipe. Ratios are to observer.",
    (Metric("caught", "ms until the first exec that is shown", 1, True), Metric("ready", "ms until `observer: ready`", 1),
     Metric("shown", "ms until its line is read", 1)),
    (ours("observer", {"caught": "30 (light skeleton)"}), ours("observer-compat", {"caught": "100 (libbpf)"}), *bpf_peers()),
    measure_start, 30, "observer")


# --- time to the line -----------------------------------------------------------------------------------------------

def pingpong(bench, tool, count, channel, *options):
    argv = tool.piped if channel == "pipe" else tool.terminal or tool.argv
    ready = ["-r", READY] if tool.ready else ["-s", str(int(tool.settle * 1000))]
    needle = [] if tool.shows_argv else ["-n", "nop"]
    terminal = ["-t"] if channel == "terminal" else []
    return run_program(tool, [bench.loads.path("pingpong"), *ready, *needle, *terminal, *options, bench.loads.path("nop"),
                        str(count), *bench.argv(argv)])


def measure_latency(bench, contestant):
    channel, flooded = contestant.options
    if flooded:
        with bench.loads.flood():
            said = pingpong(bench, contestant.tool, bench.number(200), channel, "-g", "10000", "-f")
    else:
        said = pingpong(bench, contestant.tool, bench.number(200), channel, "-g", "20000")
    if not said["shown"]:
        raise RuntimeError("no line was shown within a second")
    return {"p50": said["p50"] / 1000, "p99": said["p99"] / 1000, "unseen": said["late"] + said["missing"]}


LATENCY = Figure(
    "latency", "From the call of exec to the line read",
    "A program is exec'd every 20 ms on the otherwise idle machine, or every 10 ms while a chain runs on every CPU; the time runs "
    "from just before execve until a waiting reader has the line, so it includes the exec itself (about 30 us bare).",
    (Metric("p50", "median, us"), Metric("p99", "99th percentile, us"), Metric("unseen", "lines not seen within 1 s")),
    (ours("observer-terminal", {"p50": "300"}, "observer, idle, terminal", "observer", ("terminal", False)),
     ours("observer-pipe", {"p50": "300"}, "observer, idle, pipe", "observer", ("pipe", False)),
     ours("observer-flood", {"p99": "5,000"}, "observer, flood, pipe", "observer", ("pipe", True)),
     *(Contestant(peer.name, f"{peer.title}, idle, terminal", peer.tool, ("terminal", False))
       for peer in PEERS if peer.name in ("bpftrace", "execsnoop", "perf")),
     *(Contestant(peer.name + "-flood", f"{peer.title}, flood, terminal", peer.tool, ("terminal", True))
       for peer in PEERS if peer.name in ("bpftrace", "execsnoop"))),
    measure_latency, 10)


def measure_wakeups(bench, contestant):
    said = pingpong(bench, contestant.tool, bench.number(PING_PONG_EVENTS), "pipe", "-j", "100")
    return {**said, "p50": said["p50"] / 1000, "p999": said["p999"] / 1000}


WAKEUPS = Figure(
    "wakeups", "Lost wakeups",
    "1,000,000 events, each exec'd only after the line of the last was read, at a random time up to 0.1 ms later. Late: not seen "
    "within a second, then shown with the next event: its wakeup was lost. Missing: never shown.",
    (Metric("shown", "lines seen in time"), Metric("late", "late"), Metric("missing", "missing"),
     Metric("p50", "median, us"), Metric("p999", "99.9th percentile, us")),
    (ours("observer", {"late": "0", "missing": "0"}),),
    measure_wakeups, 1)


# --- at rest --------------------------------------------------------------------------------------------------------

def idle_window(run, witness, seconds):
    execs = kernel.program_info(witness)["count"]
    before = run.cpu_ns()
    time.sleep(seconds)
    return {"cpu": (run.cpu_ns() - before) / 1e6 * IDLE_SECONDS / seconds,
            "execs": kernel.program_info(witness)["count"] - execs}


def measure_idle(bench, contestant):
    """Tries a few times to catch a window in which nobody started anything."""
    with kernel.empty_program() as witness, kernel.bpf_stats(), bench.running(contestant.tool) as run:
        time.sleep(1)
        for _ in range(IDLE_TRIES):
            told = idle_window(run, witness, IDLE_SECONDS * min(1.0, bench.scale))
            if not told["execs"]:
                break
        return told


IDLE = Figure(
    "idle", "CPU at rest",
    "CPU time of the tool in 10 s in which nothing is started. The execs that happened nevertheless are counted by a BPF program "
    "that does nothing else; only a row without any is a figure of rest.",
    (Metric("cpu", "CPU in 10 s, ms", 3), Metric("execs", "execs of others in that time")),
    (ours("observer", {"cpu": "0.5"}), *PEERS), measure_idle, 5)


def measure_memory(bench, contestant):
    with bench.running(contestant.tool) as run:
        bench.loads.chains(RATE_SECONDS * bench.scale)
        return {"peak": kernel.peak_memory_kib(run.pid) / 1024}


MEMORY = Figure(
    "memory", "Peak resident memory",
    "VmHWM of the tool's process after 2 s of a chain on every CPU.",
    (Metric("peak", "MiB", 1),),
    (ours("observer", {"peak": "12"}), ours("observer-1m", {"peak": "4"}), *PEERS), measure_memory, 5)

# --- a log line -----------------------------------------------------------------------------------------------------

LOG_RUNS = 2000


def measure_log(bench, contestant):
    """The program that the build made beside the observer; it logs 1,000 lines in each run."""
    program = os.path.join(os.path.dirname(bench.observer), "bench", "log", "klog_bench")
    text = subprocess.run([program, contestant.options[0], str(bench.number(LOG_RUNS))],
                          check=True, capture_output=True, text=True).stdout
    told = numbers(text)
    return {"ns": told["ns"] / told["lines"]}


KLOG = Figure(
    "klog", "A log line of the kernel side",
    "Time of one line in a loop of 1,000 inside a BPF program (bpf_ktime_get_ns around it), by lib/klog and by bpf_printk, with 0, 4 "
    "and 12 numbers; the ring is emptied after each loop, nobody reads trace_pipe. The empty loop is in every figure. Ratios are to "
    "klog with 4 numbers.",
    (Metric("ns", "ns per line", 1, True),),
    (Contestant("nothing", "the empty loop", None, ("nothing",)),
     Contestant("off", "klog, 4 numbers, level off", None, ("off",)),
     *(Contestant(f"{name}-{nr}", f"{title}, {nr} numbers", None, (f"{name}_{nr}",))
       for nr in (0, 4, 12) for name, title in (("klog", "klog"), ("printk", "bpf_printk")))),
    measure_log, 30, "klog-4")


FIGURES = {figure.name: figure for figure in (BPF, LIFE, CHAIN, PROGRAM, RATE, STORM, BUILD, BRIEF, SYSCALL, START, LATENCY,
                                              WAKEUPS, IDLE, MEMORY, KLOG, FILTER, *passes.FIGURES)}
