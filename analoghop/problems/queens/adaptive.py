"""`QueensMemristive`: a winner-take-all cluster per row, adaptive lines for columns and diagonals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from analoghop.arrays import Array, Integers
from analoghop.problems.answers import whole_numbers
from analoghop.problems.base import Answer, Formulation
from analoghop.problems.clusters import ClusterEncoding
from analoghop.problems.constraints.boards import queens_model
from analoghop.problems.constraints.wiring import Rates, Wiring
from analoghop.problems.option import option
from analoghop.problems.queens.instance import Queens
from analoghop.schedules import Constant
from analoghop.systems.machines.adaptive_lines import AdaptiveLines


@dataclass(frozen=True)
class QueensMemristive(Formulation[Queens]):
    """`du_rc = (-u_rc - sum_l w_l (S_l - v_rc)) dt + s dW`, l the column and diagonals through (r, c).

    S_l is the sum of v along the line, v the softmax of g u in each row, and
    `w_l' = eta max(0, S_l - 1) - delta (w_l - 1)`. `steps` at most, of `step` time constants.
    """

    gain: float = option(20.0, "gain of the amplifiers", above=0)
    noise: float = option(0.3, "intensity of the noise", "u per root time constant", low=0)
    eta: float = option(0.2, "rate at which the weight of an attacked line grows", "1/time constant", low=0)
    delta: float = option(0.02, "rate at which weights fall back to 1", "1/time constant", low=0)
    steps: int = option(20000, "largest number of steps", low=1)
    step: float = option(0.2, "length of a step", "time constants", above=0)
    tau: float = option(1.0, "time constant of the circuit", "s", above=0)

    name: ClassVar[str] = "memristive"
    purpose: ClassVar[str] = "winner-take-all rows, weights of columns and diagonals that grow on attack"

    def encode(self, problem: Queens) -> QueensEncoding:
        """Return the circuit."""
        wiring = Wiring.of(queens_model(problem))
        _, lines = wiring.parts(Rates(self.eta, self.delta, paired=0))
        system = AdaptiveLines(
            wiring.widths,
            Constant(self.gain),
            duration=self.steps * self.step * self.tau,
            step=self.step * self.tau,
            lines=lines,
            sigma=self.noise,
            tau=self.tau,
        )
        parameters: dict[str, float | int | str | bool] = {
            "gain": self.gain,
            "noise": self.noise,
            "eta": self.eta,
            "delta": self.delta,
            "lines": lines.count,
            "steps": self.steps,
            "step_tau": self.step,
        }
        return QueensEncoding(system, parameters, system.duration, self.tau, system.step, problem)


@dataclass(frozen=True, eq=False)
class QueensEncoding(ClusterEncoding):
    """A cluster for each row, a cell for each square."""

    problem: Queens

    def answer_of(self, choices: Integers) -> Answer:
        """Return the column of the queen in each row."""
        return tuple(choices.tolist())

    def choices_of(self, answer: Answer) -> Integers:
        """Return the columns."""
        return whole_numbers(answer, self.problem.n, "columns, one per row")

    def objective(self, outputs: Array) -> Array:
        """Return sum_l (S_l^2 - sum v^2) / 2 over columns and diagonals: the attacking pairs."""
        return np.asarray(self.system.lines.potentials(outputs).sum(axis=0))
