# SPDX-License-Identifier: GPL-2.0-only
"""What the tests of generated code share: running observer, compiling, telling what failed."""
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(sys.argv[1])
OBSERVER = sys.argv[2]
BPF_FLAGS = ["-target", "bpf", "-mcpu=v3", "-O2", "-g", "-Wall", "-Wextra", "-Werror"]
USER_FLAGS = ["-O2", "-Wall", "-Wextra", "-Werror", "-Wshadow", "-Wstrict-prototypes"]

problems = []


def check(good, text):
    """Notes a problem; says whether there is none."""
    if not good:
        problems.append(text)
    return good


def observer(*words, input=None):
    return subprocess.run([OBSERVER, *map(str, words)], capture_output=True, text=True, input=input, timeout=120)


def gen(*words):
    """The standard output of `observer gen`; a failure is a problem."""
    run = observer("gen", *words)
    check(run.returncode == 0, f"observer gen {' '.join(map(str, words))}: {run.stderr}")
    return run.stdout


def check_error(words, status, text, hint=""):
    """One error line with `text`, one hint with `hint`, nothing else."""
    run = observer(*words)
    lines = run.stderr.split("\n")
    check(run.returncode == status and run.stdout == "", f"{words}: status {run.returncode}: {run.stdout}{run.stderr}")
    check(lines[0].startswith("observer: ") and text in lines[0], f"{words}: '{text}' is not in: {run.stderr}")
    check(hint in run.stderr and len(lines) <= 3, f"{words}: '{hint}' is not in: {run.stderr}")


def folder():
    return tempfile.TemporaryDirectory(prefix="observer-test-gen-")


def compile_text(compiler, flags, text, directory):
    """Compiles `text` without a warning; False where the compiler is not there."""
    if not shutil.which(compiler):
        return False
    source = pathlib.Path(directory) / "source.c"
    source.write_text(text)
    run = subprocess.run([compiler, *flags, "-c", str(source), "-o", str(source.with_suffix(".o"))], capture_output=True,
                         text=True)
    check(run.returncode == 0, f"{compiler}: {run.stderr[:2000]}")
    return True


def end():
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)


def skip(reason):
    print("skipped:", reason)
    sys.exit(77)
