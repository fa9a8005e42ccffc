# SPDX-License-Identifier: GPL-2.0-only
"""The load programs of bench/load: built, run, and what they print."""

import contextlib
import dataclasses
import os
import pathlib
import re
import subprocess
import time

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
SOURCES = TOP / "bench" / "load"
FLAGS = ["-std=gnu11", "-O2", "-Wall", "-Wextra"]
BARE = ["-static", "-nostdlib", "-ffreestanding", "-fno-stack-protector", "-fno-pie"]
PROGRAMS = {
    "nop": (["nop.c"], BARE),
    "chain": (["chain.c"], BARE),
    "vforkers": (["vforkers.c"], ["-pthread"]),
    "count": (["count.c"], []),
    "calls": (["calls.c"], []),
    "pingpong": (["pingpong.c", "watch.c"], ["-lutil"]),
    "firstcatch": (["firstcatch.c", "watch.c"], ["-lutil"]),
    "passes": (["passes.c"], []),
}
ARGV_LONG_BYTES = 4096


def build(folder):
    """Compiles what is older than its sources into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    newest = max(path.stat().st_mtime for path in SOURCES.iterdir())
    for name, (sources, flags) in PROGRAMS.items():
        target = folder / name
        if not target.exists() or target.stat().st_mtime < newest:
            paths = [str(SOURCES / source) for source in sources]
            subprocess.run([os.environ.get("CC", "cc"), *FLAGS, "-o", str(target), *paths, *flags], check=True)


def numbers(text):
    """The `name=number` pairs that each load program prints."""
    return {name: int(value) for name, value in re.findall(r"(\w+)=(\d+)", text)}


@dataclasses.dataclass
class Outcome:
    """What a load did: successful execs, and the time between its first and its last."""
    execs: int
    wall_ns: int

    def __post_init__(self):
        if not self.execs:
            raise RuntimeError("the load did no exec at all (--scale too small?)")

    @property
    def ns_per_exec(self):
        return self.wall_ns / self.execs

    @property
    def per_second(self):
        return self.execs * 1e9 / self.wall_ns


class Loads:
    def __init__(self, folder):
        self.folder = folder
        self.cpus = sorted(os.sched_getaffinity(0))

    def path(self, name):
        return str(self.folder / name)

    def _chain_start(self, limit, until_ns, cpu, padding_bytes):
        environment = {"LIMIT": f"{limit:010}", "UNTIL": f"{until_ns:020}", "START": f"{0:020}"}
        argv = [self.path("chain"), f"{0:010}"]
        # Sixteen arguments, as a compiler's command line has many: each with its NUL.
        argv += ["x" * (padding_bytes // 16 - 1)] * 16 if padding_bytes else []
        return subprocess.Popen(argv, env=environment, stdout=subprocess.PIPE, text=True,
                                preexec_fn=lambda: os.sched_setaffinity(0, {cpu}) if cpu is not None else None)

    @staticmethod
    def _finish(process):
        text = process.communicate()[0]
        if process.returncode:
            raise RuntimeError(f"load ended with status {process.returncode}: {process.args}")
        return numbers(text)

    def chain(self, execs, padding_bytes=0):
        """One process that execs itself, on the last CPU: the others are free for the tool."""
        said = self._finish(self._chain_start(execs, 0, self.cpus[-1], padding_bytes))
        return Outcome(said["execs"], said["end"] - said["start"])

    def chains(self, seconds):
        """A chain on every CPU for that time."""
        until_ns = time.monotonic_ns() + int(seconds * 1e9)
        said = [self._finish(process) for process in
                [self._chain_start(10**9, until_ns, cpu, 0) for cpu in self.cpus]]
        begin, end = min(one["start"] for one in said), max(one["end"] for one in said)
        return Outcome(sum(one["execs"] for one in said), end - begin)

    @contextlib.contextmanager
    def flood(self):
        """A chain on every CPU for as long as the context is open."""
        running = [self._chain_start(10**10 - 1, 0, cpu, 0) for cpu in self.cpus]
        try:
            yield
        finally:
            for process in running:
                process.kill()
                process.communicate()

    def vforkers(self, execs_each, threads=None, target=None):
        said = self._finish(subprocess.Popen([self.path("vforkers"), str(threads or len(self.cpus)), str(execs_each),
                                              target or self.path("nop")], stdout=subprocess.PIPE, text=True, env={}))
        return Outcome(said["execs"], said["end"] - said["start"])

    def calls(self, count):
        """System calls of one process on the last CPU; an "exec" of the outcome is a call."""
        cpu = self.cpus[-1]
        said = self._finish(subprocess.Popen([self.path("calls"), str(count)], stdout=subprocess.PIPE, text=True,
                                             preexec_fn=lambda: os.sched_setaffinity(0, {cpu})))
        return Outcome(said["execs"], said["end"] - said["start"])

    def passes(self, what, number):
        """Passes of a tracepoint: `switch` or `openat`."""
        said = self._finish(subprocess.Popen([self.path("passes"), what, str(number)], stdout=subprocess.PIPE, text=True))
        return Outcome(said["execs"], said["end"] - said["start"])

    def counted(self, argv, environment=None):
        """Runs a load under ptrace; returns (execs that were counted, what the load says of itself)."""
        done = subprocess.run([self.path("count"), *argv], env=environment or {}, check=True, text=True,
                              capture_output=True)
        return numbers(done.stderr)["execs"], numbers(done.stdout)
