# SPDX-License-Identifier: GPL-2.0-only
"""What the tests of the built files share: running, checking, copies of the sources. Knows nothing of a single file."""
import os
import pathlib
import re
import shutil
import subprocess
import sys

SKIPPED = 77
failures, checks = [], []


def check(ok, what):
    checks.append(what)
    if not ok:
        failures.append(what)
        print(f"failed: {what}")
    return ok


def end():
    print(f"{len(checks)} checked, {len(failures)} failed")
    sys.exit(1 if failures or not checks else 0)


def skip(reason):
    print("skipped:", reason)
    sys.exit(SKIPPED)


def need(*tools):
    for tool in tools:
        if not shutil.which(tool):
            skip(f"'{tool}' is missing")


def run(*command, status=0, **options):
    """Output and errors of a command as text; another status than expected ends the test."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL, **options}
    result = subprocess.run([str(word) for word in command], text=True, errors="surrogateescape", **options)
    if status is not None and result.returncode != status:
        print(result.stdout)
        print(f"failed: status {result.returncode} of: {' '.join(map(str, command))}")
        sys.exit(1)
    return result.stdout


def copy_sources(root, to):
    """A copy of the tree as it stands, without what builds leave behind: as from a release's archive, without git."""
    names = run("git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    for name in filter(None, names):
        source, target = pathlib.Path(root, name), pathlib.Path(to, name)
        if not source.exists():
            continue  # removed and not committed yet
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)


def build_deb(sources, folder):
    """Builds the package of the sources in a copy; its file, beside which the others lie."""
    copy_sources(sources, folder / "sources")
    # The unit tests run in the suite; here it is about the package.
    run("packaging/deb", "build", cwd=folder / "sources", env={**os.environ, "DEB_BUILD_OPTIONS": "nocheck"})
    return next((folder / "sources/build/deb").glob("observer_*.deb"))


def raise_version(package_file, folder):
    """The same package as a later version."""
    run("dpkg-deb", "-R", package_file, folder)
    control = folder / "DEBIAN/control"
    control.write_text(re.sub(r"^Version: .*", "Version: 0.1.0+later", control.read_text(), flags=re.M))
    run("dpkg-deb", "--root-owner-group", "-b", folder, f"{folder}.deb")
    return pathlib.Path(f"{folder}.deb")


def sections(program, readelf="readelf"):
    """(name, bytes) of what a program takes room for, the largest first."""
    rows = re.findall(r"^ *\[ *\d+\] (\S+) +(\w+) +\w+ +\w+ +(\w+)", run(readelf, "-SW", program), re.M)
    return sorted(((name, int(size, 16)) for name, kind, size in rows if kind != "NOBITS"), key=lambda row: -row[1])
