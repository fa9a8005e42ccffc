# SPDX-License-Identifier: GPL-2.0-only
"""observer new: what it writes is complete, needs nothing of observer, overwrites nothing; its errors."""
import os
import pathlib
import re
import shutil
import subprocess

from generated import check, check_error, end, folder, observer, skip

EXIT = ["--tracepoint", "sched:sched_process_exit", "--hook", "tp_btf"]
FILES = [".gitignore", "Makefile", "README.md", "event.h", "kernel_types.h", "lib/heap.bpf.h", "lib/klog.bpf.h", "lib/klog.h",
         "lib/klog_read.h", "lib/klog_table.c", "lib/klog_text.c", "program.bpf.c", "program.c", "test.sh", "tracepoint.h"]

if not os.access("/sys/kernel/btf/vmlinux", os.R_OK):
    skip("this kernel has no BTF")

with folder() as root:
    project = pathlib.Path(root, "exits")
    run = observer("new", project, *EXIT)
    check(run.returncode == 0 and run.stdout == "" and "make run" in run.stderr, f"observer new: {run.stderr}")
    check(observer("new", pathlib.Path(root, "quiet"), *EXIT, "-q").stderr == "", "--quiet says something")
    check(sorted(str(path.relative_to(project)) for path in project.rglob("*") if path.is_file()) == FILES, "the files")
    check(os.access(project / "test.sh", os.X_OK), "test.sh cannot be run")
    for path in (path for path in project.rglob("*") if path.is_file()):
        text = path.read_text()
        check("TEMPLATE_" not in text, f"{path.name}: a blank was not filled")
        for name in re.findall(r'^#include "([^"]+)"', text, re.M):
            there = name == "program.skel.h" or any((base / name).exists() for base in (path.parent, project))
            check(there, f'{path.name}: "{name}" is not in the project')
    if shutil.which("clang") and shutil.which("make") and (shutil.which("bpftool") or os.path.exists("/usr/sbin/bpftool")):
        run = subprocess.run(["make", "-s", "-C", str(project)], capture_output=True, text=True)
        check(run.returncode == 0 and run.stderr == "", f"make: {run.stderr[:2000]}")
        check((project / "program").exists(), "make did not make the program")

    # Nothing is overwritten.
    check_error(["new", project, *EXIT], 1, "not an empty directory", "does not exist yet")
    check_error(["new", project / "Makefile", *EXIT], 1, "not an empty directory")
    empty = pathlib.Path(root, "empty \x1b[31m\n'dir")
    empty.mkdir()
    run = observer("new", empty, *EXIT)
    check(run.returncode == 0 and "\x1b" not in run.stderr, f"a hostile name: {run.stderr!r}")
    check_error(["new", os.path.join(root, "no", "such"), *EXIT], 1, "cannot make the directory")
    check_error(["new", "/proc/nothing", *EXIT], 1, "/proc/nothing")
    # An error before anything is written leaves nothing.
    check_error(["new", os.path.join(root, "x"), "--tracepoint", "sched:sched_proces_exit", "--hook", "tp_btf"], 1,
                "sched_proces_exit", "did you mean 'sched_process_exit'?")
    check_error(["new", os.path.join(root, "x"), "--tracepoint", "syscalls:sys_enter_openat", "--hook", "tp_btf"], 1,
                "classic hook", "--hook tp")
    check_error(["new", os.path.join(root, "x"), "--tracepoint", "sched", "--hook", "tp_btf"], 1, "'sched'", "CATEGORY:NAME")
    check(not os.path.exists(os.path.join(root, "x")), "something was written")

check_error(["new"], 2, "lacks its operand")
check_error(["new", "x"], 2, "lacks its tracepoint", "observer new x --tracepoint sched:sched_process_exit")
check_error(["new", "x", "--tracepoint", "a:b", "--hook", "kprobe"], 2, "kprobe")
end()
