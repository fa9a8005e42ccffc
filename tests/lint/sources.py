# SPDX-License-Identifier: GPL-2.0-only
"""Each source file begins with its licence and, in C, with what it is for; nothing in it is put off."""
import re

import lint

# Put together, so that this file does not find itself.
PUT_OFF = re.compile("|".join([r"\bTO" + r"DO\b", r"\bFIX" + r"ME\b"]))
LICENCE = "SPDX-License-Identifier: "

problems, checked = [], 0
for path, name in lint.find(".c", ".h", ".py", ".sh", "meson.build", ".in", ".1"):
    checked += 1
    lines = path.read_text().split("\n")
    if not any(LICENCE in line for line in lines[:2]):
        problems.append(f"{name}:1: no '{LICENCE}...'")
    if name.endswith((".c", ".h")) and not any(line.startswith("/*") and LICENCE not in line for line in lines[:6]):
        problems.append(f"{name}:2: no comment that says what the file is for")
    for number, line in enumerate(lines, 1):
        if PUT_OFF.search(line):
            problems.append(f"{name}:{number}: {line.strip()}")
        if line.endswith((" ", "\t")):
            problems.append(f"{name}:{number}: blanks at the end of the line")
lint.end(problems, checked)
