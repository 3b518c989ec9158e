"""`OnGraph`, `GraphProblem`: what problems of a graph have in common."""

from __future__ import annotations

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
    def notices(self) -> tuple[str, ...]:
        """What was left out of the graph."""
        return self.graph.notices


@dataclass(frozen=True, eq=False, init=False)
class GraphProblem(OnGraph):
    """A graph, and the best known value of this problem on it, None where it is not known."""

    best_known: float | None = None

    def __init__(self, graph: Graph | Any, best_known: float | None = None) -> None:
        """Take a `Graph`, an undirected graph of networkx, or a symmetric matrix of weights, see `graph_of`.

        Raises `InputError` for anything else, and for a best known value that is no finite number.
        """
        object.__setattr__(self, "graph", graph_of(graph))
        object.__setattr__(self, "best_known", known_cost(best_known))

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Return the problem of a file, see `read_graph`, with the best known value beside it."""
        return cls(read_graph(path), best_known(path, cls.kind))

    @classmethod
    def from_networkx(cls, graph: Any, weight: str = "weight") -> Self:
        """Return the problem of an undirected `networkx` graph, its vertices in the order of its nodes."""
        return cls(Graph.from_networkx(graph, weight))
