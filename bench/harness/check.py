# SPDX-License-Identifier: GPL-2.0-only
"""Do the load programs do what they say? Counted by ptrace, without any tool; and does the waiting for lines notice a lost one?"""

import subprocess

from . import loads

# Stands for a tool that shows each exec: the targets write their mark into a FIFO and this copies it.
TARGET = '#!/bin/sh\necho "$1" >&9\n'


class Checks:
    def __init__(self):
        self.failed = 0

    def equal(self, what, actual, expected):
        verdict = "ok" if actual == expected else "FAILED"
        self.failed += actual != expected
        print(f"{verdict}: {what}: {actual}, expected {expected}")


def check_chain(bench, checks, limit, padding):
    environment = {"LIMIT": f"{limit:010}", "UNTIL": f"{0:020}", "START": f"{0:020}"}
    counted, said = bench.loads.counted([bench.loads.path("chain"), f"{0:010}", *padding], environment)
    checks.equal(f"chain of {limit}: execs counted", counted, limit)
    checks.equal(f"chain of {limit}: execs it tells of", said["execs"], limit)


def check_vforkers(bench, checks, threads, count):
    counted, said = bench.loads.counted([bench.loads.path("vforkers"), str(threads), str(count),
                                         bench.loads.path("nop")])
    checks.equal(f"vforkers {threads} x {count}: execs counted", counted, threads * count)
    checks.equal(f"vforkers {threads} x {count}: execs it tells of", said["execs"], threads * count)


def check_until(bench, checks):
    outcome = bench.loads.chains(0.3)
    checks.equal("chains for 0.3 s: ended in time", 0.29 < outcome.wall_ns / 1e9 < 0.4, True)


def run_pingpong(bench, script, count):
    """A pingpong whose targets write to a FIFO that `script` (a shell command) reads as the tool."""
    fifo, target = bench.scratch / "fifo", bench.scratch / "target"
    for path in (fifo, target):
        path.unlink(missing_ok=True)
    subprocess.run(["mkfifo", str(fifo)], check=True)
    target.write_text(TARGET, encoding="ascii")
    target.chmod(0o755)
    # Descriptor 9 is open both ways, so that neither side waits for the other to open it.
    argv = [bench.loads.path("pingpong"), "-r", "begin", "-w", "200", str(target), str(count), "/bin/sh", "-c",
            f"echo begin >&2; exec {script} <&9"]
    done = subprocess.run(["/bin/sh", "-c", 'exec "$@" 9<>' + str(fifo), "sh", *argv], check=True, text=True,
                          capture_output=True)
    return loads.numbers(done.stdout)


def check_pingpong(bench, checks):
    said = run_pingpong(bench, "cat", 50)
    checks.equal("pingpong, tool that shows all: shown", said["shown"], 50)
    said = run_pingpong(bench, "sed -u '/7$/d'", 20)
    checks.equal("pingpong, tool that drops each tenth: missing", said["missing"], 2)
    said = run_pingpong(bench, "sed -u '/7$/{h;d};/nudge/{x;G}'", 20)
    checks.equal("pingpong, tool that shows each tenth with the next only: late", said["late"], 2)


def run(bench):
    """Returns the number of checks that failed."""
    checks = Checks()
    check_chain(bench, checks, 300, [])
    check_chain(bench, checks, 100, ["x" * 255] * 16)
    check_vforkers(bench, checks, 2, 150)
    check_until(bench, checks)
    check_pingpong(bench, checks)
    return checks.failed
