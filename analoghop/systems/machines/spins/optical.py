"""`Optical`: the base class of coherent Ising machines, amplitudes with an error variable each."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array
from analoghop.schedules import Signal
from analoghop.systems.machines.spins.spin_machine import SpinMachine

WALL = 2.0
"""Largest amplitude."""


class Optical(SpinMachine):
    """`tau x' = (p(t) - 1) x - x^3 + ...`, |x| <= 2, with an error variable e of each amplitude.

    `pump` is p(t). The field of a cell is h = c0 (J x + b). The step is Euler's, cut off at the walls.
    """

    c0: float
    pump: Signal

    def _split(self, x: Array) -> tuple[Array, Array]:
        return x[: self.cells], x[self.cells :]

    def field_of(self, amplitude: Array) -> Array:
        """Return h at the amplitudes, (n, members)."""
        return np.asarray(self.c0 * (self.J @ amplitude + self.bias))

    @abstractmethod
    def forces(self, t: ArrayLike, x: Array) -> tuple[Array, Array]:
        """Return tau x' and tau e' between the walls."""

    def walled(self, error: Array) -> Array:
        """Return errors within their own limits: by default there are none."""
        return error

    def held(self, error: Array, change: Array) -> Array:
        """Return tau e' at those limits, `change` between them."""
        return change

    def advance(self, k: int, x: Array, normal: Array | None) -> Array:
        """Return the state after Euler's step number `k`, limited by the walls."""
        amplitude, error = self._split(x)
        dx, de = self.forces(k * self.step, x)
        h = self.step / self.tau
        moved = np.clip(amplitude + h * dx, -WALL, WALL)
        return np.concatenate([moved, self.walled(error + h * de)])

    def rhs(self, t: ArrayLike, x: Array) -> Array:
        """Return dx/dt and de/dt; a wall stops outward motion."""
        amplitude, error = self._split(x)
        dx, de = self.forces(t, x)
        side = np.sign(amplitude)
        dx = np.where(np.abs(amplitude) >= WALL, side * np.minimum(side * dx, 0.0), dx)
        return np.concatenate([dx, self.held(error, de)]) / self.tau

    def outputs(self, t: ArrayLike, x: Array) -> Array:
        """Return the amplitudes, clipped to -1..1."""
        return np.clip(x[: self.cells], -1.0, 1.0)

    @property
    def explicit_only(self) -> str | None:
        """The reason: walls, whose rates jump."""
        return "this circuit has walls, whose rates jump"

    def breakpoints(self, until: float) -> tuple[float, ...]:
        """Return the corners of the pump."""
        return tuple(self.pump.breakpoints(until))

    def quiet_after(self) -> float:
        """Return the time after which the pump is constant."""
        return self.pump.quiet_after()
