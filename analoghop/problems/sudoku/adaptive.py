"""`SudokuMemristive`: a winner-take-all cluster per cell, adaptive weights of pairs and of missing digits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from analoghop.arrays import Array, Integers
from analoghop.errors import InputError
from analoghop.formats.instances.sudoku import SIGNS
from analoghop.problems.base import Answer, Formulation
from analoghop.problems.clusters import ClusterEncoding
from analoghop.problems.constraints.boards import sudoku_model
from analoghop.problems.constraints.wiring import Rates, Wiring
from analoghop.problems.option import option
from analoghop.problems.sudoku.instance import Sudoku, grid_digits
from analoghop.schedules import Constant
from analoghop.systems.machines.adaptive_lines import AdaptiveLines


@dataclass(frozen=True)
class SudokuMemristive(Formulation[Sudoku]):
    """`du = (-u - sum w v + sum mu m max(0, 1 - S)) dt + s dW`, v the softmax of g u over a cell's digits.

    The first sum is over the same digit in the cells of the same row, column or box, with a weight for each
    two cells and digit, `w' = eta v v - delta (w - 1)`. The second is over the row, column and box: S is the
    sum of the digit there, which must appear, `m' = eta max(0, 1 - S) - delta (m - 1)`, with the stiffness
    `mu`. A given is a cluster of a single digit. `duration`: the longest, in time constants; `step` in time
    constants, None for 0.1 / mu. The weights' growth is much faster than their decay: otherwise states that
    reach every sum with outputs of 1/2 would be stable for short steps.
    """

    gain: float = option(20.0, "gain of the amplifiers", above=0)
    noise: float = option(0.4, "intensity of the noise", "u per root time constant", low=0)
    eta: float = option(
        4.0, "rate at which the weight of a violated constraint grows", "1/time constant", low=0
    )
    delta: float = option(0.02, "rate at which weights fall back to 1", "1/time constant", low=0)
    mu: float = option(8.0, "stiffness of the digits that must appear", above=0)
    duration: float = option(5000.0, "longest duration", "time constants", above=0)
    step: float | None = option(None, "length of a step", "time constants", above=0, none="0.1 divided by mu")
    tau: float = option(1.0, "time constant of the circuit", "s", above=0)

    name: ClassVar[str] = "memristive"
    purpose: ClassVar[str] = "winner-take-all cells, growing weights of equal pairs and missing digits"

    def encode(self, problem: Sudoku) -> SudokuEncoding:
        """Return the circuit. Raises `InputError` for a duration below a step."""
        step = 0.1 / max(self.mu, 1.0) if self.step is None else self.step
        if self.duration < step:
            raise InputError("`duration` is shorter than a step")
        wiring = Wiring.of(sudoku_model(problem))
        pairs, lines = wiring.parts(Rates(self.eta, self.delta, self.mu, paired=problem.rows))
        system = AdaptiveLines(
            wiring.widths,
            Constant(self.gain),
            duration=self.duration * self.tau,
            step=step * self.tau,
            pairs=pairs,
            lines=lines,
            sigma=self.noise,
            check_every=max(1, round(0.5 / step)),
            tau=self.tau,
        )
        parameters: dict[str, float | int | str | bool] = {
            "gain": self.gain,
            "noise": self.noise,
            "eta": self.eta,
            "delta": self.delta,
            "mu": self.mu,
            "givens": int((problem.digits > 0).sum()),
            "pairs": pairs.count,
            "lines": lines.count,
            "steps": system.steps,
            "step_tau": step,
        }
        return SudokuEncoding(system, parameters, system.duration, self.tau, system.step, problem)


@dataclass(frozen=True, eq=False)
class SudokuEncoding(ClusterEncoding):
    """A cluster for each cell of the grid."""

    problem: Sudoku

    def answer_of(self, choices: Integers) -> Answer:
        """Return the grid, a sign for each cell."""
        given = self.problem.digits
        return "".join(SIGNS[k - 1] for k in np.where(given > 0, given, choices + 1).tolist())

    def choices_of(self, answer: Answer) -> Integers:
        """Return digits minus 1, and 0 for givens. Raises `InputError` if a given has another digit."""
        digits, given = grid_digits(answer, self.problem.size), self.problem.digits
        if ((given > 0) & (digits != given)).any() or (digits < 1).any():
            raise InputError("`answer` does not hold the givens, or no digit in some cell")
        return np.where(given > 0, 0, digits - 1)

    def objective(self, outputs: Array) -> Array:
        """Return sum v v over equal digits of cells in one row, column or box: the conflicting pairs."""
        return np.asarray(self.system.pairs.excess(outputs).sum(axis=0))
