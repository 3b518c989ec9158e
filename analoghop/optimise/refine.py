"""`refined`: the smallest weight of penalties with which the answers of a circuit are valid."""

from __future__ import annotations

from typing import Any

import numpy as np

from analoghop.limits import Limits
from analoghop.optimise.anneal import starts_of
from analoghop.problems.base import Formulation, Problem

TRIALS = 16
"""Trial starts per weight; they differ from the starts of the run that follows."""
ENOUGH = 0.5
"""Share of the trial starts that must be valid."""


def refined(
    problem: Problem,
    formulation: Formulation[Any],
    seed: int,
    limits: Limits | None = None,
    engine: str = "auto",
) -> Formulation[Any]:
    """Return `formulation` with the first of its weights for which half of 16 trial starts are valid.

    If there is none, it has the last weight, or the weight on trial when the limits were over; a formulation
    without trial weights is returned unchanged.
    """
    limits = limits or Limits()
    weights = formulation.weights(problem)
    chosen = formulation
    for weight in weights:
        chosen = formulation.weighted(weight)
        if len(weights) == 1 or limits.over:
            break
        encoding = chosen.encode(problem)
        # Start numbers that no run reaches, so that the selection does not bias later results.
        index = np.arange(TRIALS) + 2**40
        starts = starts_of(problem, encoding, seed, index, limits, engine)
        if sum(start.verdict.valid for start in starts) >= ENOUGH * TRIALS:
            break
    return chosen
