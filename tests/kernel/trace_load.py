# SPDX-License-Identifier: GPL-2.0-only
"""The load of trace_fields.py: fires as many different tracepoints as a process can. Run as: trace_load.py INSTANCE, a trace
instance in tracefs, which records it meanwhile."""
import contextlib
import fcntl
import mmap
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time


def signals():
    signal.signal(signal.SIGUSR1, lambda *_: None)
    os.kill(os.getpid(), signal.SIGUSR1)
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    signal.signal(signal.SIGALRM, lambda *_: None)
    time.sleep(0.02)


def processes():
    subprocess.run(["true"])
    pid = os.fork()
    if not pid:
        os._exit(3)
    os.waitpid(pid, 0)
    thread = threading.Thread(target=time.sleep, args=[0.001])
    thread.start()
    thread.join()
    os.nice(1)
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    os.sched_yield()
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1")
    with open("/proc/self/comm", "w") as file:
        file.write("hostile \t\x1b[1m")


def files(folder):
    path = os.path.join(folder, "a file")
    with open(path, "wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        fcntl.lockf(file, fcntl.LOCK_EX)
        file.write(b"x" * 100000)
        file.flush()
        os.fsync(file.fileno())
        os.ftruncate(file.fileno(), 10)
        os.posix_fallocate(file.fileno(), 0, 8192)
    os.rename(path, path + "2")
    os.mkdir(os.path.join(folder, "d"))
    os.rmdir(os.path.join(folder, "d"))
    with open(path + "2", "rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        file.seek(5)
        file.read()
    os.unlink(path + "2")
    os.sync()


def memory():
    area = mmap.mmap(-1, 8 << 20)
    for at in range(0, len(area), 4096):
        area[at] = 1
    area.madvise(mmap.MADV_DONTNEED)
    area.close()


def sockets():
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname()) as client:
            peer, _ = server.accept()
            client.sendall(b"y" * 50000)
            peer.recv(50000)
            peer.close()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.sendto(b"z", ("127.0.0.1", 9))
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", 1))
    if socket.has_ipv6:
        with contextlib.suppress(OSError):
            socket.create_connection(("::1", 1))


@contextlib.contextmanager
def unless_refused(what):
    """What is refused here is named, for the report of trace_fields.py, and the rest goes on."""
    try:
        yield
    except OSError as error:
        print(f"skipped: {what}: {error}", flush=True)


@contextlib.contextmanager
def child(work):
    pid = os.fork()
    if not pid:
        try:
            work()
        finally:
            os._exit(0)
    try:
        yield pid
    finally:
        os.waitpid(pid, 0)


def want_locks(path):
    with open(path, "r+") as file:
        with contextlib.suppress(OSError):
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.lockf(file, fcntl.LOCK_EX, 10, 5)
        fcntl.flock(file, fcntl.LOCK_EX)


def locks(folder):
    """A child waits for what its parent holds, first the one kind, then the other."""
    with open(os.path.join(folder, "locked"), "w") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        fcntl.flock(file, fcntl.LOCK_EX)
        with child(lambda: want_locks(file.name)):
            for unlock in (fcntl.lockf, fcntl.flock):
                time.sleep(0.05)
                unlock(file, fcntl.LOCK_UN)


def leases(folder):
    """A lease broken by whoever does not wait for it, and by whoever does."""
    signal.signal(signal.SIGIO, lambda *_: None)
    with open(os.path.join(folder, "leased"), "w") as file:
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        with contextlib.suppress(BlockingIOError):
            os.close(os.open(file.name, os.O_RDWR | os.O_NONBLOCK))
        with child(lambda: os.open(file.name, os.O_RDWR)):
            time.sleep(0.05)
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)


@contextlib.contextmanager
def cgroup_mount(*options):
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(["mount", *options, "none", folder], capture_output=True, text=True)
        if run.returncode:
            raise OSError(run.stderr.strip())
        try:
            yield folder
        finally:
            # Lazy: the folder is removed next, with all that is in it.
            subprocess.run(["umount", "-l", folder])


def remove_group(path):
    for _ in range(100):
        with contextlib.suppress(OSError):
            return os.rmdir(path)
        time.sleep(0.01)
    return os.rmdir(path)


def end_hierarchy(name):
    """One whose groups were still dying when it was unmounted stays; it goes with a later mount."""
    for _ in range(10):
        with open("/proc/self/cgroup") as file:
            if f"name={name}:" not in file.read():
                return
        with cgroup_mount("-t", "cgroup", "-o", f"none,name={name}"):
            time.sleep(0.5)


def use_group(path):
    with child(signal.pause) as pid:
        try:
            write(f"{path}/cgroup.procs", str(pid))
            for frozen in "10" if os.path.exists(f"{path}/cgroup.freeze") else "":
                write(f"{path}/cgroup.freeze", frozen)
                time.sleep(0.02)
        finally:
            os.kill(pid, signal.SIGKILL)


def cgroups(name):
    with unless_refused("cgroup v2"), cgroup_mount("-t", "cgroup2") as folder:
        path = os.path.join(folder, name)
        os.mkdir(path)
        try:
            use_group(path)
        finally:
            remove_group(path)
    # A hierarchy of its own, which ends with its mount. Only v1 has names that change.
    with unless_refused("cgroup v1"), cgroup_mount("-t", "cgroup", "-o", f"none,name={name}") as folder:
        path = os.path.join(folder, "a")
        os.mkdir(path)
        try:
            os.rename(path, path + "b")
            path += "b"
            use_group(path)
        finally:
            remove_group(path)


def write(path, value):
    fd = os.open(path, os.O_WRONLY)
    os.write(fd, value.encode())
    os.close(fd)


def main():
    instance, name = sys.argv[1], f"observer-{os.getpid()}"
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        write(f"{instance}/set_event_pid", str(os.getpid()))
        write(f"{instance}/tracing_on", "1")
        signals()
        processes()
        files(folder)
        locks(folder)
        with unless_refused("filelock: leases"):
            leases(folder)
        memory()
        sockets()
        cgroups(name)
        write(f"{instance}/tracing_on", "0")
        end_hierarchy(name)


if __name__ == "__main__":
    main()
