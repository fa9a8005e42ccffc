# SPDX-License-Identifier: GPL-2.0-only
"""Who may include whom, as ARCHITECTURE.md draws it. An include of ours names its folder."""
import re

import lint

DATA = {"events", "base", "schema"}
MAY_INCLUDE = {
    "events": set(),
    "bpf": {"events", "lib"},
    "base": set(),
    "schema": {"events", "base"},
    "diagnosis": {"base"},
    "capture": DATA | {"lib", "diagnosis"},
    "inspect": DATA,
    "doctor": DATA | {"diagnosis", "capture"},
    "process": DATA,
    "filter": DATA,
    "outputs": DATA,
    "generate": DATA | {"lib"},
    "report": DATA | {"process"},
    "cli": {"base"},
    "lib": set(),
    "main.c": {"commands"},
}
MAY_INCLUDE["commands"] = set(MAY_INCLUDE) - {"main.c"}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)

# Files of the projects that observer new writes: they include each other there.
PROJECT = "src/generate/templates/new/"

problems, checked = [], 0
names = {path.name for path, _ in lint.find(".h", folders=["src", "lib"])}
for path, name in lint.find(".c", ".h", folders=["src", "lib"]):
    if name.startswith(PROJECT):
        continue
    own = name.split("/")[0] if name.startswith("lib/") else name.split("/")[1]
    for included in INCLUDE.findall(path.read_text()):
        checked += 1
        folder = included.split("/")[0]
        if "/" not in included:  # only what the build generates has no folder
            # What others take as it is finds its neighbours wherever it lies.
            if included in names and own != "lib":
                problems.append(f'{name}: "{included}" does not name its folder')
        elif own not in MAY_INCLUDE:
            problems.append(f"{name}: the folder {own} has no row in tests/lint/directions.py")
        elif folder != own and folder not in MAY_INCLUDE[own]:
            problems.append(f'{name}: {own} may not include "{included}"')
lint.end(problems, checked)
