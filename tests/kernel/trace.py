# SPDX-License-Identifier: GPL-2.0-only
"""observer trace as a user meets it: exit statuses, errors, whom it follows, losses that add up, summaries."""
import collections
import json
import os
import re
import subprocess
import sys

SKIPPED = 77
OBSERVER = os.path.abspath(sys.argv[1])
# Signals itself so often, by signal 0, which does nothing.
KILLS = "import os\nfor i in range({}): os.kill(os.getpid(), 0)"
problems, nr_checks = [], 0


def check(condition, text):
    global nr_checks
    nr_checks += 1
    if not condition:
        problems.append(text)


def observe(*words, **more):
    return subprocess.run([OBSERVER, *words], capture_output=True, text=True, timeout=60, **more)


def events_of(run):
    return [json.loads(line) for line in run.stdout.splitlines()]


def read_sum(run):
    match = re.search(r"^tracepoint: seen (\d+) = (?:printed|used) (\d+) \+ filtered (\d+) \+ lost (\d+).* \+ unread (\d+)$", run.stderr,
                      re.M)
    check(match, f"no sum in {run.stderr!r}")
    numbers = [int(n) for n in match.groups()] if match else [0] * 5
    check(numbers[0] == sum(numbers[1:]), f"the sum does not add up: {match and match[0]}")
    return dict(zip(("seen", "printed", "filtered", "lost", "unread"), numbers))


def check_statuses():
    cases = [(["sh", "-c", "exit 3"], 3), (["sh", "-c", "kill -TERM $$"], 143), (["/no/such/program"], 127), (["/dev/null"], 126)]
    for command, expected in cases:
        run = observe("trace", "sched:sched_process_exec", "--", *command)
        check(run.returncode == expected, f"{command}: status {run.returncode}, not {expected}: {run.stderr}")


def check_errors():
    cases = [(["sched:sched_swich"], 1, "did you mean 'sched:sched_switch'?"), (["sched_swich"], 1, "did you mean 'sched:sched_switch'?"),
             (["nothing*"], 1, "no tracepoint matches"), ([], 2, "lacks the tracepoints"),
             (["sched:sched_swich", "--", "true"], 125, "did you mean"), (["sched:sched_switch", "--by", "comm"], 2, "--summary"),
             (["sched:sched_switch", "--summary", "-o", "json"], 2, "no events are shown"),
             (["signal:signal_generate", "--fields", "args.sgi"], 1, "did you mean 'sig'"), (["a\x1b[1m\nb"], 1, "no tracepoint"),
             (["sched:sched_switch", "--user", "root"], 2, "program to run"), (["--fields", "pid,,comm", "sched:sched_switch"], 2, "empty")]
    for words, status, text in cases:
        run = observe("trace", *words)
        check(run.returncode == status and text in run.stderr, f"{words}: status {run.returncode}, {run.stderr!r}")
        check("\x1b" not in run.stderr, f"{words}: the terminal is moved")
    run = observe("list", "-o", "jsn")
    check(run.returncode == 2 and "did you mean 'json'?" in run.stderr, f"list -o jsn: {run.stderr}")


def check_following():
    script = "sh -c 'kill -0 $$; sleep 0.01' & wait; kill -0 $$"
    run = observe("trace", "sched:sched_process_*", "sched:sched_switch", "-o", "json", "--", "sh", "-c", script)
    events = events_of(run)
    read_sum(run)
    born = {e["args"]["child_pid"] for e in events if e["event"] == "sched:sched_process_fork"}
    first = {e["pid"] for e in events if e["event"] == "sched:sched_process_exec"}
    check(len(first) >= 2, f"programs of two processes: {first}")
    check({e["tid"] for e in events if e["event"] != "lost"} <= born | first, "others than the command and its children are seen")
    exits = [e["tid"] for e in events if e["event"] == "sched:sched_process_exit"]
    last = {e["tid"]: e["event"] for e in events if e["event"] != "lost"}
    check(exits and all(last[tid] == "sched:sched_switch" for tid in exits), f"the last switch of a process is seen: {last}")


def check_own():
    """Writing an event makes no event, but with --self."""
    for option in ([], ["--self"]):
        run = subprocess.Popen([OBSERVER, "trace", "syscalls:sys_enter_write", "-o", "json", "--duration", "300ms", *option],
                               stdout=subprocess.PIPE, text=True)
        pids = [json.loads(line).get("pid") for line in run.communicate()[0].splitlines()]
        check((run.pid in pids) == bool(option), f"{option}: {pids.count(run.pid)} events of observer itself")


def check_summary():
    run = observe("trace", "syscalls:sys_enter_kill", "--summary", "--by", "comm,args.sig", "--", sys.executable, "-c", KILLS.format(200))
    total = read_sum(run)
    check(total["printed"] == 200, f"200 were made: {run.stderr}")
    check(re.search(r"^ +200 +[\d.]+  syscalls:sys_enter_kill$", run.stdout, re.M), f"counts by event: {run.stdout!r}")
    check(re.search(r"^ +200 +[\d.]+  python\S* +0$", run.stdout, re.M), f"counts by values: {run.stdout!r}")


def check_fields():
    command = ["--", sys.executable, "-c", KILLS.format(1)]
    run = observe("trace", "syscalls:sys_enter_kill", "-o", "json", "--fields", "cpu,args.sig,message", *command)
    events = events_of(run)
    check(len(events) == 1 and list(events[0]) == ["event", "cpu", "args", "message"] and list(events[0]["args"]) == ["sig"],
          f"chosen fields: {run.stdout}")
    run = observe("trace", "syscalls:sys_enter_kill", "--fields", "sig,event", *command)
    check(run.stdout.split() == ["SIG", "EVENT", "0", "syscalls:sys_enter_kill"], f"chosen columns: {run.stdout!r}")


def check_ends():
    run = observe("trace", "sched:sched_switch", "--count", "5")
    check(run.returncode == 0 and len(run.stdout.splitlines()) == 6 and read_sum(run)["printed"] == 5, f"--count: {run.stdout}")


def check_flood():
    """More than a small ring holds: each event is told, or told as lost where it lies."""
    load = subprocess.Popen([sys.executable, "-c", "import os\nwhile True: os.getppid()"])
    try:
        run = observe("trace", "raw_syscalls:*", "sched:*", "-o", "json", "--ring", "4K", "--duration", "1s", "--strict")
    finally:
        load.kill()
        load.wait()
    total, events = read_sum(run), events_of(run)
    lost = sum(e["count"] for e in events if e["event"] == "lost")
    check(total["lost"] > 0 and run.returncode == 3, f"nothing was lost, or nobody said so: {run.stderr}")
    check(lost == total["lost"], f"lost {lost} in the stream, {total['lost']} in the sum")
    check(len([e for e in events if e["event"] != "lost"]) == total["printed"], "lines are the printed ones")
    check_numbers(events)


def check_numbers(events):
    """On each processor no number is missing that no loss explains."""
    expected, explained = {}, collections.Counter()
    for event in events:
        cpu = event.get("cpu")
        if event["event"] == "lost":
            explained[cpu] += event["count"]
            continue
        gap = event["seq"] - expected.get(cpu, event["seq"])
        check(gap <= explained[cpu], f"processor {cpu}: {gap} numbers are missing before {event['seq']}, {explained[cpu]} told")
        explained[cpu] -= gap
        expected[cpu] = event["seq"] + 1


def check_list():
    run = observe("list")
    names = run.stdout.split()
    check(len(names) > 100 and len(set(names)) == len(names), f"{len(names)} names")
    check(not [n for n in names if n.startswith("ftrace:")], "ftrace's own take no programs")
    run = observe("list", "-o", "json")
    items = [json.loads(line) for line in run.stdout.splitlines()]
    check([i["tracepoint"] for i in items] == names and not run.stderr, f"every format gives its fields: {run.stderr}")
    check(all(i["fields"] for i in items if i["print_fmt"] != '""'), "a tracepoint has no fields")
    print(f"{len(items)} formats read, {sum(not i['printable'] for i in items)} print formats not followed")


def main():
    if observe("trace", "sched:sched_switch", "--count", "1").returncode:
        print("skipped: tracepoints cannot be traced here")
        sys.exit(SKIPPED)
    for part in (check_list, check_statuses, check_errors, check_following, check_own, check_summary, check_fields, check_ends, check_flood):
        part()
    for problem in problems:
        print(problem[:1000])
    print(f"{nr_checks} checks, {len(problems)} failed")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
