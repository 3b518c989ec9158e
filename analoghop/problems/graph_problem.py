"""`OnGraph`, `GraphProblem`: base classes of problems on a graph."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from analoghop.formats.instances.best_known import best_known
from analoghop.problems.answers import known_cost
from analoghop.problems.base import Problem
from analoghop.problems.graph import Graph, graph_of, read_graph


@dataclass(frozen=True, eq=False)
class OnGraph(Problem):
    """A problem of a graph."""

    graph: Graph

    @property
    def name(self) -> str:
        """Name of the graph."""
        return self.graph.name

    @property
    def size(self) -> int:
        """Number of vertices."""
        return self.graph.n

    @property
    def labels(self) -> tuple[Hashable, ...]:
        """Names of the vertices, () if they are their numbers."""
        return self.graph.labels

    @property
    def notices(self) -> tuple[str, ...]:
        """Notices about edges that were left out of the graph."""
        return self.graph.notices


@dataclass(frozen=True, eq=False, init=False)
class GraphProblem(OnGraph):
    """A graph, and the best known value of this problem on it, None if unknown."""

    best_known: float | None = None

    def __init__(self, graph: Graph | Any, best_known: float | None = None) -> None:
        """Take a `Graph`, an undirected graph of networkx, or a symmetric matrix of weights, see `graph_of`.

        Raises `InputError` for any other value, and for a best known value that is not a finite number.
        """
        object.__setattr__(self, "graph", graph_of(graph))
        object.__setattr__(self, "best_known", known_cost(best_known))

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Return the problem of a file, see `read_graph`, and the best known value of `best_known.json`."""
        return cls(read_graph(path), best_known(path, cls.kind))

    @classmethod
    def from_networkx(cls, graph: Any, weight: str = "weight") -> Self:
        """Return the problem of an undirected `networkx` graph, its vertices in the order of its nodes."""
        return cls(Graph.from_networkx(graph, weight))
