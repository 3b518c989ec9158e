"""What many starts say: rates with their intervals, gaps to the best known, time to solution."""

from __future__ import annotations

import math
from typing import Literal

from analoghop.errors import InputError

NORMAL_95 = 1.959963984540054  # two-sided
ROUNDING = 1e-9  # relative: a sum of real distances depends on its order


def wilson_interval(successes: int, trials: int, z: float = NORMAL_95) -> tuple[float, float]:
    """Return the interval of a rate after `successes` of `trials`; (0, 1) without trials.

    E. B. Wilson, J. Amer. Statist. Assoc. 22 (1927) 209; `z` is the normal quantile, of 95 % by default.
    Raises `InputError` for counts that do not fit.
    """
    if not 0 <= successes <= trials:
        raise InputError(f"{successes} successes of {trials} trials make no rate")
    if trials == 0:
        return 0.0, 1.0
    p, zz = successes / trials, z * z
    centre = p + zz / (2 * trials)
    spread = z * math.sqrt(p * (1 - p) / trials + zz / (4 * trials * trials))
    scale = 1 + zz / trials
    low = 0.0 if successes == 0 else (centre - spread) / scale
    high = 1.0 if successes == trials else (centre + spread) / scale
    return low, high


def time_to_solution(rate: float, one_run: float, confidence: float = 0.99) -> float | None:
    """Return the time of runs after which a success is seen with `confidence`; None for a rate of 0.

    `one_run` is the time of each, in any unit; at least one run is needed:
    `one_run max(1, ln(1 - confidence) / ln(1 - rate))`.
    """
    if rate <= 0:
        return None
    if rate >= confidence:
        return one_run
    return one_run * math.log(1 - confidence) / math.log1p(-rate)


def gap(cost: float | None, best: float | None, sense: Literal["min", "max"] = "min") -> float | None:
    """Return by how many percent of `best` the `cost` is worse; None where one is unknown, or `best` 0."""
    if cost is None or not best:
        return None
    worse = cost - best if sense == "min" else best - cost
    return 100.0 * worse / abs(best)


def reaches(cost: float, target: float, sense: Literal["min", "max"] = "min") -> bool:
    """Return whether `cost` is as good as `target`, up to rounding."""
    slack = ROUNDING * abs(target)
    return cost <= target + slack if sense == "min" else cost >= target - slack
