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


def cgroups():
    with tempfile.TemporaryDirectory() as folder:
        if subprocess.run(["mount", "-t", "cgroup2", "none", folder], capture_output=True).returncode:
            return
        with contextlib.suppress(OSError):
            path = os.path.join(folder, f"observer-{os.getpid()}")
            os.mkdir(path)
            os.rename(path, path + "b")
            os.rmdir(path + "b")
        subprocess.run(["umount", folder])


def write(path, value):
    fd = os.open(path, os.O_WRONLY)
    os.write(fd, value.encode())
    os.close(fd)


def main():
    instance = sys.argv[1]
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        write(f"{instance}/set_event_pid", str(os.getpid()))
        write(f"{instance}/tracing_on", "1")
        signals()
        processes()
        files(folder)
        memory()
        sockets()
        cgroups()
        write(f"{instance}/tracing_on", "0")


if __name__ == "__main__":
    main()
