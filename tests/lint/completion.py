# SPDX-License-Identifier: GPL-2.0-only
"""What the completion scripts offer, asked of the shells themselves. A case: the line typed so far, the words expected."""
import os
import shutil
import subprocess
import sys
import tempfile

import lint

CASES = [
    ("observer ", ["exec", "life", "run", "trace", "list", "tree", "gen", "new", "inspect", "doctor", "unpin", "completion", "help", "version"]),
    ("observer ver", ["version"]),
    ("observer --col", ["--color"]),
    ("observer exec --max", ["--max-argv", "--max-processes"]),
    ("observer --utc --h", ["--hook", "--help"]),
    ("observer --color ", ["auto", "always", "never"]),
    ("observer --color=a", ["auto", "always"]),
    ("observer exec --hook tp", ["tp_btf"]),
    ("observer -o ", ["table", "log", "json", "perfetto"]),
    ("observer --output=j", ["json"]),
    ("observer -o json:obs", ["observed.json"]),
    ("observer --fields argv", ["argv", "argv_bytes"]),
    ("observer --fields pid,ppi", ["pid,ppid"]),
    ("observer --ring ", []),
    ("observer --ring 4M comp", ["completion"]),
    ("observer -o json help ", ["exec", "life", "run", "trace", "list", "tree", "gen", "new", "inspect", "doctor", "unpin", "completion", "help", "version"]),
    ("observer completion ", ["bash", "zsh"]),
    ("observer gen ", ["tracepoint", "type"]),
    ("observer completion --uc", []),
]
BASH = """source "$1"
COMP_LINE=$2 COMP_POINT=${#2} COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:'
_observer observer && printf '%s\\n' "${COMPREPLY[@]}"
"""


def write_script(folder, shell):
    path = os.path.join(folder, f"_observer.{shell}")
    with open(path, "w") as file:
        subprocess.run([sys.argv[2], "completion", shell], stdout=file, check=True)
    return path


problems, checked = [], 0
with tempfile.TemporaryDirectory() as folder:
    open(os.path.join(folder, "observed.json"), "w").close()
    for shell in filter(shutil.which, ("bash", "zsh")):
        checked += 1
        run = subprocess.run([shell, "-n", write_script(folder, shell)], capture_output=True, text=True)
        if run.returncode or run.stderr:
            problems.append(f"{shell} does not read its script: {run.stderr}")
    for line, expected in CASES if shutil.which("bash") else []:
        checked += 1
        command = ["bash", "--norc", "-c", BASH, "bash", "./_observer.bash", line]
        run = subprocess.run(command, capture_output=True, text=True, cwd=folder)
        offered = run.stdout.split()
        if sorted(offered) != sorted(expected) or run.stderr:
            problems.append(f"bash: '{line}' offers {offered}, not {expected} {run.stderr}")
if not checked:
    lint.skip("neither bash nor zsh is installed")
lint.end(problems, checked)
