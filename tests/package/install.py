# SPDX-License-Identifier: GPL-2.0-only
"""make install into a stage: every file in its place, the unit and the completion readable by those who will read them.

usage: install.py SOURCES
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import package
from package import check, run

FILES = {
    "bin/observer", "share/man/man1/observer.1", "share/bash-completion/completions/observer", "share/zsh/site-functions/_observer",
    "lib/systemd/system/observer.service", "share/doc/observer/README.md", "share/doc/observer/install.md",
    "share/doc/observer/SECURITY.md", "share/doc/observer/NEWS",
}


def check_unit(unit, program):
    """The unit as systemd sees it; its program is not where the unit says, so a copy names the staged one."""
    text = unit.read_text()
    check(f"ExecStart=/usr/bin/observer " in text, "the unit starts the installed program")
    if not shutil.which("systemd-analyze"):
        print("no systemd-analyze: unit not verified")
        return
    copy = unit.parent / "observer-staged.service"
    copy.write_text(text.replace("/usr/bin/observer", str(program)))
    said = run("systemd-analyze", "verify", "--man=no", copy, status=None)
    complaints = [line for line in said.splitlines() if "observer" in line]
    check(not complaints, f"systemd-analyze verify: {complaints}")
    said = run("systemd-analyze", "security", "--offline=true", "--no-pager", copy, status=None)
    match = re.search(r"Overall exposure level.*?: ([\d.]+)", said)
    check(match and float(match[1]) < 2.0, f"systemd-analyze security: {match and match[1]}")
    print(f"systemd-analyze security: exposure {match and match[1]} of 10")


def check_reading(stage):
    program = stage / "bin/observer"
    check(run(program, "--version").startswith("observer "), "the program runs")
    check("observer" in run("man", "--warnings", stage / "share/man/man1/observer.1"), "the manual page")
    for shell, path in (("bash", "bash-completion/completions/observer"), ("zsh", "zsh/site-functions/_observer")):
        if shutil.which(shell):
            check(subprocess.run([shell, "-n", stage / "share" / path]).returncode == 0, f"completion of {shell}")


def main():
    package.need("git", "make", "meson", "man")
    with tempfile.TemporaryDirectory() as name:
        sources, stage = pathlib.Path(name, "sources"), pathlib.Path(name, "stage")
        package.copy_sources(sys.argv[1], sources)
        run("make", "-C", sources, "-s", "install", "PREFIX=/usr", f"DESTDIR={stage}")
        usr = stage / "usr"
        installed = {str(path.relative_to(usr)) for path in usr.rglob("*") if path.is_file()}
        check(FILES <= installed, f"missing: {FILES - installed}")
        check({path.name for path in stage.iterdir()} == {"usr"}, "nothing outside of the prefix")
        check_reading(usr)
        check_unit(usr / "lib/systemd/system/observer.service", usr / "bin/observer")
    package.end()


main()
