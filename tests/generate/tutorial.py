# SPDX-License-Identifier: GPL-2.0-only
"""docs/tutorial.md and the three commands of README.md, done as they stand there, in an empty directory, as root.

A block of the tutorial is marked by what it is: "sh" is run, "text" must be in what the last run printed (numbers may differ), "c in
FILE" stands in that file of the project, "c as FILE" becomes it, "diff" is applied. Any other mark is an error.
"""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

from generated import OBSERVER, ROOT, check, end, folder, problems, skip

WHAT = sys.argv[3]
BLOCK = re.compile(r"^```(\S*) ?(.*)\n((?:.*\n)*?)```$", re.M)
PREPARE = "test -d /sys/kernel/tracing/events || mount -t tracefs tracefs /sys/kernel/tracing; "

if os.environ.get("OBSERVER_VARIANT") == "compat":
    skip("the same in each variant of observer's own kernel program")
for program in ("clang", "make", "patch", "unshare"):
    if not shutil.which(program):
        skip(f"{program} is not installed")
if os.geteuid():
    skip("needs root")


class Reader:
    """Somebody who does what the text says."""

    def __init__(self, root):
        self.root, self.place, self.said = root, root, ""
        bin = pathlib.Path(root, "bin")
        bin.mkdir()
        (bin / "observer").symlink_to(os.path.abspath(OBSERVER))
        self.environment = dict(os.environ, PATH=f"{bin}:{os.environ['PATH']}:/usr/sbin", LC_ALL="C.UTF-8")

    def run(self, commands):
        """In a mount namespace of its own, where tracefs can be mounted, on a machine that does something; where `cd` led is
        remembered."""
        end_mark = "the place is"
        script = f"{PREPARE}set -e\ncd {self.place}\n{commands}\nwait\necho '{end_mark}' $PWD"
        with subprocess.Popen(["sh", "-c", "while sleep 0.05; do /bin/true; done"]) as others:
            run = subprocess.run(["unshare", "-m", "sh", "-c", script], capture_output=True, text=True, errors="replace",
                                 env=self.environment, timeout=120)
            others.kill()
        self.said = run.stdout + run.stderr
        if "load" in self.said and "Operation not permitted" in self.said:
            skip("BPF programs may not be loaded here")
        found = re.search(rf"^{end_mark} (.*)$", run.stdout, re.M)
        check(run.returncode == 0 and found, f"status {run.returncode}: {commands}{self.said[-1500:]}")
        self.place = found.group(1) if found else self.place

    def apply(self, text):
        run = subprocess.run(["patch", "-p0", "-s", "-F0", "--no-backup-if-mismatch"], cwd=self.place, input=text,
                             capture_output=True, text=True)
        check(run.returncode == 0, f"patch: {run.stdout}{run.stderr}")

    def do(self, mark, rest, text):
        word, _, name = rest.partition(" ")
        if mark == "sh":
            self.run(text)
        elif mark == "text":
            for line in text.splitlines():
                check(same(line) in [same(other) for other in self.said.splitlines()],
                      f"'{line}' is not in what was printed: {self.said[-1500:]}")
        elif mark == "diff":
            self.apply(text)
        elif word == "in":
            check(text in pathlib.Path(self.place, name).read_text(), f"{name} does not have: {text}")
        elif word == "as":
            pathlib.Path(self.place, name).write_text(text)
        else:
            check(False, f"a block is marked '{mark} {rest}'")


def same(line):
    """A line without its numbers and the blanks that align them."""
    line = re.sub(r"0x[0-9a-f]+|\d+(\.\d+)?", "#", line)
    return re.sub(r"[ \t]+", " ", line).strip()


def do_tutorial(reader):
    text = (ROOT / "docs/tutorial.md").read_text()
    blocks = BLOCK.findall(text)
    check(len(blocks) > 20, f"only {len(blocks)} blocks found")
    for mark, rest, content in blocks:
        reader.do(mark, rest, content)
        if problems:
            break


def do_readme(reader):
    """The last command goes on until Ctrl-C, which reaches all that the terminal runs."""
    text = (ROOT / "README.md").read_text()
    found = re.search(r"^    (observer new .*)\n    (cd .*)\n    (make run)\b", text, re.M)
    if not check(found, "README.md does not have the three commands"):
        return
    out = pathlib.Path(reader.root, "out")
    with open(out, "w", encoding="utf-8") as file:
        run = subprocess.Popen(["unshare", "-m", "sh", "-c", PREPARE + "set -e\n" + "\n".join(found.groups())], cwd=reader.root,
                               stdout=file, stderr=file, env=reader.environment, start_new_session=True)
    for _ in range(120):
        subprocess.run(["/bin/true"])
        time.sleep(0.5)
        if run.poll() is not None or " sched_process_exit: comm=" in out.read_text(errors="replace"):
            break
    os.killpg(run.pid, signal.SIGINT)
    run.wait()
    said = out.read_text(errors="replace")
    if "load" in said and "Operation not permitted" in said:
        skip("BPF programs may not be loaded here")
    check(re.search(r' comm=".*" sched_process_exit: comm=".*" pid=\d+ prio=\d+', said), f"no events: {said[-1500:]}")
    total = re.search(r"^seen (\d+) = printed (\d+) \+ filtered (\d+) \+ lost (\d+)$", said, re.M)
    if check(total, f"no sum: {said[-500:]}"):
        seen, *parts = map(int, total.groups())
        check(seen == sum(parts), total.group(0))


with folder() as root:
    {"tutorial": do_tutorial, "readme": do_readme}[WHAT](Reader(root))
end()
