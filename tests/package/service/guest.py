# SPDX-License-Identifier: GPL-2.0-only
"""What the checks of the service share, inside the guest: named checks that are counted, systemctl, the journal, the log it writes
and load. Knows nothing of a single check."""
import json
import os
import pathlib
import re
import subprocess
import time
import traceback

UNIT = "observer.service"
LOGS = pathlib.Path("/var/log/observer")  # where the user is made for the service, a link
LOG = LOGS / "exec.json"
DROP_IN = pathlib.Path(f"/etc/systemd/system/{UNIT}.d/test.conf")
PATIENCE_S = 60

checks = []


class Failed(Exception):
    pass


def named(function):
    """A check: run in the order in which they are written, each from the state that the one before left."""
    checks.append(function)
    return function


def expect(ok, what):
    if not ok:
        raise Failed(what)


def run_checks(only):
    """Runs all, or those named; prints a line for each and returns the number that failed."""
    failed = 0
    for check in checks:
        if only and check.__name__ not in only:
            continue
        start, journal_start = time.monotonic(), cursor()
        try:
            said = check()
            print(f"passed   {check.__name__} ({time.monotonic() - start:.0f} s){': ' + said if said else ''}", flush=True)
        except Exception as error:
            failed += 1
            reason = str(error) if isinstance(error, Failed) else traceback.format_exc()
            print(f"failed   {check.__name__}: {reason}")
            print("\n".join(f"         | {line}" for line in journal(journal_start)[-30:]), flush=True)
    return failed


def run(*command, status=0):
    """Output and errors of a command; another status fails the check."""
    result = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True, errors="replace")
    expect(status is None or result.returncode == status,
           f"'{' '.join(map(str, command))}' ended with status {result.returncode}: {result.stdout}")
    return result.stdout


def wait_for(what, condition):
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.5)
    raise Failed(f"did not come: {what}")


# --- the unit ---

def systemctl(*words, status=0):
    return run("systemctl", "--no-pager", *words, status=status)


def show(key):
    return systemctl("show", "--value", "-p", key, UNIT).strip()


def is_active():
    return show("ActiveState") == "active"


def main_pid():
    return int(show("MainPID"))


def configure(*lines):
    """Settings beside those of the unit, in force from the next start; none takes them away."""
    DROP_IN.parent.mkdir(exist_ok=True)
    DROP_IN.write_text("\n".join(["[Service]", *lines, ""]) if lines else "")
    systemctl("daemon-reload")


def command_line(*options):
    """Settings that run the unit's command with more options."""
    unit = pathlib.Path("/lib/systemd/system", UNIT).read_text()
    command = re.search(r"^ExecStart=(.*)", unit, re.M)[1]
    return ["ExecStart=", f"ExecStart={' '.join([command, *options])}"]


def restart(*lines):
    """Runs it anew with these settings and an empty log."""
    systemctl("stop", UNIT)
    systemctl("reset-failed", UNIT, status=None)
    for path in LOGS.glob("*"):
        path.unlink()
    configure(*lines)
    systemctl("start", UNIT)


def cursor():
    run("journalctl", "--sync")
    return run("journalctl", "-n0", "--show-cursor", "--no-pager").split("cursor: ")[-1].strip()


def journal(since, **fields):
    """Lines of the journal behind a cursor: all, or those with these fields. (journalctl's own matches leave out the first.)"""
    run("journalctl", "--sync")
    entries = [json.loads(line) for line in run("journalctl", "-o", "json", f"--after-cursor={since}").splitlines()]
    return [str(entry["MESSAGE"]) for entry in entries if all(entry.get(key) == value for key, value in fields.items())
            and "request to sync" not in entry["MESSAGE"]]


def said(since):
    """What the service itself wrote to the journal."""
    return journal(since, _TRANSPORT="stdout", SYSLOG_IDENTIFIER="observer")


def stop_and_count():
    """Ends it; the terms of its sum: {seen, printed, filtered, lost, unread}."""
    since = cursor()
    systemctl("stop", UNIT)
    lines = said(since)
    sums = [line for line in lines if "exec: seen" in line]
    expect(len(sums) == 1, f"one sum: {lines}")
    sum_of = {key: int(number.replace(",", "")) for key, number in re.findall(r"(\w+) ([\d,]+)", sums[0].split("exec: ")[1])}
    rest = sum(sum_of.get(key, 0) for key in ("printed", "filtered", "lost", "unread"))
    expect(sum_of["seen"] == rest and "add up" not in " ".join(lines), f"the sum is exact: {lines}")
    return sum_of


# --- the log ---

def read_log(*paths):
    """The events of files, in order; a torn line fails."""
    events = []
    for path in paths or (LOG,):
        text = path.read_bytes()
        expect(not text or text.endswith(b"\n"), f"{path} ends with a whole line: {text[-200:]}")
        for line in text.splitlines():
            try:
                events.append(json.loads(line))
            except ValueError:
                raise Failed(f"{path} has a torn line: {line[:200]}") from None
    return events


def missing_numbers(events):
    """Per processor how many numbers between the first and the last did not come: {cpu: how many}."""
    numbers = {}
    for event in events:
        if event["event"] == "exec":
            numbers.setdefault(event["cpu"], set()).add(event["seq"])
    return {cpu: max(seen) - min(seen) + 1 - len(seen) for cpu, seen in numbers.items()}


def expect_whole(events, *tags):
    """Nothing is lost, and what ran with these words is there."""
    missing = missing_numbers(events)
    expect(missing and not any(missing.values()), f"numbers are missing: {missing}")
    lost = [event for event in events if event["event"] == "lost"]
    expect(not lost, f"lost: {lost}")
    for tag in tags:
        expect(any(tag in event.get("argv", []) for event in events), f"'{tag}' is there")


def has(tag, path=LOG):
    return path.exists() and tag.encode() in path.read_bytes()


# --- load ---

def execute(*argv):
    run("/bin/true", *argv)


class Storm:
    """Short programs, one after the other, until it is left."""

    def __init__(self, *words):
        self.command = ["sh", "-c", 'while :; do /bin/true "$@"; done', "sh", *words]

    def __enter__(self):
        self.process = subprocess.Popen(self.command)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
