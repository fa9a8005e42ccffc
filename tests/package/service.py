#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""make deb, really run: a Debian boots under qemu with systemd, the package is put into it, and the service lives through what
docs/install.md tells of it. Nothing of this machine is touched.

usage: service.py SOURCES [-k KERNEL] [NAME...]    checks by name, all without; KERNEL is one of tests/vm/kernels.list
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import package
from package import run

HERE = pathlib.Path(__file__).parent
VM = HERE.parent / "vm"
LIMIT_S = 840


def kernel_of_this_machine():
    return "6.1-" + run("dpkg", "--print-architecture").strip()


def fetch(*words):
    """The last line of tests/vm/fetch; where something cannot be had, that is the reason to skip."""
    result = subprocess.run([VM / "fetch", *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    lines = [line for line in result.stdout.splitlines() if line and not line.startswith("hint: ")]
    if result.returncode:
        package.skip(lines[-1] if lines else f"tests/vm/fetch {' '.join(words)} failed")
    return lines[-1] if lines else ""


def boot(archive, kernel, folder, names):
    """Shows what the guest says; returns (how many passed, how many failed, status)."""
    command = [VM / "boot", "-t", str(LIMIT_S), "-m", "1024", "-r", archive, "-a", "quiet systemd.show_status=0", "-f", f"{folder}=/vm/test",
               kernel, "python3", "-B", "/vm/test/checks.py", "/vm/test", *names]
    counts = {"passed": 0, "failed": 0}
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, errors="replace") as guest:
        for line in guest.stdout:
            print(line, end="", flush=True)
            found = re.match(r"(passed|failed) ", line)
            if found:
                counts[found[1]] += 1
    return counts["passed"], counts["failed"], guest.returncode


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("sources")
    parser.add_argument("-k", dest="kernel", default=kernel_of_this_machine())
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    package.need("git", "make", "dpkg-buildpackage", "dh", "cpio", "qemu-system-x86_64" if "amd64" in options.kernel else "qemu-system-aarch64")
    if os.geteuid() != 0:
        package.skip("only root can make a Debian to boot")
    fetch(options.kernel)
    archive = fetch("--debian")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        files = folder / "files"
        files.mkdir()
        built = package.build_deb(options.sources, folder)
        (files / "observer.deb").write_bytes(built.read_bytes())
        (files / "later.deb").write_bytes(package.raise_version(built, folder / "later").read_bytes())
        for file in [*(HERE / "service").glob("*.py"), pathlib.Path(options.sources, "docs/install.md")]:
            (files / file.name).write_bytes(file.read_bytes())
        passed, failed, status = boot(archive, options.kernel, files, options.names)
    if status not in (0, 1):
        print(f"failed: the guest ended with status {status}")
        failed += 1
    print(f"{passed} passed, {failed} failed, 0 skipped")
    sys.exit(1 if failed or not passed else 0)


main()
