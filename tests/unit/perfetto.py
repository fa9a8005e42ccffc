# SPDX-License-Identifier: GPL-2.0-only
"""Judges a trace of -o perfetto by reading it as any other program would: nesting, begin and end, counter, arguments.

Usage: perfetto.py MAKER        runs MAKER FILE, which writes a made-up trace, and judges that
       perfetto.py --file TRACE judges a trace that is there; prints its figures
"""
import collections
import json
import os
import subprocess
import sys
import tempfile


def judge(events):
    """Returns (problems, figures)."""
    problems, figures = [], collections.Counter()
    stacks, last, named = collections.defaultdict(list), {}, {}
    counter = []
    for number, e in enumerate(events):
        at = f"element {number}: {json.dumps(e)[:120]}"
        phase = e["ph"]
        figures[phase] += 1
        if phase == "M":
            if e["name"] == "process_name":
                named[e["pid"]] = e["args"]["name"]
            continue
        track = (e["pid"], e["tid"])
        if e["pid"] not in named:
            problems.append(f"{at}: its track has no name")
        if e["ts"] < last.get(track, 0):
            problems.append(f"{at}: goes back in time")
        last[track] = e["ts"]
        if phase == "B":
            if len(stacks[track]) > 1 or (stacks[track] and stacks[track][0] != "process"):
                problems.append(f"{at}: begins inside of {stacks[track]}")
            stacks[track].append(e["name"])
        elif phase == "E":
            if not stacks[track]:
                problems.append(f"{at}: ends what did not begin")
            else:
                stacks[track].pop()
        elif phase == "C":
            living = sum(1 for stack in stacks.values() if stack)
            figures["most live"] = max(figures["most live"], living)
            if e["args"] != {"live": living}:
                problems.append(f"{at}: {living} processes live")
        elif phase == "i":
            if e["s"] not in ("t", "g") or "args" not in e:
                problems.append(f"{at}: no scope or no arguments")
            elif e["s"] == "t" and not stacks[track]:
                problems.append(f"{at}: outside of the life of its process")
        else:
            problems.append(f"{at}: unknown phase")
    problems += [f"track {track}: {stack} never ends" for track, stack in stacks.items() if stack]
    return problems, figures


def main():
    if sys.argv[1] == "--file":
        with open(sys.argv[2], encoding="utf-8") as file:
            events = json.load(file)
        expected = None
    else:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "trace.json")
            told = subprocess.run([sys.argv[1], path], check=True, capture_output=True, text=True).stdout
            with open(path, encoding="utf-8") as file:
                text = file.read()
        events, expected = json.loads(text), json.loads(told)
        # What is left of a trace that was cut off can be opened when the end is put back.
        cut = text[: text.rindex(",\n", 0, len(text) // 2)] + "]"
        json.loads(cut)
    problems, figures = judge(events)
    for key, value in (expected or {}).items():
        if figures[key] != value:
            problems.append(f"{figures[key]} of {key}, not {value}")
    print(*problems[:20], sep="\n")
    print(dict(figures), f"{len(problems)} wrong")
    sys.exit(1 if problems or not events else 0)


main()
