# SPDX-License-Identifier: GPL-2.0-only
"""man formats the manual page without a warning, and it has the sections that people look for."""
import os
import re
import shutil
import subprocess

import lint

SECTIONS = ["NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "COMMON OPTIONS", "EXIT STATUS", "ENVIRONMENT", "FILES",
            "NOTES", "EXAMPLES", "SEE ALSO"]

if not shutil.which("man") or not shutil.which("groff"):
    lint.skip("man or groff is not installed")
page = lint.root() / "docs/observer.1"
environment = dict(os.environ, LC_ALL="C.UTF-8", MANWIDTH="80", MANROFFSEQ="", MANPAGER="cat")
run = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", str(page)], capture_output=True, text=True,
                     env=environment)
problems = run.stderr.strip().split("\n") if run.stderr.strip() else []
if run.returncode:
    problems.append(f"man ended with {run.returncode}")
plain = re.sub(".\b", "", run.stdout)
problems += [f"docs/observer.1: no section {name}" for name in SECTIONS if not re.search(rf"^{name}$", plain, re.M)]
lint.end(problems, len(plain.split("\n")))
