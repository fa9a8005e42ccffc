# SPDX-License-Identifier: GPL-2.0-only
"""observer new in the running kernel: projects for tracepoints of many shapes are written, built, run, and print true events."""
import os
import pathlib
import re
import shutil
import subprocess
import sys

from generated import check, end, folder, observer, problems, skip

HOOK = sys.argv[3]
PYTHON = sys.executable
EXECS = "/bin/true; sh -c /bin/true"

# Tracepoint, what makes it happen, and what one of the lines must hold. Without an expectation an event may stay away.
CASES = {
    "tp": [
        ("sched:sched_process_exec", EXECS, r'filename="/bin/true" pid=\d+ old_pid=\d+'),  # __data_loc text
        ("sched:sched_process_exit", EXECS, r'comm="true" pid=\d+ prio=\d+'),  # array of char, bool
        ("sched:sched_switch", "sleep 0.1", r'prev_comm=".*" .*next_pid=\d+'),
        ("syscalls:sys_enter_openat", "cat /dev/null", r"dfd=-100 filename=0x[0-9a-f]+"),  # pointer, negative int
        ("syscalls:sys_exit_read", "cat /proc/self/stat", r"ret=\d+"),
        ("syscalls:sys_enter_sync", "sync", r"__syscall_nr=\d+$"),  # no arguments
        ("syscalls:sys_enter_pipe2", f"{PYTHON} -c 'import os; os.pipe()'", r"flags=\d+"),  # a digit in the name
        ("syscalls:sys_enter_sched_get_priority_max", f"{PYTHON} -c 'import os; os.sched_get_priority_max(1)'", r"policy=1$"),
        ("raw_syscalls:sys_enter", "true", r"id=\d+ args=\[\d+,\d+,\d+,\d+,\d+,\d+\]"),  # array of longs
        ("signal:signal_generate", "sh -c 'kill -WINCH $$'", r'sig=28 errno=0 code=-?\d+ comm="sh"'),  # a macro's name
        ("task:task_newtask", "sh -c 'true & wait'", r"clone_flags=\d+ oom_score_adj=-?\d+"),
        ("timer:hrtimer_start", "sleep 0.05", r"hrtimer=0x[0-9a-f]+"),
        ("workqueue:workqueue_execute_start", "sync; sleep 0.5", r"work=0x[0-9a-f]+"),
        ("ipi:ipi_send_cpumask", "sleep 0.1", None),  # __data_loc cpumask
        ("tlb:tlb_flush", "sleep 0.1", None),
        ("fib6:fib6_table_lookup", f"{PYTHON} -c 'import socket; s = socket.socket(10, 2); s.connect((\"::1\", 9))'", None),
    ],
    "tp_btf": [
        ("sched:sched_process_exec", EXECS, r'p=0x[0-9a-f]+ p_pid=\d+ p_comm="true" old_pid=\d+ .*bprm_filename="/bin/true"'),
        ("sched:sched_process_exit", EXECS, r'p_comm="true"'),
        ("sched:sched_switch", "sleep 0.1", r'prev_pid=\d+ .*next_comm="'),
        ("sched:sched_wakeup", "sleep 0.1", r"p_pid=\d+"),
        ("raw_syscalls:sys_enter", "true", r"regs=0x[0-9a-f]+ id=\d+"),
        ("raw_syscalls:sys_exit", "true", r"ret=-?\d+"),
        ("signal:signal_generate", "sh -c 'kill -WINCH $$'", r'sig=28 .*task_comm="sh"'),
        ("task:task_newtask", "sh -c 'true & wait'", r"clone_flags=\d+"),
        ("task:task_rename", EXECS, r'comm="true"'),  # an argument that is a text
        ("timer:hrtimer_start", "sleep 0.05", r"mode=\d+"),
        ("workqueue:workqueue_execute_start", "sync; sleep 0.5", r"work=0x[0-9a-f]+"),
        ("irq:softirq_entry", "sleep 0.1", r"vec_nr=\d+"),
        ("ipi:ipi_send_cpumask", "sleep 0.1", None),
        ("fib6:fib6_table_lookup", f"{PYTHON} -c 'import socket; s = socket.socket(10, 2); s.connect((\"::1\", 9))'", None),
    ],
}

if os.environ.get("OBSERVER_VARIANT") == "compat":
    skip("the same in each variant of observer's own kernel program")
for program in ("clang", "make", "unshare"):
    if not shutil.which(program):
        skip(f"{program} is not installed")
if not shutil.which("bpftool") and not os.path.exists("/usr/sbin/bpftool"):
    skip("bpftool is not installed")
if os.geteuid():
    skip("needs root")


def make(directory, *words):
    """In a mount namespace of its own: where tracefs is not mounted the Makefile mounts it."""
    return subprocess.run(["unshare", "-m", "make", "-s", "-C", str(directory), *words], capture_output=True, text=True,
                          errors="replace", timeout=120)


def is_there(tracepoint):
    words = ["gen", "tracepoint", "--hook", HOOK, tracepoint]
    return observer(*words).returncode == 0


def try_project(directory, tracepoint, trigger, expected):
    """Whether it ran; problems are noted."""
    run = observer("new", directory, "--tracepoint", tracepoint, "--hook", HOOK)
    if not check(run.returncode == 0 and run.stdout == "", f"{tracepoint}: {run.stderr}"):
        return False
    run = make(directory, "all")
    if not check(run.returncode == 0 and run.stderr == "", f"{tracepoint}: make: {run.stderr[:2000]}"):
        return False
    run = make(directory, "test", f"TRIGGER=({trigger}); sleep 0.1; ({trigger})")
    if "Operation not permitted" in run.stdout and "load" in run.stdout:
        skip("BPF programs may not be loaded here")
    said = run.stdout + run.stderr
    check(run.returncode == 0 and "passed" in run.stdout, f"{tracepoint}: make test: {said[-2000:]}")
    check(not expected or "no event came" not in run.stdout, f"{tracepoint}: no event came")
    return True


def check_lines(directory, tracepoint, trigger, expected):
    """The events of one run by hand: each is a line, with every field, and one of them is that of the trigger."""
    name = tracepoint.split(":")[1]
    script = f"({trigger}) >/dev/null 2>&1; sleep 0.1; ({trigger}) >/dev/null 2>&1"
    mount = "test -d /sys/kernel/tracing/events || mount -t tracefs tracefs /sys/kernel/tracing; "
    run = subprocess.run(["unshare", "-m", "sh", "-c", mount + "./program & P=$!; sleep 1.2; " + script +
                          "; sleep 0.2; kill -INT $P; wait $P"], cwd=directory, capture_output=True, text=True, timeout=60)
    lines = [line for line in run.stdout.split("\n") if line]
    check(run.returncode == 0, f"{tracepoint}: status {run.returncode}: {run.stderr}")
    head = re.compile(rf'^\d+\.\d{{9}} cpu=\d+ pid=\d+ ppid=\d+ comm=".*" {name}: ')
    bad = [line for line in lines if not head.match(line)]
    check(not bad, f"{tracepoint}: not an event: {bad[:1]}")
    words = pathlib.Path(directory, "event.h").read_text() + pathlib.Path(directory, "tracepoint.h").read_text()
    fields = re.findall(r'(?:fprintf\(out, |fputs\()" ?(\w+)=', words)
    for line in lines[:50]:
        missing = [field for field in fields if f"{field}=" not in line]
        check(not missing, f"{tracepoint}: {missing} is not in: {line}")
    if expected:
        check(any(re.search(expected, line) for line in lines), f"{tracepoint}: no line like {expected} in {lines[:3]}")
    return len(lines)


tried = 0
with folder() as root:
    for number, (tracepoint, trigger, expected) in enumerate(CASES[HOOK]):
        if not is_there(tracepoint):
            print(f"{tracepoint}: not in this kernel")
            continue
        directory = os.path.join(root, f"project{number}")
        if len(problems) < 4 and try_project(directory, tracepoint, trigger, expected):
            tried += 1
            print(f"{tracepoint}: {check_lines(directory, tracepoint, trigger, expected)} events")
check(tried >= 12, f"only {tried} tracepoints could be tried")
end()
