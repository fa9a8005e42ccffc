# SPDX-License-Identifier: GPL-2.0-only
"""Turns text files into a C file with one array of them, for the build: embed.py OUTPUT ROOT FILE..."""
import pathlib
import sys


def literal(text):
    """A C string literal, a line of it for each line of the text."""
    lines = []
    for line in text.splitlines(keepends=True):
        line = line.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("\n", "\\n").replace("?", "\\?")
        lines.append(f'\t "{line}"')
    return "\n".join(lines)


output, root = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
rows = []
for name in sys.argv[3:]:
    path = pathlib.Path(name).resolve()
    rows.append(f'\t{{"{path.relative_to(root.resolve())}",\n{literal(path.read_text())}}},')
output.write_text('#include "generate/templates.h"\n\n'
                  "const struct template templates[] = {\n" + "\n".join(rows) + "\n\t{0},\n};\n")
