# SPDX-License-Identifier: GPL-2.0-only
"""Each source file is as clang-format writes it. Versions differ in taste: only that of Debian 12 is asked."""
import re
import shutil
import subprocess

import lint

VERSION = "14"

program = shutil.which(f"clang-format-{VERSION}") or shutil.which("clang-format")
if not program:
    lint.skip("clang-format is not installed")
version = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
if not re.search(rf"version {VERSION}\.", version):
    lint.skip(f"needs clang-format {VERSION}, this is {version.strip()}")

paths = [path for path, _ in lint.find(".c", ".h") if not lint.is_generated(path)]
run = subprocess.run([program, "--dry-run", "--Werror", "--ferror-limit=1", *paths], capture_output=True, text=True)
problems = re.findall(r"^(\S+:\d+:\d+: error: .*)$", run.stderr, re.M)
if run.returncode and not problems:
    problems = [run.stderr]
if problems:
    print(f"'{program} -i FILE' puts it right")
lint.end([problem.replace(f"{lint.root()}/", "") for problem in problems], len(paths))
