"""Statistics of many starts: gaps to the best known cost, targets reached, time to solution."""

from __future__ import annotations

import math
from typing import Literal

ROUNDING = 1e-9  # relative: a sum of real distances depends on its order


def time_to_solution(rate: float, one_run: float, confidence: float = 0.99) -> float | None:
    """Return the total time of runs with at least one success at `confidence`; None for a rate of 0.

    `one_run` is the time of each run, in any unit; at least one run is needed: `one_run max(1, ln(1 -
    confidence) / ln(1 - rate))`.
    """
    if rate <= 0:
        return None
    if rate >= confidence:
        return one_run
    return one_run * math.log(1 - confidence) / math.log1p(-rate)


def time_interval(
    rate: tuple[float, float], one_run: float, confidence: float = 0.99
) -> tuple[float | None, float | None]:
    """Return the interval of `time_to_solution`, given that of the `rate`; None for an infinite bound.

    The time falls as the rate rises, so that it lies within its bounds exactly when the rate does.
    """
    low, high = rate
    return time_to_solution(high, one_run, confidence), time_to_solution(low, one_run, confidence)


def gap(cost: float | None, best: float | None, sense: Literal["min", "max"] = "min") -> float | None:
    """Return by how many percent of `best` the `cost` is worse; None if one is unknown, or `best` is 0."""
    if cost is None or not best:
        return None
    worse = cost - best if sense == "min" else best - cost
    return 100.0 * worse / abs(best)


def reaches(cost: float, target: float, sense: Literal["min", "max"] = "min") -> bool:
    """Return whether `cost` is as good as `target`, up to rounding."""
    slack = ROUNDING * abs(target)
    return cost <= target + slack if sense == "min" else cost >= target - slack
