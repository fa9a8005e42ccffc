# SPDX-License-Identifier: GPL-2.0-only
"""make static: the same bytes from two folders, needing no library and no file, hardened, and of a bounded size.

usage: static.py SOURCES [arm64]
"""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import package
from package import check, run

BYTES_MOST = 3 << 20
# What would ask a name service, or load code, where it runs.
FORBIDDEN = re.compile(r" [TtWw] (get(?:pw|gr|sp)(nam|uid|gid|ent)(_r)?|initgroups|getgrouplist|getaddrinfo|gethostby\w+|"
                       r"_*nss_(module_load|lookup|database_get)\w*|tep_load_plugins\w*)$", re.M)


def build(sources, folder, arch):
    """Builds in a copy of the sources; returns (program, program with its symbols)."""
    package.copy_sources(sources, folder)
    name = f"static-{arch}" if arch else "static"
    run("make", "-C", folder, "-s", "static", *([f"ARCH={arch}"] if arch else []))
    return folder / "build" / f"observer-{name}", folder / "build" / name / "observer"


def check_program(program, unstripped, prefix):
    headers = run(prefix + "readelf", "-hldW", program)
    symbols = run(prefix + "nm", unstripped)
    check("DYN (" in headers, "position independent")
    check("(NEEDED)" not in headers and "INTERP" not in headers, "needs no library and no loader")
    check("GNU_RELRO" in headers and re.search(r"\(FLAGS.*NOW", headers), "relocations are read-only")
    check(re.search(r"GNU_STACK.* RW ", headers), "the stack is not executable")
    check("TEXTREL" not in headers, "no text relocations")
    check("__stack_chk_fail" in symbols, "protected stack")
    check(re.search(r"__(vs|s|vf|f)n?printf_chk", symbols), "fortified")
    check("no symbols" in run(prefix + "nm", program, status=None), "stripped")
    for found in FORBIDDEN.finditer(symbols):
        check(False, f"neither name service nor plugins: {found[1]}")


def check_size(program, prefix):
    size = program.stat().st_size
    largest = ", ".join(f"{name} {bytes:,}" for name, bytes in package.sections(program, prefix + "readelf")[:5])
    print(f"{program.name}: {size:,} bytes: {largest}")
    check(size < BYTES_MOST, f"{size} bytes are less than {BYTES_MOST}")


def observe(command):
    """Runs observer, starts a program that it must see, ends it; returns (events, what it said)."""
    observer = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    said = ""
    while "ready" not in said:
        line = observer.stderr.readline()
        said += line
        if not line:
            return [], said
    subprocess.run(["/bin/true", "seen by the static one"])
    time.sleep(0.2)
    observer.send_signal(signal.SIGINT)
    out, err = observer.communicate(timeout=30)
    return [json.loads(line) for line in out.splitlines()], said + err


def check_observes(command, where):
    events, said = observe(command)
    check(any(event.get("argv") == ["/bin/true", "seen by the static one"] for event in events), f"{where}: {said}")
    check("exec: seen" in said and "does not add up" not in said, f"{where}: the sum: {said}")


def check_in_empty_root(program, folder):
    """Nothing there but the program, /proc and /sys."""
    for name in ("proc", "sys"):
        (folder / name).mkdir(parents=True)
    (folder / "observer").write_bytes(program.read_bytes())
    (folder / "observer").chmod(0o755)
    mounts = f"mount -t proc proc {folder}/proc && mount --rbind /sys {folder}/sys && exec chroot {folder} /observer "
    inside = ["unshare", "--mount", "sh", "-c"]
    if "observer" not in run(*inside, mounts + "--version", status=None):
        print("no chroot with mounts can be made here: not run in one")
        return
    check_observes([*inside, mounts + "-o json"], "in an empty root")


def check_with_two_capabilities(program, folder):
    """By ambient capabilities and by those of the file, as a user without rights."""
    user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    ambient = [*user, *(f"--{kind}=-all,+bpf,+perfmon" for kind in ("inh-caps", "ambient-caps", "bounding-set"))]
    check_observes([*ambient, program, "-o", "json"], "with ambient CAP_BPF and CAP_PERFMON")
    if not shutil.which("setcap"):
        print("'setcap' is missing: not run with capabilities of the file")
        return
    copy = folder / "with-capabilities"
    copy.write_bytes(program.read_bytes())
    copy.chmod(0o755)
    if subprocess.run(["setcap", "cap_bpf,cap_perfmon=ep", copy]).returncode:
        print("file capabilities cannot be set here: not run with them")
        return
    check_observes([*user, copy, "-o", "json"], "with CAP_BPF and CAP_PERFMON of the file")


def main():
    sources, arch = sys.argv[1], (sys.argv[2:] or [""])[0]
    prefix = "aarch64-linux-gnu-" if arch else ""
    package.need("git", "make", prefix + "gcc", prefix + "readelf")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        program, unstripped = build(sources, folder / "one", arch)
        again, _ = build(sources, folder / "another" / "folder with a longer name", arch)
        check(program.read_bytes() == again.read_bytes(), "the same bytes from two folders")
        check_program(program, unstripped, prefix)
        check_size(program, prefix)
        if not arch:
            check("statically linked" in run("ldd", program, status=None), "ldd")
        if not arch and os.geteuid() == 0:
            check_in_empty_root(program, folder / "empty")
            check_with_two_capabilities(program, folder)
    package.end()


main()
