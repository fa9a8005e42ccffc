# SPDX-License-Identifier: GPL-2.0-only
"""What the lints share: finding files, telling problems, ending with 0, 1 or 77 (cannot be checked here)."""
import pathlib
import re
import sys

FOLDERS = ["src", "lib", "tests", "bench", "docs", "packaging"]


def root():
    return pathlib.Path(sys.argv[1])


def find(*suffixes, folders=FOLDERS):
    """Files of the project with these endings, as (path, its name from the root)."""
    for folder in folders:
        for path in sorted((root() / folder).rglob("*")):
            if path.is_file() and path.name.endswith(suffixes):
                yield path, str(path.relative_to(root()))


def is_generated(path):
    """Generated files say so at their top; they keep the shape that their generator gives them."""
    with open(path, encoding="utf-8", errors="replace") as file:
        return re.search("generated (by|from)", "".join(file.readline() for _ in range(6)), re.I) is not None


def skip(reason):
    print("skipped:", reason)
    sys.exit(77)


def end(problems, checked):
    """Prints the problems; a lint that looked at nothing has failed too."""
    for problem in problems:
        print(problem)
    print(f"{checked} checked, {len(problems)} wrong")
    sys.exit(1 if problems or not checked else 0)
