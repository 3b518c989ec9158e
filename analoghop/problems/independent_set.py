"""`IndependentSet`: vertices of a graph of the largest number or weight, no two of them adjacent."""

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
class IndependentSet(GraphProblem):
    """A graph, whose edges' weights are not read.

    An answer is 1 for each vertex of the set and 0 for the others; its cost is the number of its vertices, or
    the sum of their weights where the graph has `vertex_weights`.
    """

    kind: ClassVar[str] = "independent-set"
    cost_name: ClassVar[str] = "vertices in the set"
    sense = "max"

    def baselines(self, seed: int, limits: Limits) -> Mapping[str, float]:
        """Return the size of a greedy set."""
        return {} if limits.over else {"greedy": self._weight(greedy_independent_set(self.graph, limits))}

    def _weight(self, chosen: Integers) -> float:
        return float(self.graph.u @ chosen)

    def verify(self, answer: Any) -> Verdict:
        """Return whether no edge joins two chosen vertices, and how many are chosen, or their weight.

        Violations count `edges inside`; an invalid answer has no cost.
        """
        chosen = bits(answer, self.size, "zeros and ones, one per vertex")
        inside = len(self._inside(chosen))
        if inside:
            return Verdict(False, None, {"edges inside": inside})
        return Verdict(True, self._weight(chosen))

    def describe_violations(self, answer: Any) -> Sequence[str]:
        """Return the edges between chosen vertices, numbered from 0: "3-7"."""
        chosen = bits(answer, self.size, "zeros and ones, one per vertex")
        return [f"{i}-{j}" for i, j in self._inside(chosen).tolist()]

    def _inside(self, chosen: Integers) -> Integers:
        """Return the edges (k, 2) whose ends are both chosen."""
        edges: Integers = self.graph.edges[chosen[self.graph.edges].all(axis=1)]
        return edges
