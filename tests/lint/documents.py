# SPDX-License-Identifier: GPL-2.0-only
"""The generated parts of docs/ are what observer prints now, and its help fits a terminal. --update writes them anew."""
import re
import subprocess
import sys

import lint

COLUMNS = 80
FIELDS, ERRORS, MANPAGE = "docs/fields.md", "docs/errors.md", "docs/observer.1"


def observer(*words):
    return subprocess.run([sys.argv[2], *words], capture_output=True, text=True, check=True).stdout


def with_parts(text):
    """The manual page with its marked parts as observer prints them."""
    for part in ("synopsis", "options"):
        marks = re.compile(rf'(?<=^\.\\" begin {part}\n).*?(?=^\.\\" end {part}$)', re.M | re.S)
        if not marks.search(text):
            print(f"{MANPAGE}: no lines 'begin {part}' and 'end {part}'")
            sys.exit(1)
        text = marks.sub(lambda _: observer("docs", part), text)
    return text


def first_difference(old, new):
    lines = list(zip(old.split("\n") + [""], new.split("\n") + [""]))
    return next((number for number, (a, b) in enumerate(lines, 1) if a != b), len(lines))


problems, checked = [], 0
manpage = lint.root() / MANPAGE
wanted = {FIELDS: observer("docs", "fields"), ERRORS: observer("docs", "errors"), MANPAGE: with_parts(manpage.read_text())}
for name, text in wanted.items():
    path = lint.root() / name
    if "--update" in sys.argv:
        path.write_text(text)
    checked += 1
    old = path.read_text() if path.exists() else ""
    if old != text:
        problems.append(f"{name}:{first_difference(old, text)}: is not what observer prints; 'make docs' writes it")

for command in [[], *([word] for word in re.findall(r"^  (\w+) ", observer("--help"), re.M))]:
    for words in (["help", *command], ["help", "-v", *command]):
        checked += 1
        for number, line in enumerate(observer(*words).split("\n"), 1):
            if len(line) > COLUMNS:
                problems.append(f"observer {' '.join(words)}: line {number} has {len(line)} columns, at most {COLUMNS}")
lint.end(problems, checked)
