"""`modelled`: problems as models, with the conversion of values to answers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch

import numpy as np

from analoghop.arrays import Array, Integers
from analoghop.errors import InputError
from analoghop.problems.base import Answer, Problem
from analoghop.problems.constraints.constrained import Constrained
from analoghop.problems.constraints.model import Model
from analoghop.problems.independent_set import IndependentSet
from analoghop.problems.partition import Partition
from analoghop.problems.vertex_cover import VertexCover


@dataclass(frozen=True)
class Modelled:
    """A problem as `model`, its variables in the problem's order.

    Answers are the values x of the model's variables, or 1 - x if `inverted`; the problem's cost is the
    model's, or minus it if `maximised`. `proved` is a weight of penalties for which every optimum of the
    penalised cost is provably a valid answer, and which suits a circuit; None if no such weight is known.
    """

    model: Constrained
    inverted: bool = False
    maximised: bool = False
    proved: float | None = None

    def answer(self, values: Integers) -> Answer:
        """Return the answer for `values` (count,)."""
        return tuple((1 - values if self.inverted else values).tolist())

    def values(self, answer: Answer) -> Integers:
        """Return the values (count,) that represent `answer`."""
        given = np.asarray(answer, dtype=np.int64)
        return 1 - given if self.inverted else given

    @property
    def sign(self) -> float:
        """The factor, 1 or -1, from the model's cost to the problem's."""
        return -1.0 if self.maximised else 1.0


@singledispatch
def modelled(problem: Problem) -> Modelled:
    """Return `problem` as a model; raises `InputError` for a problem without a model."""
    raise InputError(f"a {problem.kind} problem has no model of bounds and choices")


@modelled.register
def _model(problem: Constrained) -> Modelled:
    return Modelled(problem.minimised(), maximised=problem.sense == "max")


@modelled.register
def _independent_set(problem: IndependentSet) -> Modelled:
    """x for each vertex, at most one at the ends of each edge, minus the sum of their weights minimised.

    Penalties of twice the largest weight are proved: removing an end of an edge inside the set costs at most
    that weight and saves at least twice as much.
    """
    model = Model()
    x = model.variables(problem.size)
    for edge in problem.graph.edges:
        model.at_most(x[edge], name="edges inside")
    weights = problem.graph.u
    model.minimise(dict(enumerate((-weights).tolist())))
    return Modelled(model.problem(problem.name), maximised=True, proved=_proved(weights))


def _proved(weights: Array) -> float:
    return 2.0 * (float(weights.max()) if weights.max() > 0 else 1.0)


@modelled.register
def _vertex_cover(problem: VertexCover) -> Modelled:
    """x for each vertex outside the cover, at most one at the ends of each edge; the others' weight
    minimised.

    The vertices outside a cover are an independent set.
    """
    model = Model()
    x = model.variables(problem.size)
    for edge in problem.graph.edges:
        model.at_most(x[edge], name="edges not covered")
    weights = problem.graph.u
    model.minimise(dict(enumerate((-weights).tolist())), constant=float(weights.sum()))
    return Modelled(model.problem(problem.name), inverted=True, proved=_proved(weights))


@modelled.register
def _partition(problem: Partition) -> Modelled:
    """x for the side of each vertex, half of all on each side, the weight between the sides minimised.

    The proved weight (Lucas 2014, Frontiers in Physics 2:5, an eighth of the smaller of n and twice the
    largest degree) is far too large for a circuit: the weight is found by trial.
    """
    model, graph = Model(), problem.graph
    x = model.variables(graph.n)
    half = graph.n // 2
    model.linear(x, 1.0, ">=", half, "vertices too many")
    model.linear(x, 1.0, "<=", half + graph.n % 2, "vertices too many")
    degrees = np.bincount(graph.edges.ravel(), np.repeat(graph.w, 2), graph.n)
    pairs = zip(map(tuple, graph.edges.tolist()), (-2.0 * graph.w).tolist(), strict=True)
    model.minimise(dict(enumerate(degrees.tolist())), dict(pairs))
    return Modelled(model.problem(problem.name))
