"""Independent sets, vertex covers and partitions of graphs as models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from analoghop.problems.base import Answer
from analoghop.problems.constraints.memristive import Memristive
from analoghop.problems.constraints.model import Constrained, Model
from analoghop.problems.independent_set import IndependentSet
from analoghop.problems.partition import Partition
from analoghop.problems.vertex_cover import VertexCover


def independent_set_model(problem: IndependentSet) -> Constrained:
    """Return: x for each vertex, at most one at the ends of each edge, minus their sum kept low."""
    model = Model()
    x = model.variables(problem.size)
    for edge in problem.graph.edges:
        model.at_most(edge, name="edges inside")
    model.minimise(dict.fromkeys(x.tolist(), -1.0))
    return model.problem(problem.name)


def vertex_cover_model(problem: VertexCover) -> Constrained:
    """Return: x for each vertex that is left out, at most one at the ends of each edge, n less their sum.

    What an edge leaves out is an independent set: so "at least one" is "at most one" of what is left out.
    """
    model = Model()
    x = model.variables(problem.size)
    for edge in problem.graph.edges:
        model.at_most(edge, name="edges not covered")
    model.minimise(dict.fromkeys(x.tolist(), -1.0), constant=float(problem.size))
    return model.problem(problem.name)


def partition_model(problem: Partition) -> Constrained:
    """Return: x for the side of each vertex, half of all on one, the weight between the sides kept low."""
    model, graph = Model(), problem.graph
    x = model.variables(graph.n)
    half = graph.n // 2
    if graph.n % 2:
        model.linear(x, 1.0, ">=", half, "vertices too many")
        model.linear(x, 1.0, "<=", half + 1, "vertices too many")
    else:
        model.linear(x, 1.0, "==", half, "vertices too many")
    degrees = np.bincount(graph.edges.ravel(), np.repeat(graph.w, 2), graph.n)
    pairs = zip(map(tuple, graph.edges.tolist()), (-2.0 * graph.w).tolist(), strict=True)
    model.minimise(dict(enumerate(degrees.tolist())), dict(pairs))
    return model.problem(problem.name)


@dataclass(frozen=True)
class MemristiveIndependentSet(Memristive[IndependentSet]):
    """Vertices on or off, pulled on; edges that grow heavier while both ends are on."""

    sign: ClassVar[float] = -1.0

    def model(self, problem: IndependentSet) -> Constrained:
        """Return the model of `problem`."""
        return independent_set_model(problem)

    def answer(self, values: NDArray[np.int64]) -> Answer:
        """Return the vertices that are on."""
        return tuple(values.tolist())

    def values(self, answer: Answer) -> NDArray[np.int64]:
        """Return the vertices of the set."""
        return np.asarray(answer, dtype=np.int64)


@dataclass(frozen=True)
class MemristiveVertexCover(Memristive[VertexCover]):
    """Vertices left out or not, pulled out; edges that grow heavier while both ends are left out."""

    def model(self, problem: VertexCover) -> Constrained:
        """Return the model of `problem`."""
        return vertex_cover_model(problem)

    def answer(self, values: NDArray[np.int64]) -> Answer:
        """Return the vertices that are not left out."""
        return tuple((1 - values).tolist())

    def values(self, answer: Answer) -> NDArray[np.int64]:
        """Return the vertices that the cover leaves out."""
        return 1 - np.asarray(answer, dtype=np.int64)


@dataclass(frozen=True)
class MemristivePartition(Memristive[Partition]):
    """Sides of vertices that follow their neighbours, a line that grows heavier while they are no halves."""

    def model(self, problem: Partition) -> Constrained:
        """Return the model of `problem`."""
        return partition_model(problem)

    def answer(self, values: NDArray[np.int64]) -> Answer:
        """Return the sides."""
        return tuple(values.tolist())

    def values(self, answer: Answer) -> NDArray[np.int64]:
        """Return the sides."""
        return np.asarray(answer, dtype=np.int64)
