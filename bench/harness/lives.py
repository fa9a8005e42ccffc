# SPDX-License-Identifier: GPL-2.0-only
"""The figures of whole lives: fork, exec and exit together, a build under `observer run`, and the hook of failed execs."""

import os
import subprocess
import time

from . import kernel
from .bench import Contestant, Figure, Metric
from .loads import TOP
from .tools import TOOLS

LIVES = 5000
SYSTEM_CALLS = 5000000
WARM_UP = 200

BARE = Contestant("bare", "bare machine")
AGAIN = Contestant("bare-again", "bare machine, a second time")


def contestants(*names, targets=None):
    targets = targets or {}
    return tuple(Contestant(name, TOOLS[name].title, TOOLS[name], (), targets.get(name, {})) for name in names)


# --- fork, exec and exit together -----------------------------------------------------------------------------------

def measure_life(bench, contestant):
    with bench.running(contestant.tool) as run:
        ids = kernel.programs_of(run.pid)
        bench.loads.vforkers(WARM_UP, 1)
        with kernel.bpf_stats():
            before = kernel.program_times(ids)
            lives = bench.loads.vforkers(bench.number(LIVES), 1).execs
            return {"ns": kernel.ns_per_event(before, kernel.program_times(ids), lives)}


LIFE = Figure(
    "life", "BPF run time per process life",
    "vfork, exec and exit of a program that does nothing, one after the other. The mean run times of all programs of the tool that "
    "run once in each life, on whatever hook, together (BPF_ENABLE_STATS). About 70 ns of each run are the "
    "statistics' own clock. Ratios are to observer with exec alone; the peers show exec alone, or exit alone.",
    (Metric("ns", "ns per process", 0, True),),
    contestants("observer", "observer-lives", "observer-life", "bpftrace", "execsnoop", "exitsnoop",
                targets={"observer-lives": {"ns": "under twice of exec alone"}}),
    measure_life, 30, "observer")


# --- a build under observer run -------------------------------------------------------------------------------------

# A compiler that is named is used without ccache, and one that is ccache by another name hands each call on.
ENVIRONMENT = {**os.environ, "CC": os.environ.get("CC", "cc"), "CCACHE_DISABLE": "1"}


def prepare_build(bench):
    """The project's own tree, configured as `make` does it, and clean."""
    folder = bench.scratch / "tree"
    if not (folder / "build.ninja").exists():
        subprocess.run(["meson", "setup", str(folder), str(TOP)], check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
    subprocess.run(["ninja", "-C", str(folder), "-t", "clean"], check=True, stdout=subprocess.DEVNULL)
    return folder


def timed(argv, log_path, environment):
    """Wall and CPU time, in seconds, of a command and all that it waits for."""
    with open(log_path, "wb") as log:
        begin = time.monotonic()
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment)
        status, usage = os.wait4(process.pid, 0)[1:]
        wall = time.monotonic() - begin
        process.returncode = status
    if status:
        raise RuntimeError(f"'{argv[0]}' ended with status {status}: {log_path}")
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime}


def measure_build(bench, contestant):
    folder = prepare_build(bench)
    target = "observer" if bench.scale >= 1 else "src/base/libbase.a"
    wrapper = bench.argv(contestant.tool.argv) if contestant.tool else []
    return timed([*wrapper, "ninja", "-C", str(folder), "--quiet", target], bench.scratch / "build.log", ENVIRONMENT)


BUILD = Figure(
    "build", "A clean build, whole",
    "`ninja observer` in a clean tree of this project, as many jobs as ninja chooses, started by itself, by `observer run --` (with "
    "its report) and by `strace -f -e execve -o /dev/null`. Every round does each once, in random order; ratios are to the bare "
    "build of the round. CPU is user and system time of the whole tree of processes, the tool included.",
    (Metric("wall", "seconds", 2, True), Metric("cpu", "CPU seconds", 2, True)),
    (BARE, AGAIN, *contestants("observer-run", "strace", targets={"observer-run": {"wall": "interval contains 1.0"}})),
    measure_build, 10, "bare")


# --- a start and an end ---------------------------------------------------------------------------------------------

NOTHING = "/bin/true"


def measure_brief(bench, contestant):
    wrapper = bench.argv(contestant.tool.argv) if contestant.tool else []
    environment = {**os.environ, **dict(contestant.tool.environment if contestant.tool else ())}
    told = timed([*wrapper, NOTHING], bench.scratch / "brief.log", environment)
    return {name: seconds * 1000 for name, seconds in told.items()}


BRIEF = Figure(
    "brief", "A start and an end",
    f"`{NOTHING}` by itself, under `observer run --` (with its report) and under `strace -f -e execve -o /dev/null`: what a tool costs "
    "that has nothing to do. CPU is user and system time of both; nearly all of observer's is the kernel's, which takes its programs.",
    (Metric("wall", "ms", 1, True), Metric("cpu", "CPU ms", 1, True)),
    (BARE, *contestants("observer-run", "observer-run-compat", "strace")),
    measure_brief, 30, "observer-run")


# --- the hook at the end of every system call -----------------------------------------------------------------------

def measure_calls(bench, contestant):
    def load(size):
        return bench.loads.calls(bench.number(SYSTEM_CALLS * size)).ns_per_exec

    before = load(0.5)
    if contestant.tool:
        with bench.running(contestant.tool):
            ns = load(1.0)
    else:
        ns = load(1.0)
    bare = (before + load(0.5)) / 2
    return {"ns": ns, "bare": bare, "added": ns - bare}


SYSCALL = Figure(
    "syscall", "What failed execs add to every system call",
    "A loop of getppid(2), which does nothing else, on one CPU. Failed execs are seen at the end of every system call of the machine, "
    "so the hook is attached only where they are asked for (--failed, run); with --fail-hook fexit, where the kernel allows it, at the "
    "ends of execve and execveat alone. Ratios and differences are to two bare runs of half the "
    "length, right before and after.",
    (Metric("ns", "ns per system call", 1, True, "bare"), Metric("added", "ns added per system call", 1)),
    (BARE, AGAIN, *contestants("observer", "observer-failed", "observer-fexit", "auditd",
                               targets={"observer": {"ns": "interval contains 1.0"}})),
    measure_calls, 30, "bare")
