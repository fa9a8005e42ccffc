# SPDX-License-Identifier: GPL-2.0-only
"""Sizes of files and functions. A function's body stands between lines that are just { and }."""
import re

import lint

FILE_LINES, MAIN_LINES, FUNCTION_LINES, PARAMETERS = 700, 59, 80, 5
MEDIAN_LINES, NINETY_PERCENT_LINES = 15, 45
SIGNATURE = re.compile(r"\b(\w+)\(((?:[^()]|\([^()]*\))*)\)$")


def functions(lines):
    """Yields (first line, number of lines, signature)."""
    for number, line in enumerate(lines):
        if line != "{":
            continue
        first, end = number - 1, number
        while first > 0 and lines[first - 1] and lines[first - 1][-1] not in ";}/{":
            first -= 1
        while end + 1 < len(lines) and lines[end] != "}":
            end += 1
        yield first, end - first + 1, " ".join(part.strip() for part in lines[first:number])


def count_parameters(signature):
    match = SIGNATURE.search(signature)
    inside = re.sub(r"\([^()]*\)", "", match.group(2)) if match else ""
    return inside.count(",") + 1 - inside.endswith("...") if inside else 0


problems, lengths, checked = [], [], 0
for path, name in lint.find(".c", ".h"):
    if lint.is_generated(path):
        continue
    checked += 1
    lines = path.read_text().split("\n")
    limit = MAIN_LINES if name == "src/main.c" else FILE_LINES
    if len(lines) - 1 > limit:
        problems.append(f"{name}: {len(lines) - 1} lines, at most {limit}")
    for first, length, signature in functions(lines):
        at = f"{name}:{first + 1}"
        if length > FUNCTION_LINES:
            problems.append(f"{at}: a function of {length} lines, at most {FUNCTION_LINES}")
        if count_parameters(signature) > PARAMETERS:
            problems.append(f"{at}: {count_parameters(signature)} parameters, at most {PARAMETERS}")
        if name.startswith("src/"):
            lengths.append(length)
lengths.sort()
for share, limit in ((0.5, MEDIAN_LINES), (0.9, NINETY_PERCENT_LINES)):
    length = lengths[int(len(lengths) * share)]
    print(f"{share:.0%} of {len(lengths)} functions have at most {length} lines")
    if length > limit:
        problems.append(f"src: {share:.0%} of the functions should have at most {limit} lines")
lint.end(problems, checked)
