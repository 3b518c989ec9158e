"""`modelled`: problems as models, with the conversion of values to answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

import numpy as np

from analoghop.arrays import Array, Integers
from analoghop.errors import InputError
from analoghop.formats.instances.cnf import Clause
from analoghop.problems.base import Answer, Problem
from analoghop.problems.constraints.constrained import Constrained
from analoghop.problems.constraints.expressions import Polynomial
from analoghop.problems.constraints.model import Model
from analoghop.problems.independent_set import IndependentSet
from analoghop.problems.maxsat import MaxSat, holds
from analoghop.problems.partition import Partition
from analoghop.problems.vertex_cover import VertexCover


@dataclass(frozen=True)
class Modelled:
    """A problem as `model`, its variables in the problem's order.

    Answers are the values x of the model's variables, or 1 - x if `inverted`; the problem's cost is the
    model's, or minus it if `maximised`. `proved` is a weight of penalties for which every optimum of the
    penalised cost is provably a valid answer, and which suits a circuit; None if no such weight is known.
    `further` computes, from the values of an answer, those of the model's other variables, which stand behind
    them; None if there are none.
    """

    model: Constrained
    inverted: bool = False
    maximised: bool = False
    proved: float | None = None
    further: Callable[[Integers], Integers] | None = None

    def answer(self, values: Integers) -> Answer:
        """Return the answer for `values` (count,)."""
        if self.further is not None:
            values = values[: self.model.count - len(self.further(values))]
        return tuple((1 - values if self.inverted else values).tolist())

    def values(self, answer: Answer) -> Integers:
        """Return the values (count,) that represent `answer`."""
        given = np.asarray(answer, dtype=np.int64)
        values = 1 - given if self.inverted else given
        return values if self.further is None else np.concatenate([values, self.further(values)])

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


@modelled.register
def _maxsat(problem: MaxSat) -> Modelled:
    """x for each variable and r for each soft clause of several literals, which holds or has r = 1.

    The weights of the clauses with r = 1 are minimised; a clause of one literal is a term of the objective.
    """
    model, formula = Model(), problem.formula
    x = model.variables(problem.size)

    def true(clause: Clause) -> Any:
        return sum((x[k - 1] if k > 0 else 1 - x[-k - 1]) for k in dict.fromkeys(clause))

    for clause in formula.hard:
        if not any(-literal in clause for literal in clause):
            model.add(true(clause) >= 1, "unsatisfied hard clauses")
    goal, relaxed = Polynomial({}, {}, 0.0), list[Clause]()
    for weight, clause in formula.soft:
        if any(-literal in clause for literal in clause):
            continue
        literals = tuple(dict.fromkeys(clause))
        if len(literals) > 1:
            r = model.variable()
            model.add(true(literals) + r >= 1, "unsatisfied soft clauses")
            relaxed.append(literals)
            goal.linear[r.number] = weight
        elif literals:
            number, sign = abs(literals[0]) - 1, 1.0 if literals[0] > 0 else -1.0
            goal.linear[number] = goal.linear.get(number, 0.0) - sign * weight
            goal = goal._replace(constant=goal.constant + (weight if sign > 0 else 0.0))
        else:
            goal = goal._replace(constant=goal.constant + weight)
    model.minimise(goal.linear, constant=goal.constant)

    def further(values: Integers) -> Integers:
        return np.array([not holds(clause, values) for clause in relaxed], dtype=np.int64)

    return Modelled(model.problem(problem.name), further=further)
