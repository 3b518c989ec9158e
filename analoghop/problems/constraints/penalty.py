"""Models as spins: constraints become penalties in the couplings of an inertial machine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.formats.instances.quadratic import Quadratic
from analoghop.problems.base import Answer, Encoding, Formulation, Problem, Raw
from analoghop.problems.constraints.constrained import Constrained, Constraint
from analoghop.problems.constraints.modelled import Modelled, modelled
from analoghop.problems.option import option, paced_steps, time_for_all
from analoghop.problems.spins import InertialMachine, SpinEncoding
from analoghop.problems.spins.automatic import STEEP_SHARE, steep_noise
from analoghop.problems.spins.encoding import FEW_SPINS
from analoghop.problems.spins.qubo import QUBO
from analoghop.problems.turns import TakingTurns

Entries = dict[tuple[int, int], float]
DOUBLINGS = 8
"""Number of doublings from the first weight that is tried to the last, the objective's largest slope."""


@dataclass(frozen=True)
class Penalty(Formulation[Any]):
    """The objective plus `weight` times a penalty that is 0 if a constraint holds, as an Ising machine.

    Penalties: `(a.x - b)^2` for an equation; `(a.x - b)(a.x - b - 1)` for bounds b and b + 1 if all sums are
    whole; `x y` for every two variables of "at most one"; `(1 - x)(1 - y)` for "at least one of two".
    Other bounds need slack variables, which flatten the minima of the circuit: use `memristive` for them.
    `weight`: None for the proved weight of the problem if there is one, else for the smallest of a series of
    doubled weights with which half of 16 trial starts are valid. The machine is the inertial one, with linear
    elements (ballistic) unless `comparator`; `steps` is its option. Up to 32 variables three of four starts
    are those of `noise` with a steep gain, as in `AutomaticMachine`: all starts of the inertial machine may
    end in one state there, the best or not.
    """

    weight: float | None = option(
        None,
        "weight of the penalties",
        "units of the objective",
        above=0,
        none="the proved weight, else one found by trial starts",
    )
    comparator: bool = option(False, "whether forces see the signs of the cells, not their values")
    steps: int | None = paced_steps()
    seconds: float | None = time_for_all()

    name: ClassVar[str] = "penalty"
    purpose: ClassVar[str] = "constraints as penalties in the couplings of an inertial machine"

    def weights(self, problem: Problem) -> Sequence[float]:
        """Return the weights to try in this order; a single one if it is given or proved."""
        form = modelled(problem)
        known = form.proved if self.weight is None else self.weight
        if known is not None:
            return (known,)
        return tuple(form.model.steepest * 2.0**k for k in range(-DOUBLINGS, 1))

    def weighted(self, weight: float) -> Penalty:
        """Return the formulation with the given `weight`."""
        return replace(self, weight=weight)

    def paced(self, seconds: float) -> Penalty:
        """Return the formulation for a time limit of `seconds` for all starts."""
        return replace(self, seconds=seconds)

    def encode(self, problem: Problem) -> Encoding:
        """Return the circuit, for few variables two that take turns; of several weights to try, the largest.

        Raises `InputError` for a weight that is not positive and for a constraint without a penalty.
        """
        form = modelled(problem)
        weight = self.weights(problem)[-1]
        qubo = penalised(form.model, weight)
        machine = InertialMachine(comparator=self.comparator, steps=self.steps, seconds=self.seconds)
        usual = PenaltyEncoding(machine.encode(qubo), form, {"weight": weight})
        if qubo.size > FEW_SPINS:
            return usual
        steep = steep_noise(self.steps, self.seconds).encode(qubo)
        noisy = PenaltyEncoding(steep, form, {"weight": weight})
        return TakingTurns((machine.name, usual, 1), ("steep noise", noisy, STEEP_SHARE))


class PenaltyEncoding(Encoding):
    """The circuit of `spins`, decoded as values of a model."""

    def __init__(
        self, spins: SpinEncoding, form: Modelled, parameters: Mapping[str, float | int | str | bool]
    ) -> None:
        self.spins, self.form = spins, form
        self.system, self.duration, self.tau, self.step = spins.system, spins.duration, spins.tau, spins.step
        self.parameters = {**parameters, **spins.parameters}

    def start(self, seed: int, index: NDArray[Any]) -> Array:
        """Return the machine's initial states."""
        return self.spins.start(seed, index)

    def decode(self, outputs: Array) -> Sequence[Raw]:
        """Return the answers given by the outputs' signs."""
        answers = (np.asarray(raw.answer, dtype=np.int64) for raw in self.spins.decode(outputs))
        return [Raw(self.form.answer(values)) for values in answers]

    def embed(self, answer: Answer) -> Array:
        """Return the spins of `answer`."""
        return self.spins.embed(self.form.values(answer))

    def objective(self, outputs: Array) -> Array:
        """Return the problem's cost, multilinear in the outputs, without the penalties."""
        return self.form.sign * self.form.model.cost(0.5 * (1.0 + outputs))


def penalised(model: Constrained, weight: float) -> QUBO:
    """Return the objective of `model` plus `weight` times its penalties, see `Penalty`."""
    if model.fixed:
        raise InputError("fixed values have no penalty: use the formulation `memristive`")
    entries: Entries = defaultdict(float)
    constant = model.constant
    if model.objective is not None:
        for k, value in enumerate(model.objective.linear.tolist()):
            entries[(k, k)] += value
        for (a, b), value in zip(
            model.objective.pairs.tolist(), model.objective.values.tolist(), strict=True
        ):
            entries[(a, b)] += value
    for variables, a, bounds in _sums(model.constraints):
        constant += weight * _penalty(variables, a, *bounds, entries, weight)
    at, values = np.array(list(entries)), np.array(list(entries.values()))
    return QUBO(Quadratic.of(model.count, at, values, model.name), constant)


def _sums(
    constraints: Sequence[Constraint],
) -> list[tuple[tuple[int, ...], tuple[float, ...], tuple[float, float]]]:
    """Return each bounded sum once, with its lower and upper bound."""
    found: dict[tuple[tuple[int, ...], tuple[float, ...]], tuple[float, float]] = {}
    for c in constraints:
        low, high = found.get((c.variables, c.coefficients), (-np.inf, np.inf))
        low = max(low, c.bound) if c.sense != "<=" else low
        high = min(high, c.bound) if c.sense != ">=" else high
        found[(c.variables, c.coefficients)] = (low, high)
    return [(variables, a, bounds) for (variables, a), bounds in found.items()]


def _penalty(
    variables: tuple[int, ...], a: tuple[float, ...], low: float, high: float, entries: Entries, weight: float
) -> float:
    """Add a penalty to `entries`; return its constant, without the weight."""
    plain = all(c == 1.0 for c in a)
    pairs = [(i, j) for i in range(len(a)) for j in range(i)]
    if plain and (low, high) == (-np.inf, 1.0):
        for i, j in pairs:
            entries[(variables[j], variables[i])] += weight
        return 0.0
    if plain and (low, high) == (1.0, np.inf) and len(a) == 2:
        entries[variables] += weight  # type: ignore[index]
        for k in variables:
            entries[(k, k)] -= weight
        return 1.0
    whole = all(float(c).is_integer() for c in a)
    if whole and np.ceil(low) <= np.floor(high):
        low, high = np.ceil(low), np.floor(high)
    if not (high - low == 0.0 or (whole and high - low == 1.0)):
        raise InputError(
            "a bound on one side has no penalty without slack variables: use the formulation `memristive`"
        )
    middle = 0.5 * (low + high)
    for k, c in zip(variables, a, strict=True):
        entries[(k, k)] += weight * c * (c - 2.0 * middle)
    for i, j in pairs:
        entries[(variables[j], variables[i])] += 2.0 * weight * a[i] * a[j]
    return float(low * high)
