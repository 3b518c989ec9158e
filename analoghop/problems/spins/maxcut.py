"""`MaxCut`: two sides for the vertices of a graph, with as much weight as possible between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from analoghop.arrays import Integers
from analoghop.formats.instances.quadratic import Quadratic
from analoghop.limits import Limits
from analoghop.problems.answers import bits
from analoghop.problems.base import Verdict
from analoghop.problems.baselines.spins import spin_baselines
from analoghop.problems.graph import Graph
from analoghop.problems.graph_problem import GraphProblem
from analoghop.problems.spins.ising import Ising


@dataclass(frozen=True, eq=False, init=False)
class MaxCut(GraphProblem):
    """A graph (all weights 1 if it has none) to be cut with the largest weight between two sides.

    An answer is a side, 0 or 1, for each vertex; every answer is valid.
    """

    kind: ClassVar[str] = "maxcut"
    cost_name: ClassVar[str] = "weight of the cut"
    sense = "max"

    def cut(self, answer: Any) -> float:
        """Return the weight between the sides."""
        return cut_weight(self.graph, bits(answer, self.size, "sides, 0 or 1, one per vertex"))

    def baselines(self, seed: int, limits: Limits) -> Mapping[str, float]:
        """Return mean cuts at random, after descents and simulated annealing, see `spin_baselines`."""
        return {name: -energy for name, energy in spin_baselines(self.ising(), seed, limits).items()}

    def verify(self, answer: Any) -> Verdict:
        """Return the weight between the sides (n,), each 0 or 1."""
        return Verdict(True, self.cut(answer))

    def ising(self) -> Ising:
        """Return spins whose energy is minus the cut: J = -W/2, constant minus half of the total weight."""
        g = self.graph
        form = Quadratic(g.n, np.zeros(g.n), g.edges, -0.5 * g.w, g.name)
        return Ising(form, constant=-0.5 * float(g.w.sum()))

    def answer_of(self, spins: Integers) -> tuple[int, ...]:
        """Return the sides that `spins` (n,) of `ising()` represent; the first vertex is on side 0."""
        return tuple((spins != spins[0]).astype(int).tolist())

    def spins_of(self, answer: Any) -> Integers:
        """Return the spins (n,) of `ising()` that represent `answer`."""
        return 2 * bits(answer, self.size, "sides, 0 or 1, one per vertex") - 1


def cut_weight(graph: Graph, sides: Integers) -> float:
    """Return the weight of the edges whose ends lie on different `sides` (n,)."""
    i, j = graph.edges.T
    return float(graph.w[sides[i] != sides[j]].sum())
