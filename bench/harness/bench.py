# SPDX-License-Identifier: GPL-2.0-only
"""A figure is contestants, a way to measure one of them once, and what to tell of it; here they are run in interleaved rounds."""

import dataclasses
import random
import sys
import typing

from . import loads, stats, tools


@dataclasses.dataclass(frozen=True)
class Metric:
    """One number that a measurement gives, and so one table. `ratio`: told also as a ratio, to the same number of the figure's
    reference in that round or, where `beside` says so, to another number of the same measurement."""
    key: str
    title: str
    digits: int = 0
    ratio: bool = False
    beside: str = ""


@dataclasses.dataclass(frozen=True)
class Contestant:
    name: str
    title: str
    tool: typing.Optional[tools.Tool] = None    # None: the bare machine
    options: tuple = ()                         # of the figure's own measure function
    targets: dict = dataclasses.field(default_factory=dict)     # by metric key


@dataclasses.dataclass(frozen=True)
class Figure:
    name: str
    title: str
    text: str                                   # how it is measured, a sentence or two for the page
    metrics: tuple
    contestants: tuple
    measure: typing.Callable                    # (bench, contestant) -> {metric key: value}
    rounds: int = 30
    reference: str = ""                         # name of the contestant that ratios refer to


class Bench:
    """Where and how much: given to every measure function."""

    def __init__(self, options, folder):
        self.observer = str(options.observer.resolve())
        self.scratch = folder / "scratch"
        self.scratch.mkdir(parents=True, exist_ok=True)
        loads.build(folder)
        self.loads = loads.Loads(folder)
        self.scale = options.scale
        self.only = options.only
        self.random = random.Random(options.seed)

    def running(self, tool):
        return tools.running(tool, self.observer, self.scratch)

    def argv(self, parts):
        return [part.format(observer=self.observer) for part in parts]

    def number(self, full):
        """A size of a load, scaled."""
        return max(1, int(full * self.scale))

    def wanted(self, figure, skipped):
        """The contestants that can run here; why others cannot goes to `skipped`."""
        chosen = []
        for contestant in figure.contestants:
            if self.only and contestant.name not in self.only and contestant.name != figure.reference:
                continue
            reason = contestant.tool.missing(self.observer) if contestant.tool else None
            if reason:
                skipped[contestant.name] = reason
            else:
                chosen.append(contestant)
        return chosen


def measure_rounds(bench, figure, rounds, skipped):
    """Samples by contestant and metric, an entry (None where it failed) for each round, so that rounds stay paired."""
    chosen = bench.wanted(figure, skipped)
    samples = {contestant.name: [] for contestant in chosen}
    for number in range(rounds):
        bench.random.shuffle(chosen)
        for contestant in chosen:
            try:
                values = figure.measure(bench, contestant)
            except (RuntimeError, OSError, ValueError) as error:
                print(f"{figure.name}: round {number + 1}: {contestant.name}: {error}", file=sys.stderr)
                skipped[contestant.name] = f"round {number + 1} failed: {str(error).strip().splitlines()[0]}"
                values = None
            samples[contestant.name].append(values)
        print(f"{figure.name}: round {number + 1} of {rounds}", file=sys.stderr)
    return samples


def row(contestant, metric, samples, references):
    """What is told of one contestant and metric; None where nothing was measured."""
    values = [one and one.get(metric.key) for one in samples]
    known = [value for value in values if value is not None]
    if not known:
        return None
    told = {"contestant": contestant.name, "title": contestant.title, "target": contestant.targets.get(metric.key, ""),
            "samples": values, **stats.summary(known)}
    if metric.ratio and references and references is not samples:
        others = samples if metric.beside else references
        pairs = [(value, other.get(metric.beside or metric.key)) for value, other in zip(values, others)
                 if value is not None and other]
        told["paired"] = stats.paired_ratio(*zip(*pairs)) if pairs else None
    return told


def run_figure(bench, figure, rounds):
    """Measures a figure; returns what goes to the results file."""
    skipped = {}
    samples = measure_rounds(bench, figure, rounds, skipped)
    references = samples.get(figure.reference)
    tables = []
    for metric in figure.metrics:
        rows = [row(contestant, metric, samples[contestant.name], references)
                for contestant in figure.contestants if contestant.name in samples]
        tables.append({"metric": metric.key, "title": metric.title, "digits": metric.digits, "ratio": metric.ratio,
                       "rows": [told for told in rows if told]})
    reference = next((c.title for c in figure.contestants if c.name == figure.reference), "")
    return {"title": figure.title, "text": figure.text, "rounds": rounds, "scale": bench.scale, "only": bench.only,
            "reference": reference, "tables": tables, "skipped": skipped}
