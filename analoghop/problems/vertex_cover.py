"""`VertexCover`: as few vertices of a graph as possible such that every edge has one as an end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from analoghop.arrays import Integers
from analoghop.limits import Limits
from analoghop.problems.answers import bits
from analoghop.problems.base import Verdict
from analoghop.problems.baselines.sets import greedy_independent_set
from analoghop.problems.graph_problem import GraphProblem


@dataclass(frozen=True, eq=False, init=False)
class VertexCover(GraphProblem):
    """A graph, whose edges' weights are not read.

    An answer is 1 for each vertex of the cover and 0 for the others; its cost is the number of its vertices,
    or the sum of their weights where the graph has `vertex_weights`.
    """

    kind: ClassVar[str] = "vertex-cover"
    cost_name: ClassVar[str] = "vertices in the cover"

    def baselines(self, seed: int, limits: Limits) -> Mapping[str, float]:
        """Return the size of a greedy cover: the vertices outside a greedy independent set."""
        if limits.over:
            return {}
        return {"greedy": self._weight(1 - greedy_independent_set(self.graph, limits))}

    def _weight(self, chosen: Integers) -> float:
        return float(self.graph.u @ chosen)

    def verify(self, answer: Any) -> Verdict:
        """Return whether every edge has a chosen end, and how many vertices are chosen, or their weight.

        Violations count `uncovered edges`; an invalid answer has no cost.
        """
        chosen = bits(answer, self.size, "zeros and ones, one per vertex")
        uncovered = len(self._uncovered(chosen))
        if uncovered:
            return Verdict(False, None, {"uncovered edges": uncovered})
        return Verdict(True, self._weight(chosen))

    def describe_violations(self, answer: Any) -> Sequence[str]:
        """Return the edges without a chosen end, vertices numbered from 0: "3-7"."""
        chosen = bits(answer, self.size, "zeros and ones, one per vertex")
        return [f"{i}-{j}" for i, j in self._uncovered(chosen).tolist()]

    def _uncovered(self, chosen: Integers) -> Integers:
        """Return the edges (k, 2) neither of whose ends is chosen."""
        edges: Integers = self.graph.edges[~chosen[self.graph.edges].any(axis=1)]
        return edges
