"""`Amplitude`: chaotic amplitude control, cells whose couplings adapt until all amplitudes are equal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.schedules import Signal
from analoghop.systems.base import Theorem
from analoghop.systems.machines.spins.optical import WALL, Optical

LARGEST = 30.0
"""Mean of the error variables above which they are scaled down."""


def longest_step(c0: float, beta: float, lowest: float) -> float:
    """Return the longest step in time constants for couplings c0 J, `lowest` the smallest eigenvalue of J.

    It satisfies `h (2 + c0 |lambda_min|) < 2` for the initial amplitudes, and `3 beta h < 1` for the error
    variables, which must stay positive at the walls.
    """
    return min(2.0 / (2.0 + c0 * max(-lowest, 0.0)), 1.0 / (beta * (WALL**2 - 1.0)))


@dataclass(frozen=True, eq=False)
class Amplitude(Optical):
    """`tau x' = (p(t) - 1) x - x^3 + e c0 (J x + b)`, `tau e' = -beta e (x^2 - 1)`, |x| <= 2.

    Leleu, Yamamoto, McMahon & Aihara (2019), Physical Review Letters 122:040607. `pump` is p(t). The error
    variables e of a member are scaled down together when their mean exceeds 30. The step is Euler's. Raises
    `InputError` for invalid fields, and for a step beyond `longest_step`.
    """

    J: Any
    c0: float
    pump: Signal
    duration: float
    step: float
    bias: Array = field(default_factory=lambda: np.zeros(()))
    beta: float = 0.5
    check_every: int = 100
    tau: float = 1.0
    kinds: ClassVar[tuple[str, ...]] = ("x", "e")

    def __post_init__(self) -> None:
        self.prepare()
        if not self.beta > 0:
            raise InputError(f"`beta` is {self.beta:g}, expected a positive number")
        self.check_step(longest_step(self.c0, self.beta, self.spectrum[0]))

    def forces(self, t: ArrayLike, x: Array) -> tuple[Array, Array]:
        """Return tau x' and tau e' between the walls."""
        amplitude, error = self._split(x)
        square = amplitude**2
        push = error * self.field_of(amplitude)
        return (self.pump.value(t) - 1.0 - square) * amplitude + push, -self.beta * error * (square - 1.0)

    def walled(self, error: Array) -> Array:
        """Return errors scaled down together where their mean exceeds 30."""
        return np.asarray(error / np.maximum(error.mean(axis=0) / LARGEST, 1.0))

    def held(self, error: Array, change: Array) -> Array:
        """Return tau e' where the scale of e limits its mean."""
        growth, mean = change.mean(axis=0), error.mean(axis=0)
        at_limit = (mean >= LARGEST) & (growth > 0)
        return np.where(at_limit, change - error * (growth / mean), change)

    def jacobian(self, t: float, x: Array) -> Any:
        """Return the derivative between the walls, sparse."""
        from scipy import sparse

        amplitude, error = self._split(x)
        square = amplitude[:, 0] ** 2
        field_ = self.field_of(amplitude)[:, 0]
        own = sparse.diags_array(float(self.pump.value(t)) - 1.0 - 3.0 * square)
        across = sparse.diags_array(self.c0 * error[:, 0]) @ self.J.tosparse()
        upper = [own + across, sparse.diags_array(field_)]
        lower = [
            sparse.diags_array(-2.0 * self.beta * error[:, 0] * amplitude[:, 0]),
            sparse.diags_array(-self.beta * (square - 1.0)),
        ]
        return sparse.csc_array(sparse.block_array([upper, lower]) / self.tau)

    @property
    def theorem(self) -> Theorem:
        """None: the error variables make the coupling asymmetric, and the circuit chaotic."""
        return Theorem(False, reasons=("the error variables make the coupling asymmetric",))

    def start(self, normal: Array) -> Array:
        """Return amplitudes at 0.01 of the given numbers and errors of 1."""
        return np.concatenate([0.01 * normal, np.ones_like(normal)])
