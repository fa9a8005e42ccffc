# SPDX-License-Identifier: GPL-2.0-only
"""The lists of tests/vm name tests and kernels that are there, and .ci/run boots a kernel of each architecture."""
import re

import lint

VM = lint.root() / "tests" / "vm"


def rows(path):
    """Words of each line that is not empty and no comment."""
    return [line.split() for line in path.read_text().split("\n") if line.strip() and not line.startswith("#")]


problems = []
tests = {row[0] for row in rows(lint.root() / "tests" / "kernel" / "names")}
quick = [row[0] for row in rows(VM / "quick.list")]
kernels = {row[0]: row[1] for row in rows(VM / "kernels.list")}
problems += [f"tests/vm/quick.list: no kernel test is named '{name}'" for name in quick if name not in tests]
problems += [f"tests/vm/quick.list: '{name}' twice" for name in set(quick) if quick.count(name) > 1]
booted = re.search(r"KERNELS='([^']*)'", (lint.root() / ".ci" / "run").read_text())
booted = booted.group(1).split() if booted else []
problems += [f".ci/run: no kernel '{name}' in tests/vm/kernels.list" for name in booted if name not in kernels]
for arch in sorted(set(kernels.values()) - {kernels.get(name) for name in booted}):
    problems.append(f".ci/run: boots no kernel of {arch}")
lint.end(problems, len(quick) + len(booted))
