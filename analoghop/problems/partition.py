"""`Partition`: two halves of a graph with as little weight as possible between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from analoghop.limits import Limits
from analoghop.problems.answers import bits
from analoghop.problems.base import Verdict
from analoghop.problems.baselines.means import mean_until
from analoghop.problems.baselines.sets import halves_by_swaps
from analoghop.problems.graph_problem import GraphProblem
from analoghop.problems.spins.maxcut import cut_weight

RANDOM = 100
SWAPPED = 10
MOST_SWAPS = 200_000
"""Approximate largest number of swaps of all searches together: long searches are fewer."""


@dataclass(frozen=True, eq=False, init=False)
class Partition(GraphProblem):
    """A graph (all weights 1 if it has none) to be bisected with the least weight between the halves.

    An answer is a side, 0 or 1, for each vertex; both sides have equally many vertices, or one more on one
    side if n is odd. Its cost is the weight between the sides.
    """

    kind: ClassVar[str] = "partition"
    cost_name: ClassVar[str] = "weight between the halves"

    def baselines(self, seed: int, limits: Limits) -> Mapping[str, float]:
        """Return the mean weight between random halves, and after swaps from at most ten of them."""
        rng = np.random.default_rng(seed)
        halves = rng.permuted(np.tile(np.arange(self.size) % 2, (RANDOM, 1)), axis=1)
        found = {"random": mean_until(limits, lambda k: cut_weight(self.graph, halves[k]), RANDOM)}
        searches = max(1, min(SWAPPED, MOST_SWAPS // self.size))

        def swapped(k: int) -> float:
            return cut_weight(self.graph, halves_by_swaps(self.graph, halves[k], limits))

        found["swaps"] = mean_until(limits, swapped, searches, whole=False)
        return {name: cost for name, cost in found.items() if cost is not None}

    def verify(self, answer: Any) -> Verdict:
        """Return whether the sides (n,) are halves, and the weight between them.

        Violations count the `vertices too many` on the larger side; an invalid answer has no cost.
        """
        sides = bits(answer, self.size, "sides, 0 or 1, one per vertex")
        ones = int(sides.sum())
        many = max(ones, self.size - ones) - (self.size + 1) // 2
        if many:
            return Verdict(False, None, {"vertices too many": many})
        return Verdict(True, cut_weight(self.graph, sides))

    def describe_violations(self, answer: Any) -> Sequence[str]:
        """Return the side that has too many vertices, and how many it has."""
        sides = bits(answer, self.size, "sides, 0 or 1, one per vertex")
        ones, most = int(sides.sum()), (self.size + 1) // 2
        counts = {0: self.size - ones, 1: ones}
        return [
            f"side {s} has {count} vertices, {most} at most" for s, count in counts.items() if count > most
        ]
