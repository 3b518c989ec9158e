"""`refined`: the smallest weight of penalties under which a circuit's answers are valid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np

from analoghop.optimise.anneal import anneal, judged
from analoghop.problems.base import Formulation, Problem

TRIALS = 16
"""Starts under each weight; they are not those of the run that follows."""
ENOUGH = 0.5
"""Share of them that must be valid."""


@runtime_checkable
class Weighted(Protocol):
    """A formulation whose penalties have a weight that may have to be found."""

    def weights(self, problem: Any) -> Sequence[float]:
        """Return the weights to try in this order; one where it is known."""

    def weighted(self, weight: float) -> Formulation[Any]:
        """Return the same with `weight`."""


def refined(problem: Problem, formulation: Formulation[Any], seed: int, threads: int = 1) -> Formulation[Any]:
    """Return `formulation` with the first of its weights under which half of 16 trial starts are valid.

    The last where none does, and `formulation` itself where there is nothing to find.
    """
    if not isinstance(formulation, Weighted):
        return formulation
    weights = formulation.weights(problem)
    chosen: Formulation[Any] = formulation
    for weight in weights:
        chosen = formulation.weighted(weight)
        if len(weights) == 1:
            break
        encoding = chosen.encode(problem)
        # Numbers of starts that no run reaches: what is measured later has not been selected by this.
        index = np.arange(TRIALS) + 2**40
        starts = judged(problem, encoding, anneal(encoding, seed, index, threads))
        if sum(start.verdict.valid for start in starts) >= ENOUGH * TRIALS:
            break
    return chosen
