"""`SudokuMemristive`: a winner-take-all cluster per cell, adaptive pairs, and digits that must appear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.problems.base import Answer, Formulation
from analoghop.problems.clusters import ClusterEncoding, check_not_negative, check_positive
from analoghop.problems.sudoku import Sudoku, grid_digits, peers, units
from analoghop.schedules import Constant
from analoghop.systems.lines import Lines
from analoghop.systems.multipliers import Multipliers
from analoghop.systems.pairs import Pairs

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class SudokuMemristive(Formulation[Sudoku]):
    """`du = (-u - sum w v + sum mu m max(0, 1 - S)) dt + s dW`, v the softmax of g u over a cell's digits.

    The first sum is over the same digit in the cells of the same row, column or box, with a weight for each
    two cells and digit, `w' = eta v v - delta (w - 1)`. The second is over the row, column and box: S is the
    sum of the digit there, which must appear, `m' = eta max(0, 1 - S) - delta (m - 1)`, with the stiffness
    `mu`. A given is a cluster of its one digit. `duration` in time constants at most; `step` in time
    constants, None for 0.2 / mu.
    """

    gain: float = 20.0
    noise: float = 0.4
    eta: float = 0.5
    delta: float = 0.05
    mu: float = 16.0
    duration: float = 1000.0
    step: float | None = None
    tau: float = 1.0

    name: ClassVar[str] = "memristive"
    purpose: ClassVar[str] = "winner-take-all cells, pairs that grow heavier, digits that must appear"

    def encode(self, problem: Sudoku) -> SudokuEncoding:
        """Return the circuit. Raises `InputError` for a bad field."""
        check_positive(self, "gain", "mu", "duration", "step", "tau")
        check_not_negative(self, "noise", "eta", "delta")
        step = 0.2 / max(self.mu, 1.0) if self.step is None else self.step
        if self.duration < step:
            raise InputError("`duration` is shorter than a step")
        place, cells = _places(problem.digits)
        a, b = peers().T
        both = (place[a] >= 0) & (place[b] >= 0)
        # Two givens never conflict: nothing could move them.
        both &= ((problem.digits[a] == 0) | (problem.digits[b] == 0))[:, None]
        appear = [place[unit, digit] for unit in units() for digit in range(9)]
        appear = [line[line >= 0] for line in appear if not _given(line, problem.digits, place)]
        system = Multipliers(
            np.where(problem.digits > 0, 1, 9),
            Constant(self.gain),
            duration=self.duration * self.tau,
            step=step * self.tau,
            pairs=Pairs(cells, place[a][both], place[b][both], eta=self.eta, delta=self.delta),
            lines=Lines(
                cells,
                np.cumsum([0, *map(len, appear)]),
                np.concatenate([*appear, np.zeros(0, np.int64)]),
                kinds="at_least",
                stiffness=self.mu,
                eta=self.eta,
                delta=self.delta,
            ),
            sigma=self.noise,
            look=max(1, round(0.5 / step)),
            tau=self.tau,
        )
        parameters: dict[str, float | int | str | bool] = {
            "gain": self.gain,
            "noise": self.noise,
            "eta": self.eta,
            "delta": self.delta,
            "mu": self.mu,
            "givens": int((problem.digits > 0).sum()),
            "pairs": system.pairs.count,
            "lines": system.lines.count,
            "steps": system.steps,
            "step_tau": step,
        }
        return SudokuEncoding(system, parameters, system.duration, self.tau, system.step, problem)


@dataclass(frozen=True, eq=False)
class SudokuEncoding(ClusterEncoding):
    """A cluster for each of the 81 cells of the grid."""

    problem: Sudoku

    def answer_of(self, choices: Whole) -> Answer:
        """Return the grid, 81 digits."""
        given = self.problem.digits
        return "".join(map(str, np.where(given > 0, given, choices + 1).tolist()))

    def choices_of(self, answer: Answer) -> Whole:
        """Return digits less 1, and 0 for givens. Raises `InputError` where a given is another digit."""
        digits, given = grid_digits(answer), self.problem.digits
        if ((given > 0) & (digits != given)).any() or (digits < 1).any():
            raise InputError("`answer` does not hold the givens, or no digit in some cell")
        return np.where(given > 0, 0, digits - 1)

    def objective(self, outputs: Array) -> Array:
        """Return sum v v over equal digits of cells in one row, column or box: the conflicting pairs."""
        return np.asarray(self.system.pairs.excess(outputs).sum(axis=0))


def _places(digits: Whole) -> tuple[Whole, int]:
    """Return the circuit's cell for each cell and digit of the grid (81, 9), -1 for none; their number."""
    exists = (digits[:, None] == 0) | (digits[:, None] == np.arange(1, 10))
    place = np.full((81, 9), -1, dtype=np.int64)
    place[exists] = np.arange(int(exists.sum()))
    return place, int(exists.sum())


def _given(line: Whole, digits: Whole, place: Whole) -> bool:
    """Return whether a unit's cells of one digit include a given, which is always on."""
    ones = place[digits > 0].max(axis=1)
    return bool(np.isin(line[line >= 0], ones).any())
