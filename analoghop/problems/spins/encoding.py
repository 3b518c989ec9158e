"""`SpinEncoding`: an Ising machine as the circuit of a problem that can be written in spins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array
from analoghop.couplings import Sparse
from analoghop.errors import InputError
from analoghop.problems.base import Answer, Encoding, Raw
from analoghop.problems.spins.ising import Ising
from analoghop.problems.spins.maxcut import MaxCut
from analoghop.problems.spins.qubo import QUBO
from analoghop.systems.machines.spins.probabilistic_bits import ProbabilisticBits
from analoghop.systems.machines.spins.spin_machine import SpinMachine

PER_SPIN, LEAST, USUAL, MOST, SHORTEST = 40, 4000, 40_000, 200_000, 500
"""Number of steps for each spin, and the limits of their total."""
PLAIN = (1e-12, 1e12)
"""Largest couplings whose scale needs no change."""
FEW_SPINS = 32
"""Number of spins up to which the default shares its starts and `inertial` takes shorter steps."""
BATCHES, MANY = 3, 30
"""Number of batches that must fit the time limit, and that beyond which anneals are made longer."""


SpinProblem = MaxCut | QUBO | Ising
"""Problems whose cost is an energy of spins, or minus an energy."""


class ScaledSpins(NamedTuple):
    """A problem in spins with the units of a machine's settings.

    `J` the couplings, `h` the fields, `rms = sqrt(sum_ij J_ij^2 / n)`, from J alone, `lowest` and `highest`
    the smallest and the largest eigenvalue of J. All are in units of `unit`, a power of two, which is 1
    unless the numbers are so large or small that their squares, or single precision, would not hold them.

    A field that exceeds twice the sum of its spin's couplings is reduced to that: it decides the spin all the
    same, and the optimum does not change, but a step of the machine stays as small as the others'.
    """

    problem: SpinProblem
    J: Sparse
    h: Array
    rms: float
    lowest: float
    highest: float
    unit: float = 1.0

    @staticmethod
    @lru_cache(maxsize=1)
    def of(problem: SpinProblem) -> ScaledSpins:
        """Return `problem` with its scale; without couplings the scale is that of the fields.

        The last result is cached: a circuit may be built more than once, with other numbers of steps.
        """
        form = problem.ising()
        matrix: Any = form.matrix
        h = form.h
        largest = float(np.abs(matrix.data).max(initial=0.0)) or float(np.abs(h).max(initial=0.0))
        unit = 1.0
        if largest and not PLAIN[0] <= largest <= PLAIN[1]:
            unit = 2.0 ** max(int(np.floor(np.log2(largest))), -1000)
            matrix, h = matrix / unit, h / unit
        J = Sparse(matrix)
        rms = float(np.sqrt(np.sum(J.matrix.data**2) / form.n))
        if rms == 0.0:
            rms = float(np.sqrt(np.mean(h**2))) or 1.0
        sums = np.asarray(abs(J.matrix).sum(axis=1)).ravel()
        most = 2.0 * np.where(sums > 0.0, sums, rms)
        if (np.abs(h) > most).any():
            h = np.clip(h, -most, most)
        return ScaledSpins(problem, J, h, rms, *J.extremes, unit)

    @property
    def spread(self) -> float:
        """The largest eigenvalue of J over its rms: about 2 for random couplings, more for planar ones."""
        return self.highest / self.rms


class SpinEncoding(Encoding):
    """A `machine` (the system) whose outputs' signs are the spins of `problem`."""

    def __init__(
        self,
        scaled: ScaledSpins,
        machine: SpinMachine | ProbabilisticBits,
        parameters: Mapping[str, float | int | str | bool],
    ) -> None:
        self.problem, self.machine = scaled.problem, machine
        # A machine without equations is a circuit too, for all that steps are asked for.
        self.system: Any = machine
        self.duration, self.step, self.tau = machine.duration, machine.step, machine.tau
        self.parameters = {
            **parameters,
            "steps": machine.steps,
            "step": machine.step,
            "rms": scaled.rms * scaled.unit,
            "lambda_min/rms": scaled.lowest / scaled.rms,
            "lambda_max/rms": scaled.spread,
        }

    def named(self, machine: str) -> SpinEncoding:
        """Return the encoding whose parameters begin with the name of the machine."""
        self.parameters = {"machine": machine, **self.parameters}
        return self

    def start(self, seed: int, index: NDArray[Any]) -> Array:
        """Return states near the symmetric point: normal numbers of standard deviation 0.01."""
        normal = [
            np.random.default_rng([seed, k]).standard_normal(self.machine.cells) for k in index.tolist()
        ]
        return self.machine.start(np.array(normal).T)

    def decode(self, outputs: Array) -> Sequence[Raw]:
        """Return the answers given by the outputs' signs; every state gives one."""
        spins = np.where(outputs < 0.0, -1, 1)
        return [Raw(self.problem.answer_of(column)) for column in spins.T]

    def embed(self, answer: Answer) -> Array:
        """Return the spins of `answer`."""
        return self.problem.spins_of(answer).astype(np.float64)[:, None]

    def objective(self, outputs: Array) -> Array:
        """Return the cost, multilinear in the outputs."""
        energy = self.problem.ising().energy(outputs)
        return energy if self.problem.sense == "min" else -energy


class Pace(NamedTuple):
    """The number of steps of an anneal: `steps` if given, else by rule.

    40 steps for each spin, 4000 to 40 000. With `seconds` for all starts, the upper limit is 200 000: there
    are more steps, up to n^2/8 (for small couplings many short anneals are better), if the time suffices for
    more than 30 batches of 16, and fewer, at least 500, if it does not suffice for three; on a processor that
    needs `entry` seconds for each entry of J and `spin` seconds for each spin in a step of a batch.
    """

    steps: int | None
    seconds: float | None
    entry: float
    spin: float

    def chosen(self, scaled: ScaledSpins) -> int:
        """Return the number of steps; raises `InputError` if `steps` is below 1."""
        if self.steps is not None:
            if self.steps < 1:
                raise InputError(f"`steps` is {self.steps}, expected at least 1")
            return self.steps
        n, entries = scaled.J.shape[0], scaled.J.matrix.nnz
        wanted = max(PER_SPIN * n, LEAST)
        if self.seconds is None:
            return min(wanted, USUAL)
        possible = self.seconds / (BATCHES * (self.entry * entries + self.spin * n))
        plenty = min(int(possible * BATCHES / MANY), n * n // 8)
        return max(min(max(wanted, plenty), MOST, int(possible)), SHORTEST)
