# SPDX-License-Identifier: GPL-2.0-only
"""What the kernel itself says of BPF programs and processes, asked by system call: nothing is executed to ask it,
since every exec is an event for the tools that are measured."""

import contextlib
import ctypes
import os
import platform
import re
import struct
import time

LIBC = ctypes.CDLL(None, use_errno=True)
NR_BPF = {"x86_64": 321, "aarch64": 280}.get(platform.machine())

# Commands of bpf(2) and one program type, include/uapi/linux/bpf.h.
PROG_LOAD, PROG_GET_NEXT_ID, PROG_GET_FD_BY_ID = 5, 11, 13
OBJ_GET_INFO_BY_FD, RAW_TRACEPOINT_OPEN, ENABLE_STATS = 15, 17, 32
PROG_TYPE_RAW_TRACEPOINT = 17

CLONE_NEWNS, MS_REC, MS_PRIVATE = 0x20000, 0x4000, 0x40000


def bpf(command, attributes):
    """Returns what bpf(2) returns; `attributes` is a bytearray that the kernel may write to."""
    buffer = (ctypes.c_char * len(attributes)).from_buffer(attributes)
    result = LIBC.syscall(NR_BPF, command, buffer, len(attributes))
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"bpf({command}): {os.strerror(number)}")
    return result


@contextlib.contextmanager
def closing(descriptor):
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def bpf_stats():
    """Run-time statistics of all programs are counted while this context is open (Linux 5.8+)."""
    return closing(bpf(ENABLE_STATS, bytearray(struct.pack("I", 0))))


def program_ids():
    ids, current = [], 0
    while True:
        attributes = bytearray(struct.pack("III", current, 0, 0))
        try:
            bpf(PROG_GET_NEXT_ID, attributes)
        except FileNotFoundError:
            return ids
        current = struct.unpack_from("I", attributes, 4)[0]
        ids.append(current)


def program_info(number):
    """Name, run time in ns, runs and recursion misses of a program; None where it is gone."""
    try:
        descriptor = bpf(PROG_GET_FD_BY_ID, bytearray(struct.pack("III", number, 0, 0)))
    except FileNotFoundError:
        return None
    with closing(descriptor):
        info = bytearray(256)
        pointer = ctypes.addressof((ctypes.c_char * len(info)).from_buffer(info))
        bpf(OBJ_GET_INFO_BY_FD, bytearray(struct.pack("IIQ", descriptor, len(info), pointer)))
    # Offsets in struct bpf_prog_info: name 64, run_time_ns 192, run_cnt 200, recursion_misses 208.
    name = bytes(info[64:80]).split(b"\0")[0].decode()
    time_ns, count, misses = struct.unpack_from("QQQ", info, 192)
    return {"id": number, "name": name, "time_ns": time_ns, "count": count, "misses": misses}


def program_times(ids):
    return {number: info for number in ids if (info := program_info(number))}


def ns_per_event(before, after, events):
    """Sum over the programs that ran for (nearly) every event of the load; others of the tool are not on its way."""
    total = 0.0
    for number, now in after.items():
        runs = now["count"] - before[number]["count"]
        if runs >= events * 0.9:
            total += (now["time_ns"] - before[number]["time_ns"]) / runs
    if not total:
        raise RuntimeError("no BPF program of the tool ran for every event of the load")
    return total


def programs_of(pid):
    """Ids of the programs that a process holds by itself, by a link or by a perf event."""
    ids = set()
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for name in os.listdir(f"/proc/{pid}/fdinfo"):
            with contextlib.suppress(FileNotFoundError):
                with open(f"/proc/{pid}/fdinfo/{name}", encoding="ascii", errors="replace") as file:
                    ids.update(int(number) for number in re.findall(r"^prog_id:\s*(\d+)", file.read(), re.M))
    return ids


@contextlib.contextmanager
def empty_program():
    """The cost of the measurement itself: a program that returns at once, on the same tracepoint. Yields its id."""
    code = struct.pack("BBhi", 0xb7, 0, 0, 0) + struct.pack("BBhi", 0x95, 0, 0, 0)  # r0 = 0; exit
    instructions = ctypes.create_string_buffer(code, len(code))
    license_text = ctypes.create_string_buffer(b"GPL")
    attributes = bytearray(struct.pack("IIQQIIQII", PROG_TYPE_RAW_TRACEPOINT, 2, ctypes.addressof(instructions),
                                       ctypes.addressof(license_text), 0, 0, 0, 0, 0) + struct.pack("16s", b"empty"))
    before = set(program_ids())
    point = ctypes.create_string_buffer(b"sched_process_exec")
    with closing(bpf(PROG_LOAD, attributes)) as program:
        number = next(i for i in program_ids() if i not in before and program_info(i)["name"] == "empty")
        with closing(bpf(RAW_TRACEPOINT_OPEN, bytearray(struct.pack("QII", ctypes.addressof(point), program, 0)))):
            yield number


def cpu_ns(pid):
    """CPU time of a process, its threads that ended included: its CPU clock, clock_getcpuclockid(3)."""
    return time.clock_gettime_ns((~pid << 3) | 2)


def peak_memory_kib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
        return int(re.search(r"^VmHWM:\s*(\d+) kB", file.read(), re.M).group(1))


def kernel_thread(name):
    """Process id of a kernel thread, or None."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
                fields = file.read()
            if f"({name})" in fields and fields.rsplit(")", 1)[1].split()[1] == "2":
                return int(pid)
    return None


def mounts_enter():
    """A mount namespace of our own with tracefs and debugfs, which some peers cannot do without; ends with us."""
    if LIBC.unshare(CLONE_NEWNS):
        raise OSError(ctypes.get_errno(), "cannot enter a mount namespace of its own (run as root)")
    LIBC.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None)
    for kind, place in ((b"tracefs", b"/sys/kernel/tracing"), (b"debugfs", b"/sys/kernel/debug")):
        if not os.listdir(place):
            LIBC.mount(b"none", place, kind, 0, None)
