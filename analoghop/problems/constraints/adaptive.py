"""Models as circuits of winner-take-all clusters and adaptive lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from analoghop.arrays import Array, Integers
from analoghop.problems.base import Answer, Encoding, Formulation, Problem
from analoghop.problems.clusters import ClusterEncoding
from analoghop.problems.constraints.modelled import Modelled, modelled
from analoghop.problems.constraints.wiring import Rates, Wiring
from analoghop.problems.option import option
from analoghop.problems.turns import TakingTurns
from analoghop.schedules import Schedule
from analoghop.systems.machines.adaptive_lines import AdaptiveLines
from analoghop.systems.machines.sum_bounds import Lines

RAMP = 0.9
"""Share of the duration after which the gain is constant and the noise zero."""
TURNS: Mapping[str, Mapping[str, float]] = {
    "careful": {"noise": 1.0, "own": 0.5, "step": 0.05, "levelling": 0.5},
    "steep": {
        "noise": 1.0,
        "step": 0.05,
        "start_gain": 0.3,
        "gain": 100.0,
        "share": 0.3,
        "eta": 2.0,
        "levelling": 0.5,
    },
    "noisy": {
        "noise": 3.0,
        "step": 0.02,
        "gain": 100.0,
        "share": 0.2,
        "eta": 1.0,
        "own_choices": 1.0,
        "levelling": 0.25,
    },
}
"""Circuits that share the starts of a model with weighted sums, and the settings of each."""


@dataclass(frozen=True)
class AdaptiveModel(Formulation[Any]):
    """`u' = -u - gradient of (objective + weighted constraints) + noise`, v winner-take-all.

    Constraints "exactly one of several" are clusters, other variables are clusters of on and off, all other
    constraints adaptive lines: `w' = eta excess - delta (w - 1)`. The gain grows geometrically from
    `start_gain` to `gain` while the noise fades. The objective is scaled such that its largest slope is
    `share`, and a constraint that is violated by 1 has the initial force 1: if the constraints are "at most
    one of two" and the objective is linear, no state that violates one is stable for a share below 1, for any
    weights; otherwise the weights grow until the constraints hold. A sum of very many variables moves all of
    them at once, more than a fixed step allows: use `penalty` for it. `duration`, `step` in time constants.

    Weighted sums are all constraints but "exactly", "at most" and "at least one of several". Their penalty
    alone is least where equal cells share the sum in equal parts, neither on nor off: `own` a^2 v (1 - v)/2
    for every cell of a line that is in no choice, 0 at 0 and 1, makes such states unstable; `own_choices` is
    the same for cells in choices, which their cluster decides as well. Coefficients a are divided by the
    largest of the line to the power `levelling`, so that large ones do not move all cells at once. Models
    with such sums have, unless an option is given, three circuits that take turns: one setting
    finds answers where another does not.
    """

    gain: float = option(20.0, "gain at the end", above=0)
    start_gain: float = option(1.0, "gain at the beginning", above=0)
    noise: float = option(0.4, "noise at the beginning; it falls to 0", "u per root time constant", low=0)
    eta: float = option(
        0.2, "rate at which the weight of a violated constraint grows", "1/time constant", low=0
    )
    delta: float = option(0.05, "rate at which weights fall back to 1", "1/time constant", low=0)
    stiffness: float = option(1.0, "initial weight of the constraints", above=0)
    share: float = option(
        0.5, "largest slope of the objective beside the force of a constraint violated by 1", above=0
    )
    own: float = option(1.0, "strength by which cells of weighted sums leave 1/2", low=0)
    own_choices: float = option(0.0, "the same for cells of choices", low=0)
    levelling: float = option(
        0.0, "power of the largest coefficient of a sum by which its coefficients are divided", low=0
    )
    duration: float = option(400.0, "longest duration", "time constants", above=0)
    step: float = option(0.2, "length of a step", "time constants", above=0)

    name: ClassVar[str] = "memristive"
    purpose: ClassVar[str] = "winner-take-all clusters, weights of constraints that grow while violated"

    def encode(self, problem: Problem) -> Encoding:
        """Return the circuit of `problem`, or three that take turns."""
        form = modelled(problem)
        wiring = Wiring.of(form.model)
        if self != AdaptiveModel() or not wiring.weighs:
            return self.encoded(form, wiring)
        return TakingTurns(
            *((name, replace(self, **given).encoded(form, wiring), 1) for name, given in TURNS.items())
        )

    def encoded(self, form: Modelled, wiring: Wiring) -> ModelEncoding:
        """Return the single circuit of a model with these options."""
        pairs, lines = wiring.parts(Rates(self.eta, self.delta, self.stiffness, levelling=self.levelling))
        bias, couplings, scale = scaled_objective(wiring, self.share)
        bias, couplings = with_own(wiring, lines, (self.own, self.own_choices), bias, couplings)
        ends = np.array([0.0, RAMP * self.duration])
        system = AdaptiveLines(
            wiring.widths,
            Schedule(ends, np.array([self.start_gain, self.gain]), "geometric"),
            self.duration,
            self.step,
            pairs=pairs,
            lines=lines,
            sigma=self.noise,
            noise_factor=Schedule(ends, np.array([1.0, 0.0])),
            bias=bias,
            couplings=couplings,
        )
        parameters: dict[str, float | int | str | bool] = {"gain": self.gain, "cold": self.start_gain}
        names = ["noise", "eta", "delta", "stiffness", "share", "own", "own_choices", "levelling"]
        names += ["duration", "step"]
        parameters |= {name: getattr(self, name) for name in names}
        parameters |= {"objective_scale": scale, "pairs": pairs.count, "lines": lines.count}
        return ModelEncoding(system, parameters, self.duration, 1.0, self.step, wiring, form)


@dataclass(frozen=True, eq=False)
class ModelEncoding(ClusterEncoding):
    """The circuit of a problem in the form of a model."""

    wiring: Wiring
    form: Modelled

    def answer_of(self, choices: Integers) -> Answer:
        """Return the answer given by the winners."""
        return self.form.answer(self.wiring.values(choices))

    def choices_of(self, answer: Answer) -> Integers:
        """Return the winners that represent `answer`."""
        return self.wiring.choices(self.form.values(answer))

    def objective(self, outputs: Array) -> Array:
        """Return the problem's cost for the outputs of the variables' cells."""
        return self.form.sign * self.wiring.problem.cost(self.wiring.soft(outputs))


def with_own(
    wiring: Wiring, lines: Lines, own: tuple[float, float], bias: Array, couplings: Any
) -> tuple[Array, Any]:
    """Return bias and couplings with `own` a^2 v (1 - v)/2 added for cells on lines of weighted sums.

    `own` is the strength for cells outside choices, and that for cells in choices.
    """
    from scipy.sparse import diags_array

    strength = np.zeros(wiring.cells)
    weighed = np.repeat(wiring.weighed(lines), np.diff(lines.starts))
    np.add.at(strength, lines.members[weighed], lines.coefficients[weighed, 0] ** 2)
    alone = np.zeros(wiring.cells, dtype=bool)
    alone[wiring.cell[wiring.alone]] = True
    strength *= np.where(alone, *own)
    if not strength.any():
        return bias, couplings
    diagonal = diags_array(-strength).tocsr()
    return bias - 0.5 * strength[:, None], diagonal if couplings is None else couplings + diagonal


def scaled_objective(wiring: Wiring, share: float) -> tuple[Array, Any, float]:
    """Return bias (cells, 1), couplings (cells, cells) or None, and the scale of the objective in them.

    The largest slope that the objective can have at a cell is `share`.
    """
    from scipy.sparse import csr_array

    form, cells = wiring.problem.objective, wiring.cells
    bias = np.zeros((cells, 1))
    if form is None:
        return bias, None, 0.0
    at = wiring.cell[form.pairs]
    there = (at >= 0).all(axis=1)
    at, values = at[there], form.values[there]
    scale = share / wiring.problem.steepest
    own = wiring.cell >= 0
    bias[wiring.cell[own], 0] = -scale * form.linear[own]
    if not len(at):
        return bias, None, scale
    rows, columns = np.concatenate([at, at[:, ::-1]]).T
    couplings = csr_array((scale * np.concatenate([values, values]), (rows, columns)), (cells, cells))
    return bias, couplings, scale
