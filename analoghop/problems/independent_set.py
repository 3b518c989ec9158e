"""`IndependentSet`: as many vertices of a graph as possible, no two of them joined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

from analoghop.formats.best_known import best_known
from analoghop.problems.answers import bits
from analoghop.problems.base import Problem, Verdict
from analoghop.problems.digital.sets import greedy_independent_set
from analoghop.problems.graph import Graph, read_graph


@dataclass(frozen=True, eq=False)
class IndependentSet(Problem):
    """A graph, whose weights are not read.

    An answer is 1 for each vertex of the set and 0 for the others; its cost is the size of the set.
    """

    graph: Graph
    best_known: float | None = None

    kind: ClassVar[str] = "independent-set"
    sense: ClassVar[Literal["min", "max"]] = "max"

    @classmethod
    def read(cls, path: str | Path) -> IndependentSet:
        """Return the problem of a file, see `read_graph`, with the best known size beside it."""
        return cls(read_graph(path), best_known(path, cls.kind))

    @classmethod
    def from_networkx(cls, graph: Any) -> IndependentSet:
        """Return the problem of an undirected `networkx` graph, its vertices in the order of its nodes."""
        return cls(Graph.from_networkx(graph))

    @property
    def name(self) -> str:
        """Name of the graph."""
        return self.graph.name

    @property
    def size(self) -> int:
        """Number of vertices."""
        return self.graph.n

    @property
    def notices(self) -> tuple[str, ...]:
        """What was left out of the graph."""
        return self.graph.notices

    def baselines(self, seed: int) -> Mapping[str, float]:
        """Return the size of a greedy set."""
        return {"greedy": float(greedy_independent_set(self.graph).sum())}

    def verify(self, answer: Any) -> Verdict:
        """Return whether no edge joins two chosen vertices, and how many are chosen.

        Violations count `edges inside`; the cost of what is no independent set is not defined.
        """
        chosen = bits(answer, self.size, "zeros and ones, one per vertex")
        inside = int(chosen[self.graph.edges].all(axis=1).sum())
        if inside:
            return Verdict(False, None, {"edges inside": inside})
        return Verdict(True, float(chosen.sum()))
