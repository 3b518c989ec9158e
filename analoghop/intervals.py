"""Confidence intervals of rates and of means."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

from analoghop.errors import InputError

NORMAL_95 = 1.959963984540054  # two-sided


def wilson_interval(successes: int, trials: int, z: float = NORMAL_95) -> tuple[float, float]:
    """Return the confidence interval of a rate, given `successes` in `trials`; (0, 1) without trials.

    E. B. Wilson, J. Amer. Statist. Assoc. 22 (1927) 209; `z` is the normal quantile, of 95 % by default.
    Raises `InputError` for negative counts, or more successes than trials.
    """
    if not 0 <= successes <= trials:
        raise InputError(f"{successes} successes of {trials} trials do not form a rate")
    if trials == 0:
        return 0.0, 1.0
    p, zz = successes / trials, z * z
    centre = p + zz / (2 * trials)
    spread = z * math.sqrt(p * (1 - p) / trials + zz / (4 * trials * trials))
    scale = 1 + zz / trials
    low = 0.0 if successes == 0 else (centre - spread) / scale
    high = 1.0 if successes == trials else (centre + spread) / scale
    return low, high


def mean_interval(values: Sequence[float]) -> tuple[float, float] | None:
    """Return Student's 95 % confidence interval of the mean of `values`, None for fewer than two.

    "Student" (W. S. Gosset), Biometrika 6 (1908) 1: mean +- t s/sqrt(n), exact for normal values.
    """
    n = len(values)
    if n < 2:
        return None
    mean = math.fsum(values) / n
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (n - 1))
    reach = student_95(n - 1) * deviation / math.sqrt(n)
    return mean - reach, mean + reach


@cache
def student_95(freedom: int) -> float:
    """Return the t that 95 % of Student's distribution with `freedom` degrees of freedom lie within.

    The probability is the finite sum of Abramowitz & Stegun 26.7.3 and 26.7.4, solved by bisection; above
    1000 degrees the expansion in 1/freedom about the normal quantile, 26.7.5.
    """
    if freedom < 1:
        raise InputError(f"Student's distribution has {freedom} degrees of freedom, expected 1 or more")
    if freedom > 1000:
        z, v = NORMAL_95, freedom
        return z + (z**3 + z) / (4 * v) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v * v)
    low, high = 1.0, 20.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _within(middle, freedom) < 0.95 else (low, middle)
    return high


def _within(t: float, freedom: int) -> float:
    """Return the probability of less than `t` in size, under Student's distribution."""
    angle = math.atan(t / math.sqrt(freedom))
    cosine = math.cos(angle)
    term = total = cosine if freedom % 2 else 1.0
    for k in range(3 if freedom % 2 else 2, freedom - 1, 2):
        term *= (k - 1) / k * cosine * cosine
        total += term
    if freedom % 2 == 0:
        return math.sin(angle) * total
    return 2 / math.pi * (angle + (math.sin(angle) * total if freedom > 1 else 0.0))
