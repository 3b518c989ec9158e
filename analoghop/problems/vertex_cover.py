"""`VertexCover`: as few vertices of a graph as possible that touch every edge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from analoghop.formats.best_known import best_known
from analoghop.problems.answers import bits
from analoghop.problems.base import Problem, Verdict
from analoghop.problems.digital.sets import greedy_independent_set
from analoghop.problems.graph import Graph, read_graph


@dataclass(frozen=True, eq=False)
class VertexCover(Problem):
    """A graph, whose weights are not read.

    An answer is 1 for each vertex of the cover and 0 for the others; its cost is the size of the cover.
    """

    graph: Graph
    best_known: float | None = None

    kind: ClassVar[str] = "vertex-cover"

    @classmethod
    def read(cls, path: str | Path) -> VertexCover:
        """Return the problem of a file, see `read_graph`, with the best known size beside it."""
        return cls(read_graph(path), best_known(path, cls.kind))

    @classmethod
    def from_networkx(cls, graph: Any) -> VertexCover:
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
        """Return the size of a greedy cover: what a greedy independent set leaves."""
        return {"greedy": float(self.size - greedy_independent_set(self.graph).sum())}

    def verify(self, answer: Any) -> Verdict:
        """Return whether every edge has a chosen end, and how many vertices are chosen.

        Violations count `uncovered edges`; the cost of what is no cover is not defined.
        """
        chosen = bits(answer, self.size, "zeros and ones, one per vertex")
        uncovered = int((~chosen[self.graph.edges].astype(bool)).all(axis=1).sum())
        if uncovered:
            return Verdict(False, None, {"uncovered edges": uncovered})
        return Verdict(True, float(chosen.sum()))
