"""Several runs of a method within the limits, and the mean of their costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from analoghop.limits import Limits

Outcome = TypeVar("Outcome")


def runs_until(
    limits: Limits, run: Callable[[int], Outcome], runs: int, *, whole: bool = True
) -> list[Outcome]:
    """Return `run(k)` for k = 0 .. `runs` - 1, for fewer k if `limits` are over before.

    `whole`: whether a run is always complete; else the last run may have been cut short, and is used only
    if there is no other.
    """
    done: list[Outcome] = []
    while len(done) < runs and not limits.over:
        done.append(run(len(done)))
    if not whole and len(done) > 1 and limits.over:
        done.pop()
    return done


def mean_until(
    limits: Limits, cost: Callable[[int], float], runs: int, *, whole: bool = True
) -> float | None:
    """Return the mean cost of the runs of `runs_until`; None without runs."""
    costs = runs_until(limits, cost, runs, whole=whole)
    return float(np.mean(costs)) if costs else None
