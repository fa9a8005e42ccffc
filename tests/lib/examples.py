# SPDX-License-Identifier: GPL-2.0-only
"""lib/klog and lib/heap as another project takes them: installed, found by pkg-config, their examples built and run."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SOURCE, BUILD = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
WANTED = {
    "klog": ("first", r"^\d+\.\d{6}  INFO watch_execs: true starts: pid \d+, uid \d+$"),
    "heap": ("names", r"^started: /bin/true$"),
}


def run(*command, **more):
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **more)
    if done.returncode:
        print(" ".join(map(str, command)), "\n" + done.stdout)
        sys.exit(1)
    return done.stdout


def main():
    if not shutil.which("pkg-config") or os.geteuid():
        print("skipped: needs pkg-config and root")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="lib-examples-") as folder:
        place = pathlib.Path(folder)
        run("meson", "install", "-C", BUILD, "--no-rebuild", "--quiet", "--destdir", place / "root")
        files = {path.name: path.parent for path in (place / "root").rglob("*.pc")}
        environment = {**os.environ, "PKG_CONFIG_SYSROOT_DIR": str(place / "root"),
                       "PKG_CONFIG_PATH": ":".join({str(parent) for parent in files.values()})}
        wrong = 0
        for part, (program, pattern) in WANTED.items():
            own = place / part
            shutil.copytree(SOURCE / "lib" / part / "example", own)
            run("make", "-s", "-C", own, env=environment)
            output = run(own / program)
            if not re.search(pattern, output, re.M):
                print(f"{part}: not '{pattern}' in:\n{output}")
                wrong += 1
        sys.exit(1 if wrong else 0)


main()
