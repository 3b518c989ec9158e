"""Models as circuits of winner-take-all clusters and adaptive lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from analoghop.arrays import Array, Integers, check_not_negative, check_positive
from analoghop.problems.base import Answer, Formulation, Problem
from analoghop.problems.clusters import ClusterEncoding
from analoghop.problems.constraints.modelled import Modelled, modelled
from analoghop.problems.constraints.wiring import Rates, Wiring
from analoghop.schedules import Schedule
from analoghop.systems.machines.adaptive_lines import AdaptiveLines

RAMP = 0.9
"""Share of the duration after which the gain is constant and the noise zero."""


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
    """

    gain: float = 20.0
    start_gain: float = 1.0
    noise: float = 0.4
    eta: float = 0.2
    delta: float = 0.05
    stiffness: float = 1.0
    share: float = 0.5
    duration: float = 400.0
    step: float = 0.2

    name: ClassVar[str] = "memristive"
    purpose: ClassVar[str] = "winner-take-all clusters, weights of constraints that grow while violated"

    def encode(self, problem: Problem) -> ModelEncoding:
        """Return the circuit of `problem`. Raises `InputError` for a bad field."""
        check_positive(vars(self), "gain", "start_gain", "duration", "step", "stiffness", "share")
        check_not_negative(vars(self), "noise", "eta", "delta")
        form = modelled(problem)
        wiring = Wiring.of(form.model)
        pairs, lines = wiring.parts(Rates(self.eta, self.delta, self.stiffness))
        bias, couplings, scale = scaled_objective(wiring, self.share)
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
        names = ("noise", "eta", "delta", "stiffness", "share", "duration", "step")
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
