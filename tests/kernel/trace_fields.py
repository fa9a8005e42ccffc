# SPDX-License-Identifier: GPL-2.0-only
"""observer trace beside tracefs: real events of many tracepoints, seen by both at once. Each field, and the printed text,
must be what the kernel itself reports of that event in a trace instance of this test. Needs root and tracefs."""
import bisect
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

import trace_load

SKIPPED = 77
PATTERNS = ["alarmtimer:*", "block:*", "cgroup:*", "exceptions:*", "ext4:*", "filelock:*", "filemap:*", "fib:*", "irq:*", "jbd2:*",
            "kmem:*", "mmap:*", "mmap_lock:*", "napi:*", "neigh:*", "net:*", "oom:*", "percpu:*", "pagemap:*", "qdisc:*",
            "raw_syscalls:*", "rseq:*", "sched:*", "signal:*", "skb:*", "sock:*", "syscalls:sys_*_openat", "syscalls:sys_*_close",
            "syscalls:sys_*_write", "syscalls:sys_*_kill", "syscalls:sys_*_lseek", "task:*", "tcp:*", "timer:*", "tlb:*", "udp:*",
            "vmscan:*", "workqueue:*", "writeback:*", "xdp:*"]
CATEGORIES = ["sched", "signal", "syscalls", "raw_syscalls", "block", "ext4", "net", "sock", "tcp", "timer", "irq", "kmem", "task",
              "filelock", "cgroup"]
# Why nothing of these may be fired, besides what the load says that it was refused.
MAY_LACK = {"ext4": "/var/tmp may lie on another file system", "block": "/var/tmp may lie on no block device",
            "irq": "no interrupt may have come meanwhile"}
EVENTS_LEAST = 40
# A former observer lets go of its tracepoints in a child, which holds a lock of the kernel's that the next one wants.
DETACH_SECONDS = 60
LINE = re.compile(r"^\s*(.+)-(\d+)\s+\[\d+\]\s+\S+\s+(\d+)\.(\d+):\s(.*)$")
# How far apart in time the two are that saw the same event.
APART_NS = 2_000_000
# In these pairs the kernel has the number of a name; outside of it the name says nothing, and the number is shown.
UNRESOLVED = re.compile(r"\{ *[A-Za-z_]\w*,")


# The kernel leaves an array unset in some cases: what it prints is what lay there before.
UNSET = ("fib:fib_table_lookup",)


def has_own_text(tracepoint):
    """System calls are printed by code of the kernel's own, not by their print fmt."""
    return tracepoint["tracepoint"] in UNSET or tracepoint["tracepoint"].startswith("syscalls:") or not tracepoint["printable"] or UNRESOLVED.search(tracepoint["print_fmt"])



def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def write(path, value):
    with open(path, "w") as file:
        file.write(value)


def read_status(pid):
    """{key: value} of /proc/PID/status; nothing where the process has ended."""
    try:
        with open(f"/proc/{pid}/status") as file:
            return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
    except OSError:
        return {}


def is_detaching(pid):
    """That of an observer which still runs only waits for its end."""
    status = read_status(pid)
    return status.get("Name") == "observer-detach" and read_status(status["PPid"]).get("Name") != "observer"


def wait_for_detached():
    end = time.monotonic() + DETACH_SECONDS
    while any(is_detaching(pid) for pid in os.listdir("/proc") if pid.isdigit()):
        if time.monotonic() > end:
            print(f"a former observer has not let go of its tracepoints within {DETACH_SECONDS} s")
            return
        time.sleep(0.2)


def set_up(folder):
    if os.geteuid():
        skip("needs root")
    if subprocess.run(["mount", "-t", "tracefs", "tracefs", folder], capture_output=True).returncode:
        skip("tracefs cannot be mounted")
    instance = f"{folder}/instances/observer-{os.getpid()}"
    try:
        os.mkdir(instance)
    except OSError as error:
        skip(f"tracefs takes no instance: {error}")
    write(f"{instance}/tracing_on", "0")
    return instance


def set_option(instance, name, value):
    path = f"{instance}/options/{name}"
    if not os.path.exists(path):
        return False
    write(path, value)
    return True


def read_tracepoints(observer):
    """What each tracepoint of the patterns holds: {name: object of observer list}."""
    run = subprocess.run([observer, "list", "-o", "json", *patterns_here(observer)], capture_output=True, text=True, check=True)
    return {item["tracepoint"]: item for item in map(json.loads, run.stdout.splitlines())}


def patterns_here(observer):
    return [p for p in PATTERNS if subprocess.run([observer, "list", p], capture_output=True).returncode == 0]


def run_both(observer, instance, names):
    for name in names:
        path = f"{instance}/events/{name.replace(':', '/')}/enable"
        if os.path.exists(path):
            write(path, "1")
    write(f"{instance}/buffer_size_kb", "16384")
    set_option(instance, "event-fork", "1")
    with tempfile.NamedTemporaryFile("r") as out:
        run = subprocess.run([observer, "trace", "--ring", "64M", "-o", f"json:{out.name}", *names, "--",
                              sys.executable, "-B", trace_load.__file__, instance], capture_output=True, text=True)
        if run.returncode:
            print(run.stdout, run.stderr)
            sys.exit(1)
        return [json.loads(line) for line in out], run.stdout + run.stderr


def read_trace(instance):
    with open(f"{instance}/trace", errors="replace") as file:
        text = file.read()
    written = re.search(r"entries-in-buffer/entries-written: (\d+)/(\d+)", text)
    if written[1] != written[2]:
        print("the instance's buffer was too small")
        sys.exit(1)
    # A text of the kernel may have line breaks in it.
    lines = []
    for line in text.splitlines():
        match = LINE.match(line)
        if match:
            lines.append([int(match[2]), int(match[3] + match[4]) * 1000, match[5]])
        elif lines and not line.startswith("#"):
            lines[-1][2] += "\n" + line
    return lines


class Number(int):
    """A number that is equal to one of the same lowest bits."""

    def fits(self, value, bits):
        return (int(self) - value) % (1 << bits) == 0


def parse_fields(text, fields):
    """The fields of a line of tracefs with its option `fields`, as texts: {name: text}."""
    starts, at = [], 0
    for field in fields:
        found = re.compile(rf"(?:^|\s){re.escape(field['name'])}=").search(text, at)
        if found:
            starts.append((field["name"], found.start(), found.end()))
            at = found.end()
    ends = [start for _, start, _ in starts[1:]] + [len(text)]
    return {name: text[begin:end] for (name, _, begin), end in zip(starts, ends)}


def same_number(text, value, size):
    """None where the text holds no number."""
    value = int(value, 16) if isinstance(value, str) else int(value)
    if match := re.match(r"^\(?(0x[0-9a-f]+)\)?", text):
        return Number(int(match[1], 16)).fits(value, 8 * size)
    # An address with a symbol's name: its lower half follows.
    if match := re.search(r"\((-?\d+)\)$", text):
        return Number(int(match[1])).fits(value, 32)
    return None


def same_field(text, field, value):
    """True, False, or None where tracefs does not tell."""
    # User space's strings are put behind the record by tracefs alone, which then tells where.
    if "INVALID" in text or "(fault)" in text or text.startswith("(0x"):
        return None
    if field["json"] in ("number", "boolean") or field["kind"] == "pointer":
        return same_number(text, value, field["size"])
    if field["kind"] == "chars":
        return text == value
    return None


class Kernel:
    """Addresses of the kernel's symbols."""

    def __init__(self):
        self.addresses = {}
        with open("/proc/kallsyms") as file:
            for line in file:
                words = line.split()
                self.addresses.setdefault(words[2], set()).add(int(words[0], 16))

    def is_address(self, symbol, number):
        match = re.match(r"^([\w.$]+?)(?:\+0x([0-9a-f]+)/0x[0-9a-f]+)?$", symbol)
        if match and match[2]:
            return number - int(match[2], 16) in self.addresses.get(match[1], ())
        # %ps: the function alone that it lies in.
        return bool(match) and any(0 <= number - address < 1 << 20 for address in self.addresses.get(match[1], ()))


def same_text(kernel, theirs, ours):
    """Word by word; numbers as numbers, and an address may stand for a symbol's name."""
    split = re.compile(r"[\s=,()\[\]{}:;]+")
    theirs, ours = ([word for word in split.split(text) if word] for text in (theirs, ours))
    if len(theirs) != len(ours):
        return False
    for a, b in zip(theirs, ours):
        if a == b or (b == "nil" and not a.strip("0x")):
            continue
        if not re.match(r"^(0x)?[0-9a-fA-F]+$", b):
            return False
        number = int(b, 16)
        if re.match(r"^(0x)?[0-9a-fA-F]+$", a) and int(a, 16) == number:
            continue
        if not kernel.is_address(a, number):
            return False
    return True


class Comparison:
    def __init__(self, tracepoints):
        self.tracepoints = tracepoints
        self.kernel = Kernel()
        self.events, self.texts = {}, {}
        self.nr_fields, self.nr_untold = 0, 0
        self.missing, self.wrong_texts = [], {}

    def fits(self, event, theirs):
        """How many fields are told by tracefs, all of them ours, and how many are not; None where one is not ours."""
        untold = 0
        for field in self.tracepoints[event["event"]]["fields"]:
            text, value = theirs.get(field["name"]), event["args"].get(field["name"])
            same = None if text is None or value is None else same_field(text.rstrip("\n"), field, value)
            if same is False:
                return None
            untold += same is None
        return len(self.tracepoints[event["event"]]["fields"]) - untold, untold

    def find_twin(self, ours, theirs):
        """The event nearest in time that is like it; it is taken out of `ours`, events by name in the order of time."""
        name, time_ns, fields, text = theirs
        events = ours.get(name, [])
        begin = bisect.bisect_left(events, time_ns - APART_NS, key=lambda e: e["boot_ns"])
        end = bisect.bisect_right(events, time_ns + APART_NS, key=lambda e: e["boot_ns"])
        near = sorted(range(begin, end), key=lambda i: abs(events[i]["boot_ns"] - time_ns))
        fitting = [i for i in near if self.fits(events[i], fields)]
        # Some are told apart by what only the text tells.
        found = next((i for i in fitting if same_text(self.kernel, text, events[i]["message"])), next(iter(fitting), None))
        if found is None:
            return None
        told, untold = self.fits(events[found], fields)
        self.nr_fields += told
        self.nr_untold += untold
        return events.pop(found)

    def compare(self, ours, theirs):
        """Events of one thread: {name: [event]}, [(name, time, {field: text}, text)]."""
        for event in theirs:
            name, _, fields, text = event
            twin = self.find_twin(ours, event)
            if twin is None:
                self.missing.append((name, fields))
                continue
            self.events[name] = self.events.get(name, 0) + 1
            if has_own_text(self.tracepoints[name]):
                continue
            if same_text(self.kernel, text, twin["message"]):
                self.texts[name] = self.texts.get(name, 0) + 1
            else:
                self.wrong_texts.setdefault(name, (text, twin["message"]))


def main():
    observer = os.path.abspath(sys.argv[1])
    if os.environ.get("OBSERVER_OWN_MOUNTS") != "1":
        os.environ["OBSERVER_OWN_MOUNTS"] = "1"
        os.execvp("unshare", ["unshare", "--mount", sys.executable, "-B", *sys.argv])
    # Whoever ends it by a time limit leaves no trace instance behind, which would go on recording.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))
    wait_for_detached()
    with tempfile.TemporaryDirectory() as folder:
        instance = set_up(folder)
        try:
            compare(observer, instance)
        finally:
            os.rmdir(instance)
            subprocess.run(["umount", folder])


def compare(observer, instance):
    tracepoints = read_tracepoints(observer)
    short = {}
    for name in tracepoints:
        short.setdefault(name.split(":")[1], []).append(name)
    # Lines of tracefs have no category.
    names = sorted(found[0] for found in short.values() if len(found) == 1)
    set_option(instance, "hash-ptr", "0")
    write(f"{instance}/trace_clock", "boot")
    events, said = run_both(observer, instance, names)
    plain = read_trace(instance)
    if not set_option(instance, "fields", "1"):
        skip("tracefs of this kernel does not tell fields (option `fields`)")
    raw = read_trace(instance)
    assert len(plain) == len(raw), "tracefs printed different events"
    comparison = Comparison(tracepoints)
    threads, untraced = {}, {}
    for (tid, time_ns, text), (_, _, line) in zip(plain, raw):
        word, _, rest = line.partition(": ")
        name = short.get(word.rstrip(":"), [None])[0]
        if name in tracepoints:
            threads.setdefault(tid, []).append((name, time_ns, parse_fields(rest, tracepoints[name]["fields"]), text.partition(": ")[2]))
        else:
            untraced[word] = untraced.get(word, 0) + 1
    ours = {}
    for event in sorted((e for e in events if "tid" in e), key=lambda e: e["boot_ns"]):
        ours.setdefault(event["tid"], {}).setdefault(event["event"], []).append(event)
    for tid, theirs in threads.items():
        # tracefs has also who switches to the load, or wakes it.
        if tid in ours:
            comparison.compare(ours[tid], theirs)
    report(comparison, said, untraced)


def count_categories(names):
    """Tracepoints of each: {category: number}."""
    counts = {}
    for name in names:
        category = name.split(":")[0]
        counts[category] = counts.get(category, 0) + 1
    return counts


def are_categories_there(c, refused):
    """Something of each category of the list must have been compared, or there is a reason, which is printed."""
    failed = False
    known, compared = count_categories(c.tracepoints), count_categories(c.events)
    for category in CATEGORIES:
        reason = MAY_LACK.get(category) or next((line for line in refused if line.startswith(category)), None)
        if category in compared:
            continue
        if category not in known:
            reason = "this kernel has no tracepoint of it"
        print(f"skipped: {category}: {reason}" if reason else f"{category}: none of its events was compared")
        failed = failed or not reason
    return not failed


def report(c, said, untraced):
    total = sum(c.events.values())
    lost = int(re.search(r"lost (\d+)", said)[1])
    print(f"{total} events of {len(c.events)} tracepoints alike, {c.nr_fields} fields compared ({c.nr_untold} not told by tracefs), "
          f"{sum(c.texts.values())} texts; observer lost {lost}")
    print(", ".join(f"{category} {count}" for category, count in sorted(count_categories(c.events).items())))
    refused = re.findall(r"^skipped: (.*)$", said, re.MULTILINE)
    for line in refused:
        print(f"skipped: {line}")
    for name, count in untraced.items():
        print(f"not compared: {name} ({count})")
    failed = not are_categories_there(c, refused)
    if len(c.missing) > lost:
        failed = True
        for name, theirs in c.missing[:20]:
            print(f"{name}: no event like {theirs}")
        print(f"{len(c.missing)} events of tracefs are not observer's, which lost {lost}")
    for name, (theirs, ours) in c.wrong_texts.items():
        failed = True
        print(f"{name}: printed '{ours}', by tracefs '{theirs}'")
    if len(c.events) < EVENTS_LEAST:
        failed = True
        print(f"only {len(c.events)} tracepoints were fired, at least {EVENTS_LEAST} are wanted")
    if failed:
        sys.exit(1)


if __name__ == "__main__":
    main()
