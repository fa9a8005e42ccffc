# SPDX-License-Identifier: GPL-2.0-only
"""The packages of a build are the same in packaging/packages.list and in the Debian package's Build-Depends."""
import re

import lint

# What each Debian machine that builds packages has, and what only a clone of the repository needs.
IMPLIED = {"gcc", "libc6-dev", "git"}
# Needed by the packaging itself, or by meson, which brings it.
OWN = {"debhelper-compat", "python3"}

control = (lint.root() / "packaging/debian/control").read_text()
depends = re.search(r"^Build-Depends: (.*?)(?=^\S)", control, re.M | re.S)[1]
ours = {re.match(r"[a-z0-9.+-]+", entry.strip())[0] for entry in depends.split(",")} - OWN
listed = set(re.findall(r"^build (\S+)$", (lint.root() / "packaging/packages.list").read_text(), re.M)) - IMPLIED
problems = [f"packaging/debian/control: '{name}' is not in packages.list" for name in sorted(ours - listed)]
problems += [f"packaging/packages.list: '{name}' is not in Build-Depends" for name in sorted(listed - ours)]
lint.end(problems, len(ours | listed))
