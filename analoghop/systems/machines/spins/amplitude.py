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
from analoghop.systems.machines.spins.spin_machine import SpinMachine

WALL = 2.0
"""Largest amplitude."""
LARGEST = 30.0
"""Mean of the error variables above which they are scaled down."""


def longest_step(c0: float, beta: float, lowest: float) -> float:
    """Return the longest step in time constants for couplings c0 J, `lowest` the smallest eigenvalue of J.

    It satisfies `h (2 + c0 |lambda_min|) < 2` for the initial amplitudes, and `3 beta h < 1` for the error
    variables, which must stay positive at the walls.
    """
    return min(2.0 / (2.0 + c0 * max(-lowest, 0.0)), 1.0 / (beta * (WALL**2 - 1.0)))


@dataclass(frozen=True, eq=False)
class Amplitude(SpinMachine):
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

    def _split(self, x: Array) -> tuple[Array, Array]:
        return x[: self.cells], x[self.cells :]

    def _forces(self, t: ArrayLike, x: Array) -> tuple[Array, Array]:
        """Return tau x' and tau e' between the walls."""
        amplitude, error = self._split(x)
        square = amplitude**2
        push = error * (self.c0 * (self.J @ amplitude + self.bias))
        return (self.pump.value(t) - 1.0 - square) * amplitude + push, -self.beta * error * (square - 1.0)

    def advance(self, k: int, x: Array, normal: Array | None) -> Array:
        """Return the state after Euler's step number `k`, limited by the walls, with errors scaled down."""
        amplitude, error = self._split(x)
        dx, de = self._forces(k * self.step, x)
        h = self.step / self.tau
        error = error + h * de
        error = error / np.maximum(error.mean(axis=0) / LARGEST, 1.0)
        return np.concatenate([np.clip(amplitude + h * dx, -WALL, WALL), error])

    def rhs(self, t: ArrayLike, x: Array) -> Array:
        """Return dx/dt and de/dt; a wall stops outward motion, the scale of e limits its mean."""
        amplitude, error = self._split(x)
        dx, de = self._forces(t, x)
        side = np.sign(amplitude)
        dx = np.where(np.abs(amplitude) >= WALL, side * np.minimum(side * dx, 0.0), dx)
        growth, mean = de.mean(axis=0), error.mean(axis=0)
        held = (mean >= LARGEST) & (growth > 0)
        de = np.where(held, de - error * (growth / mean), de)
        return np.concatenate([dx, de]) / self.tau

    def outputs(self, t: ArrayLike, x: Array) -> Array:
        """Return the amplitudes, clipped to -1..1."""
        return np.clip(x[: self.cells], -1.0, 1.0)

    def jacobian(self, t: float, x: Array) -> Any:
        """Return the derivative between the walls, sparse."""
        from scipy import sparse

        amplitude, error = self._split(x)
        square = amplitude[:, 0] ** 2
        field_ = self.c0 * (self.J @ amplitude + self.bias)[:, 0]
        own = sparse.diags_array(float(self.pump.value(t)) - 1.0 - 3.0 * square)
        across = sparse.diags_array(self.c0 * error[:, 0]) @ self.J.tosparse()
        upper = [own + across, sparse.diags_array(field_)]
        lower = [
            sparse.diags_array(-2.0 * self.beta * error[:, 0] * amplitude[:, 0]),
            sparse.diags_array(-self.beta * (square - 1.0)),
        ]
        return sparse.csc_array(sparse.block_array([upper, lower]) / self.tau)

    @property
    def explicit_only(self) -> str | None:
        """The reason: walls, whose rates jump."""
        return "this circuit has walls, whose rates jump"

    @property
    def theorem(self) -> Theorem:
        """None: the error variables make the coupling asymmetric, and the circuit chaotic."""
        return Theorem(False, reasons=("the error variables make the coupling asymmetric",))

    def breakpoints(self, until: float) -> tuple[float, ...]:
        """Return the corners of the pump."""
        return tuple(self.pump.breakpoints(until))

    def quiet_after(self) -> float:
        """Return the time after which the pump is constant."""
        return self.pump.quiet_after()

    def start(self, normal: Array) -> Array:
        """Return amplitudes at 0.01 of the given numbers and errors of 1."""
        return np.concatenate([0.01 * normal, np.ones_like(normal)])
