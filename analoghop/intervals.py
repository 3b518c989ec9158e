"""Confidence intervals of success rates."""

from __future__ import annotations

import math

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
