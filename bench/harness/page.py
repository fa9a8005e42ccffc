# SPDX-License-Identifier: GPL-2.0-only
"""Results as text, as a file for machines, and as the tables of docs/performance.md."""

import json
import os
import platform
import re
import subprocess
import time


def machine(observer):
    """What the figures depend on."""
    model = re.search(r"^model name\s*:\s*(.*)$", open("/proc/cpuinfo", encoding="ascii").read(), re.M)
    try:
        version = subprocess.run([observer, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        version = "not built"
    return {"date": time.strftime("%Y-%m-%d"), "kernel": f"{platform.system()} {platform.release()} {platform.machine()}",
            "processor": model.group(1) if model else platform.processor(), "cpus": len(os.sched_getaffinity(0)), "load": f"{os.getloadavg()[0]:.2f}",
            "observer": version}


def results_read(path):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}


def results_write(path, results):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def amount(value, digits):
    return f"{value:,.{digits}f}"


def paired_text(told):
    paired = told.get("paired")
    if not paired:
        return ""
    if paired["low"] is None:
        return f"{paired['ratio']:.3f}"
    return f"{paired['ratio']:.3f} [{paired['low']:.3f}, {paired['high']:.3f}]"


def mean_text(told):
    paired = told.get("paired")
    if not paired or "mean_low" not in paired:
        return ""
    return f"{paired['mean']:.3f} [{paired['mean_low']:.3f}, {paired['mean_high']:.3f}]"


def cells(table):
    """Header and rows of a table, all text."""
    targets = any(told["target"] for told in table["rows"])
    ratios = any("paired" in told for told in table["rows"])
    header = [table["title"], "median", "quartiles", "min", "max", "spread"]
    header += ["median ratio [95 %]", "mean ratio [95 %]"] * ratios + ["target"] * targets + ["rounds"]
    rows = []
    for told in table["rows"]:
        low, high = (amount(told[key], table["digits"]) for key in ("q1", "q3"))
        row = [told["title"], amount(told["median"], table["digits"]), f"{low} - {high}",
               amount(told["min"], table["digits"]), amount(told["max"], table["digits"]), f"{told['spread']:.1%}"]
        rows.append(row + [paired_text(told), mean_text(told)] * ratios + [told["target"]] * targets + [str(told["n"])])
    return header, rows


def figure_text(figure):
    """For a person at a terminal."""
    lines = [figure["title"], ""]
    for table in figure["tables"]:
        header, rows = cells(table)
        widths = [max(len(line[column]) for line in [header, *rows]) for column in range(len(header))]
        for line in [header, *rows]:
            lines.append("  ".join([line[0].ljust(widths[0])] +
                                   [cell.rjust(width) for cell, width in zip(line[1:], widths[1:])]).rstrip())
        lines.append("")
    lines += [f"not measured: {name}: {reason}" for name, reason in figure["skipped"].items()]
    return "\n".join(lines)


def figure_markdown(name, figure):
    """For the page: how to repeat it, on what it was measured, the tables."""
    place = figure["machine"]
    trial = "" if figure["scale"] == 1 else f" --scale {figure['scale']}"
    trial += f" --only {','.join(figure['only'])}" if figure["only"] else ""
    lines = [f"`bench/run {name} --rounds {figure['rounds']}{trial}`", "",
             f"{figure['text']}", "",
             f"{place['date']}, {place['observer']}, {place['kernel']}, {place['cpus']} CPUs ({place['processor']}), "
             f"load average at the start {place['load']}."
             + (f" Ratios: to {figure['reference']}." if figure["reference"] else ""), ""]
    for table in figure["tables"]:
        header, rows = cells(table)
        lines += ["| " + " | ".join(header) + " |", "|---|" + "---:|" * (len(header) - 1)]
        lines += ["| " + " | ".join(row) + " |" for row in rows] + [""]
    lines += [f"Not measured: {name}: {reason}." for name, reason in figure["skipped"].items()]
    return "\n".join(lines).rstrip() + "\n"


def page_write(path, results):
    """Puts every figure that has results between its markers; text outside them is left alone."""
    text = path.read_text(encoding="utf-8")
    for name, figure in results.items():
        begin, end = f"<!-- bench/run {name}: begin -->\n", f"<!-- bench/run {name}: end -->"
        if begin not in text or end not in text:
            raise ValueError(f"{path} has no markers for the figure '{name}'")
        before, rest = text.split(begin, 1)
        text = before + begin + "\n" + figure_markdown(name, figure) + "\n" + end + rest.split(end, 1)[1]
    path.write_text(text, encoding="utf-8")
