# SPDX-License-Identifier: GPL-2.0-only
"""Shell scripts have nothing that shellcheck warns of."""
import re
import shutil
import subprocess

import lint

if not shutil.which("shellcheck"):
    lint.skip("shellcheck is not installed")
SCRIPT = re.compile(rb"#!.*\b(ba|da)?sh\b|# shellcheck shell=")
scripts = [path for path, _ in lint.find("", folders=[*lint.FOLDERS, ".ci"]) if SCRIPT.search(path.read_bytes()[:200])]
found = subprocess.run(["shellcheck", "-x", "-f", "gcc", *map(str, scripts)], capture_output=True, text=True, check=False)
lint.end((found.stdout + found.stderr).strip().splitlines(), len(scripts))
