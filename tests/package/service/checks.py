# SPDX-License-Identifier: GPL-2.0-only
"""What the service lives through, in a Debian that systemd runs: the package put in, each trouble of docs/install.md, an upgrade, and
the package gone. Runs in the guest, as root; see ../service.py.

usage: checks.py FOLDER [NAME...]    FOLDER holds observer.deb, later.deb and install.md
"""
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

from guest import (DROP_IN, LOG, LOGS, UNIT, Failed, Storm, command_line, configure, cursor, execute, expect, expect_whole, has, is_active,
                   journal, main_pid, missing_numbers, named, read_log, restart, run, run_checks, said, show, stop_and_count, systemctl,
                   wait_for)

FOLDER = pathlib.Path(sys.argv[1])
MEBIBYTE = 1 << 20
PINS = pathlib.Path("/sys/fs/bpf/observer")
BPF_AND_PERFMON = 1 << 39 | 1 << 38
STOPPED_S = 30


def install(package):
    return run("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "Dpkg::Use-Pty=0", "install", FOLDER / package)


def pinned():
    """The settings that docs/install.md gives for a service that pins."""
    text = (FOLDER / "install.md").read_text()
    block = re.search(r"# systemctl edit observer\n\s*\[Service\]\n((?:    .+\n)+)", text)
    expect(block, "install.md says how the service pins")
    return [line.strip() for line in block[1].splitlines()]


def status_of(pid):
    return dict(line.split(":\t", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line)


def processes():
    """All of the unit: the observer, and who opens its files anew."""
    group = pathlib.Path("/sys/fs/cgroup" + show("ControlGroup"), "cgroup.procs")
    return [int(word) for word in group.read_text().split()]


def memory(key):
    return pathlib.Path("/sys/fs/cgroup" + show("ControlGroup"), f"memory.{key}").read_text().strip()


# --- put in and started ---

@named
def installed_and_off():
    install("observer.deb")
    expect(not is_active(), "it does not start by itself")
    expect(systemctl("is-enabled", UNIT, status=None).strip() == "disabled", "nor at boot")
    complaints = run("systemd-analyze", "verify", "--man=no", f"/lib/systemd/system/{UNIT}")
    expect(not complaints, complaints)


@named
def started_by_its_notice():
    since = cursor()
    start = time.monotonic()
    systemctl("start", UNIT)
    took = time.monotonic() - start
    execute("two words", "with\nbreak", "\x1b[31m")
    wait_for("the line", lambda: has("two words"))
    found = [event for event in read_log() if "two words" in event.get("argv", [])]
    expect(found[0]["argv"] == ["/bin/true", "two words", "with\nbreak", "\x1b[31m"], f"true arguments: {found}")
    expect(found[0]["exe"] == "/usr/bin/true", f"and path: {found[0]['exe']}")
    return f"active {took:.1f} s after the start; said {said(since)}"


@named
def rights_given_up():
    names = sorted(status_of(pid)["Name"] for pid in processes())
    expect(names == ["observer", "observer-opener"], f"its processes: {names}")
    for pid in processes():
        status = status_of(pid)
        sets = {key: int(status[key], 16) for key in ("CapInh", "CapPrm", "CapEff", "CapAmb")}
        expect(not any(sets.values()), f"{status['Name']} has capabilities: {sets}")
        expect(not int(status["CapBnd"], 16) & ~BPF_AND_PERFMON, f"{status['Name']} could get others: {status['CapBnd']}")
        expect(status["Uid"].split()[0] != "0" and status["NoNewPrivs"] == "1" and status["Seccomp"] == "2", f"{status}")
    bounding = set(show("CapabilityBoundingSet").split())
    expect(bounding == {"cap_bpf", "cap_perfmon"} == set(show("AmbientCapabilities").split()), f"the unit gives: {bounding}")


@named
def log_is_not_for_all():
    expect(LOG.stat().st_mode & 0o777 == 0o640 and LOG.stat().st_uid == int(status_of(main_pid())["Uid"].split()[0]), "0640, its own")
    said_to_user = run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "cat", "/var/log/observer/exec.json", status=1)
    expect("Permission denied" in said_to_user, said_to_user)


@named
def memory_limit():
    expect(int(memory("max")) == 128 * MEBIBYTE, f"the unit's own: {memory('max')}")
    restart("MemoryMax=32M", "MemorySwapMax=0")
    expect(int(memory("max")) == 32 * MEBIBYTE, f"{memory('max')} bytes")
    with Storm("storm"), Storm("storm"):
        # 128 KiB in each command line, as find and xargs make them. The log lies in memory here and counts too, so a few MiB of it.
        run("sh", "-c", "seq 400000 | xargs /bin/true")
        time.sleep(5)
    execute("storm-end")
    wait_for("the line", lambda: has("storm-end"))
    events = dict(line.split() for line in memory("events").splitlines())
    expect(events["oom_kill"] == "0" and is_active(), f"it lives: {events}")
    expect_whole(read_log(), "storm", "400000", "storm-end")
    peak = pathlib.Path("/sys/fs/cgroup" + show("ControlGroup"), "memory.peak")
    return f"peak {int(peak.read_text()) / MEBIBYTE:.1f} MiB of 32, {len(read_log())} lines" if peak.exists() else "no memory.peak here"


# --- killed ---

@named
def killed_and_restarted():
    since, before = cursor(), main_pid()
    execute("before-the-kill")
    wait_for("the line", lambda: has("before-the-kill"))
    os.kill(before, signal.SIGKILL)
    wait_for("another one", lambda: is_active() and main_pid() not in (0, before))
    execute("after-the-kill")
    wait_for("the line", lambda: has("after-the-kill"))
    lines = journal(since, UNIT=UNIT)
    expect(any("status=9/KILL" in line for line in lines), f"the journal tells of the end: {lines}")
    # Each start counts from the same number on, so that the gap shows in the log too.
    first = {}
    for event in read_log():
        first.setdefault(event.get("cpu"), []).append(event.get("seq"))
    drops = [cpu for cpu, numbers in first.items() if any(b <= a for a, b in zip(numbers, numbers[1:]))]
    expect(drops, f"the numbers begin anew: {first}")


@named
def killed_with_pins():
    restart(*pinned())
    with Storm("pinned"):
        time.sleep(2)
        before = main_pid()
        os.kill(before, signal.SIGKILL)
        wait_for("another one", lambda: is_active() and main_pid() not in (0, before))
        time.sleep(2)
    execute("pinned-end")
    wait_for("the line", lambda: has("pinned-end"))
    expect_whole(read_log(), "pinned", "pinned-end")
    status = status_of(main_pid())
    expect(not int(status["CapEff"], 16), f"no capabilities as user 0 either: {status['CapEff']}")
    since = cursor()
    with Storm("restarted"):
        systemctl("restart", UNIT)
    execute("restart-end")
    wait_for("the line", lambda: has("restart-end"))
    expect_whole(read_log(), "restarted", "restart-end")
    expect(any("goes on where another stopped" in line for line in said(since)), f"{said(since)}")
    return f"{len(read_log())} lines, numbers whole over a kill and a restart"


# --- its file ---

def rotated(tag, rotate):
    """Runs a program before and behind a rotation, which leaves exec.json.1, under load; both files must be whole together."""
    restart()
    with Storm("rotation"):
        execute(f"{tag}-before")
        wait_for("the line", lambda: has(f"{tag}-before"))
        rotate()
        wait_for("a new file", LOG.exists)
        execute(f"{tag}-after")
        wait_for("the line", lambda: has(f"{tag}-after"))
    expect_whole(read_log(LOGS / "exec.json.1", LOG), f"{tag}-before", f"{tag}-after")


@named
def reload_opens_anew():
    def rotate():
        LOG.rename(LOGS / "exec.json.1")
        systemctl("reload", UNIT)
    rotated("reload", rotate)


@named
def logrotate_rotates():
    rotated("logrotate", lambda: run("logrotate", "--force", "/etc/logrotate.d/observer"))


@named
def reload_without_the_right():
    restart()
    since, owner = cursor(), LOGS.stat()
    moved = LOGS / "exec.json.1"
    with Storm("refused"):
        wait_for("the line", lambda: has("refused"))
        LOG.rename(moved)
        os.chown(LOGS, 0, 0)
        # A reload would give the folder back to the service before anything else.
        systemctl("kill", "--signal=HUP", UNIT)
        wait_for("an error", lambda: any("cannot open output file" in line for line in said(since)))
        execute("still-the-old-one")
        wait_for("the line", lambda: has("still-the-old-one", moved))
        os.chown(LOGS, owner.st_uid, owner.st_gid)
        systemctl("reload", UNIT)
        wait_for("a new file", LOG.exists)
        execute("the-new-one")
        wait_for("the line", lambda: has("the-new-one"))
    expect_whole(read_log(moved, LOG), "still-the-old-one", "the-new-one")
    return "; ".join(said(since))


# --- stopped ---

def stopped_in_a_storm(seconds):
    with Storm("stopped"):
        systemctl("kill", "--signal=STOP", "--kill-who=main", UNIT)
        time.sleep(seconds)
        systemctl("kill", "--signal=CONT", "--kill-who=main", UNIT)
        execute("goes-on")
        wait_for("the line", lambda: has("goes-on"))
    return stop_and_count()


@named
def stopped_and_the_ring_holds():
    restart()
    total = stopped_in_a_storm(STOPPED_S)
    expect(not total["lost"], f"nothing is lost: {total}")
    expect_whole(read_log(), "stopped", "goes-on")
    return f"{STOPPED_S} s: {total}"


@named
def stopped_and_the_ring_is_full():
    restart(*command_line("--ring", "16K"))
    total = stopped_in_a_storm(STOPPED_S)
    events = read_log()
    told = sum(event["count"] for event in events if event["event"] == "lost")
    causes = {event["cause"] for event in events if event["event"] == "lost"}
    expect(total["lost"] > 0, f"something is lost: {total}")
    expect(told == total["lost"] == sum(missing_numbers(events).values()), f"the log tells all of it: {told} of {total}")
    return f"{STOPPED_S} s: {total}, by {causes}"


# --- no room ---

@named
def full_disk():
    restart()
    systemctl("stop", UNIT)
    folder = LOGS.resolve()
    run("mount", "-t", "tmpfs", "-o", "size=64k", "logs", folder)
    try:
        systemctl("start", UNIT)
        since, before = cursor(), main_pid()
        with Storm("full", "x" * 1000):
            wait_for("its end", lambda: main_pid() != before)
            ended = read_log()
            wait_for("that it is said", lambda: any("No space left" in line for line in said(since)))
            # It comes back every 10 s, and ends each time.
            wait_for("a start in vain", lambda: int(show("NRestarts")) >= 2)
            read_log()
            run("mount", "-o", "remount,size=4m", folder)
            wait_for("a start that lasts", is_active)
            execute("room-again")
            wait_for("the line", lambda: has("room-again"))
        expect(read_log()[:len(ended)] == ended, "it goes on behind the last whole line")
        expect_sums(said(since))
    finally:
        systemctl("stop", UNIT)
        run("umount", folder)
    return f"{len(ended)} whole lines; {[line for line in said(since) if 'No space' in line][0]}"


def expect_sums(lines):
    for line in lines:
        expect("add up" not in line, f"the sums are exact: {lines}")


@named
def memory_that_is_too_little():
    systemctl("stop", UNIT)
    configure("MemoryMax=4M", "MemorySwapMax=0", "Restart=no")
    since = cursor()
    out = systemctl("start", UNIT, status=1)
    configure()
    systemctl("reset-failed", UNIT)
    return f"{journal(since)[-6:]} {out.strip()}"


# --- another version, and none ---

def upgraded(package):
    before = main_pid()
    with Storm("upgrade"):
        said_by_apt = install(package)
        wait_for("another one", lambda: is_active() and main_pid() not in (0, before))
        execute("upgraded")
        wait_for("the line", lambda: has("upgraded"))
    return said_by_apt


@named
def upgraded_in_place():
    restart(*pinned())
    since = cursor()
    upgraded("later.deb")
    expect("+later" in run("dpkg-query", "-W", "observer"), "the later one is there")
    expect_whole(read_log(), "upgrade", "upgraded")
    expect(not journal(since, UNIT=UNIT, PRIORITY="3"), "without an error")
    return f"{len(read_log())} lines, numbers whole; {said(since)}"


@named
def removed():
    expect(PINS.exists(), "something is pinned")
    run("apt-get", "-qq", "remove", "observer")
    expect(not is_active(), "it is stopped")
    expect(not PINS.exists(), "nothing stays in the kernel")
    expect(not pathlib.Path("/usr/bin/observer").exists(), "the program is gone")
    expect(LOG.exists(), "what was recorded stays")
    run("apt-get", "-qq", "purge", "observer")
    left = [path for path in ("/var/log/observer", "/var/log/private/observer", "/etc/logrotate.d/observer") if os.path.lexists(path)]
    expect(not left, f"left after the purge: {left}")


sys.exit(min(1, run_checks(sys.argv[2:])))
