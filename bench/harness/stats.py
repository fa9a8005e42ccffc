# SPDX-License-Identifier: GPL-2.0-only
"""What is told of a list of samples. Pure arithmetic: knows nothing of tools or loads."""

import math
import random
import statistics

# Two-sided 95 % points of Student's t for 1..30 degrees of freedom.
T_95 = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
        2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
        2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042]


def t_95(freedom):
    """Above 30 an approximation that is right to 0.002."""
    return T_95[freedom - 1] if freedom <= len(T_95) else 1.96 + 2.43 / freedom


def summary(samples):
    """Median, quartiles, extremes; spread is the quartiles' distance as a part of the median."""
    values = sorted(samples)
    if len(values) > 1:
        low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    else:
        low = middle = high = values[0]
    return {"n": len(values), "min": values[0], "q1": low, "median": middle, "q3": high, "max": values[-1],
            "spread": (high - low) / middle if middle else 0.0}


def paired_ratio(samples, references, resamples=4000):
    """Median of sample / reference of the same round with its 95 % interval by bootstrap, which a few rounds that something else
    disturbed do not move; and the geometric mean with its interval by t on the logarithms, which they do."""
    logs = [math.log(sample / reference) for sample, reference in zip(samples, references)
            if sample and reference and sample > 0 and reference > 0]
    if not logs:
        return None
    told = {"n": len(logs), "ratio": math.exp(statistics.median(logs)), "low": None, "high": None,
            "mean": math.exp(statistics.fmean(logs))}
    if len(logs) > 1:
        chance = random.Random(len(logs))
        medians = sorted(statistics.median(chance.choices(logs, k=len(logs))) for _ in range(resamples))
        half = t_95(len(logs) - 1) * statistics.stdev(logs) / math.sqrt(len(logs))
        told.update(low=math.exp(medians[resamples // 40]), high=math.exp(medians[-resamples // 40 - 1]),
                    mean_low=told["mean"] * math.exp(-half), mean_high=told["mean"] * math.exp(half))
    return told
