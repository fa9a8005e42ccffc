# SPDX-License-Identifier: GPL-2.0-only
"""The tools that are measured, ours and the peers of Debian's packages: one row each. A new peer is a new row."""

import contextlib
import dataclasses
import os
import re
import shutil
import signal
import subprocess
import time

from . import kernel

READY = "observer: ready"
SIX_FIELDS = "time,pid,ppid,uid,filename,argv"


@dataclasses.dataclass(frozen=True)
class Tool:
    """argv may name {observer} and {out}, a file of its own; without {out} its stdout goes to that file."""
    name: str
    title: str
    argv: tuple
    line: bytes                 # pattern of a line that shows an exec of the load program {load}
    package: str = ""           # Debian package of a peer
    ready: str = ""             # its stderr says so; else it gets `settle` seconds
    settle: float = 2.0
    bpf: bool = True            # BPF programs run in the exec'ing task
    shows_argv: bool = True     # the shown line holds the arguments
    piped: tuple = ()           # argv that writes each line at once to a pipe; (): it cannot
    terminal: tuple = ()        # argv for a terminal; (): argv itself
    environment: tuple = ()     # (name, value) pairs beside our own
    proof: str = ""             # what its stderr must hold: it does run what the row names
    optional: bool = False      # of ours, what a kernel may refuse: tried before anything is measured

    def missing(self, observer):
        """Why it cannot run here, or None."""
        if self.argv[0] == "{observer}":
            if not os.access(observer, os.X_OK):
                return f"{observer} is not built"
            return self.refused(observer) if self.optional else None
        return None if shutil.which(self.argv[0]) else f"not installed (apt-get install {self.package})"

    def refused(self, observer):
        """What it says where it does not start, or None."""
        argv = [observer if word == "{observer}" else word.format(out="/dev/null") for word in self.argv]
        tried = subprocess.run([*argv, "--duration", "1ms"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, text=True, timeout=60)
        return tried.stderr.split("\n")[0] if tried.returncode else None


# Of all events one in 1,024 passes, whatever the load is.
FILTER = "!(boot_ns & 0x3ff)"
IN_USER_SPACE = (("OBSERVER_NO_PUSH_DOWN", "1"),)


def tracing(name, title, *options, **more):
    """observer trace on the exec tracepoint."""
    return Tool(name, title, ("{observer}", "trace", "sched:sched_process_exec", "-o", "json:{out}", *options),
                rb'"filename":"{load}"', ready=READY, **more)


def ours(name, title, *options, **more):
    """A variant of observer, JSON lines to a file and everything as by default where `options` say nothing else."""
    where = () if "-o" in options else ("-o", "json:{out}")
    live = () if "-o" in options else options
    return Tool(name, title, ("{observer}", *where, *options), rb'{load}["\s]', ready=READY,
                piped=("{observer}", "-o", "json", *live), terminal=("{observer}", "-o", "table", *live), **more)


TOOLS = {tool.name: tool for tool in (
    ours("observer", "observer, JSON, every default field"),
    ours("observer-log", "observer -o log", "-o", "log:{out}"),
    ours("observer-six", f"observer --fields {SIX_FIELDS}", "--fields", SIX_FIELDS),
    ours("observer-classic", "observer --hook tracepoint", "--hook", "tracepoint"),
    ours("observer-compat", "observer, variant for older kernels", "-v",
         environment=(("OBSERVER_VARIANT", "compat"),), proof="(compat)"),
    ours("observer-lives", "observer, JSON, exec, fork and exit", "--events", "exec,fork,exit"),
    Tool("observer-life", "observer life, JSON", ("{observer}", "life", "-o", "json:{out}"), rb'{load}["\s]', ready=READY),
    ours("observer-failed", "observer, JSON, failed execs too", "--failed"),
    ours("observer-fexit", "observer, JSON, failed execs by fexit", "--failed", "--fail-hook", "fexit", optional=True),
    Tool("observer-run", "observer run", ("{observer}", "run", "--"), b"", ready=READY),
    Tool("observer-run-compat", "observer run, variant for older kernels", ("{observer}", "run", "--"), b"", ready=READY,
         environment=(("OBSERVER_VARIANT", "compat"),)),
    ours("observer-1m", "observer --ring 1M", "--ring", "1M"),
    ours("observer-filter", "observer, filter that passes 1 in 1,024", "-w", FILTER),
    ours("observer-filter-user", "the same, decided in user space", "-w", FILTER, environment=IN_USER_SPACE),
    tracing("trace", "observer trace sched:sched_process_exec"),
    tracing("trace-filter", "observer trace, filter that passes 1 in 1,024", "-w", FILTER),
    tracing("trace-filter-user", "the same, decided in user space", "-w", FILTER, environment=IN_USER_SPACE),
    Tool("bpftrace", "bpftrace execsnoop.bt", ("execsnoop.bt",), rb"{load} ", "bpftrace", settle=3.0),
    Tool("execsnoop", "libbpf-tools execsnoop", ("/usr/sbin/execsnoop",), rb"{load} ", "libbpf-tools", settle=1.0),
    Tool("exitsnoop", "libbpf-tools exitsnoop", ("/usr/sbin/exitsnoop",), rb"{load} ", "libbpf-tools", settle=1.0,
         shows_argv=False),
    Tool("strace", "strace -f -e execve", ("strace", "-f", "-e", "execve", "-o", "/dev/null"), b"", "strace", bpf=False),
    Tool("perf", "perf trace", ("perf", "trace", "-a", "--no-syscalls", "-e", "sched:sched_process_exec", "-o", "{out}"),
         rb'filename: "{load}"', "linux-perf", bpf=False, shows_argv=False,
         terminal=("perf", "trace", "-a", "--no-syscalls", "-e", "sched:sched_process_exec", "-o", "/dev/stdout")),
    Tool("forkstat", "forkstat -e exec", ("forkstat", "-e", "exec"), rb"exec .*{load}", "forkstat", settle=1.0,
         bpf=False, shows_argv=False, terminal=("forkstat", "-l", "-e", "exec")),
    Tool("auditd", "auditd, rule on execve", ("auditd", "-n", "-s", "nochange", "-c", "{out}.d"),
         rb'type=SYSCALL .*exe="{load}"', "auditd", settle=1.0, bpf=False),
)}

AUDIT_SETTINGS = """local_events = yes
write_logs = yes
log_file = {out}.d/audit.log
log_format = RAW
flush = NONE
freq = 0
max_log_file = 100000
max_log_file_action = IGNORE
space_left = 1
space_left_action = IGNORE
admin_space_left = 0
admin_space_left_action = IGNORE
disk_full_action = IGNORE
disk_error_action = IGNORE
overflow_action = IGNORE
q_depth = 10000
"""


def audit(*options):
    subprocess.run(["auditctl", *options], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def audit_on():
    """Debian's own backlog, and a rule on both system calls."""
    audit("-D")
    audit("-b", "8192")
    audit("-a", "always,exit", "-F", "arch=b64", "-S", "execve", "-S", "execveat")
    audit("-e", "1")


def audit_off():
    """Once auditing was on, every new task is audited unless a rule says never: without it each later round would pay."""
    audit("-D")
    audit("-a", "never,task")
    audit("-e", "0")


class Running:
    """A tool at work. `said` is its stderr so far."""

    def __init__(self, tool, observer, scratch):
        self.tool = tool
        self.out = str(scratch / f"{tool.name}.out")
        self.err = str(scratch / f"{tool.name}.err")
        argv = [part.format(observer=observer, out=self.out) for part in tool.argv]
        self._prepare()
        with open(self.out, "wb") as out, open(self.err, "wb") as err:
            self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                            env={**os.environ, **dict(tool.environment)})
        self.pid = self.process.pid

    def _prepare(self):
        if self.tool.name == "auditd":
            os.makedirs(self.out + ".d", mode=0o700, exist_ok=True)
            with open(self.out + ".d/auditd.conf", "w", encoding="ascii") as file:
                file.write(AUDIT_SETTINGS.format(out=self.out))

    def begin(self):
        """Waits until it is attached."""
        deadline = time.monotonic() + (30 if self.tool.ready else self.tool.settle)
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.tool.name} ended at once: {self.said()}")
            if self.tool.ready and self.tool.ready in self.said():
                if self.tool.proof not in self.said():
                    raise RuntimeError(f"{self.tool.name}: stderr does not say '{self.tool.proof}': {self.said()}")
                return
            time.sleep(0.002 if self.tool.ready else 0.05)
        if self.tool.ready:
            raise RuntimeError(f"{self.tool.name} was not ready within 30 s: {self.said()}")
        if self.tool.name == "auditd":
            audit_on()

    def said(self):
        with open(self.err, encoding="utf-8", errors="replace") as file:
            return file.read()

    def cpu_ns(self):
        """Its processes' CPU time; auditd's includes the kernel thread that feeds it."""
        extra = kernel.kernel_thread("kauditd") if self.tool.name == "auditd" else None
        return kernel.cpu_ns(self.pid) + (kernel.cpu_ns(extra) if extra else 0)

    def drain(self, timeout=20.0):
        """Waits until it has worked off what it has: less than 1 % of a CPU for 100 ms."""
        deadline = time.monotonic() + timeout
        before = self.cpu_ns()
        while time.monotonic() < deadline:
            time.sleep(0.1)
            now = self.cpu_ns()
            if now - before < 1_000_000:
                return
            before = now

    def end(self):
        """Ends it as a user would; returns its stderr."""
        if self.tool.name == "auditd":
            audit_off()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM if self.tool.name == "auditd" else signal.SIGINT)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        return self.said()

    def lines(self, load):
        """How many execs of the program `load` it has shown. Call after end(): some tools write late."""
        pattern = re.compile(self.tool.line.replace(b"{load}", re.escape(load.encode())))
        shown = self.out + ".d/audit.log" if self.tool.name == "auditd" else self.out
        count = 0
        with contextlib.suppress(FileNotFoundError), open(shown, "rb") as file:
            count = sum(1 for line in file if pattern.search(line))
        return count

    def clean(self):
        for path in (self.out, self.err):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
        shutil.rmtree(self.out + ".d", ignore_errors=True)


@contextlib.contextmanager
def running(tool, observer, scratch):
    """A tool that is attached; ended and its files removed whatever happens."""
    run = Running(tool, observer, scratch)
    try:
        run.begin()
        yield run
    finally:
        run.end()
        run.clean()
