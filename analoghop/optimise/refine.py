"""`refined`: the smallest weight of penalties under which a circuit's answers are valid."""

from __future__ import annotations

from typing import Any

import numpy as np

from analoghop.limits import Limits
from analoghop.optimise.anneal import anneal, judged
from analoghop.problems.base import Formulation, Problem

TRIALS = 16
"""Starts under each weight; they are not those of the run that follows."""
ENOUGH = 0.5
"""Share of them that must be valid."""


def refined(
    problem: Problem,
    formulation: Formulation[Any],
    seed: int,
    limits: Limits | None = None,
    engine: str = "auto",
) -> Formulation[Any]:
    """Return `formulation` with the first of its weights under which half of 16 trial starts are valid.

    The last where none does, or the one that was being tried when the limits were over; and `formulation`
    itself where there is no weight to find.
    """
    limits = limits or Limits()
    weights = formulation.weights(problem)
    chosen = formulation
    for weight in weights:
        chosen = formulation.weighted(weight)
        if len(weights) == 1 or limits.over:
            break
        encoding = chosen.encode(problem)
        # Numbers of starts that no run reaches: what is measured later has not been selected by this.
        index = np.arange(TRIALS) + 2**40
        starts = judged(problem, encoding, anneal(encoding, seed, index, limits, engine=engine))
        if sum(start.verdict.valid for start in starts) >= ENOUGH * TRIALS:
            break
    return chosen
