"""`Bifurcating`: the base class of cells of two integrators between walls (simulated bifurcation)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array
from analoghop.systems.base import Flow, Theorem
from analoghop.systems.machines.spins.spin_machine import SpinMachine

LONGEST = 0.7
"""Longest step in time constants for any coupling."""
DAMPER = 100.0
"""Rate in 1/tau at which a wall stops an outward motion in the equations; a fixed step stops it at once."""


def longest_step(c0: float, lowest: float) -> float:
    """Return the longest step in time constants for couplings c0 J, `lowest` the smallest eigenvalue of J."""
    return min(LONGEST, 1.0 / float(np.sqrt(1.0 + c0 * max(-lowest, 0.0))))


class Bifurcating(SpinMachine):
    """`tau x' = y`, `tau y' = -p x + c0 (J s(x) + b)`, walls at |x| = 1 that stop y, springs p(t).

    With `comparator` s(x) = sgn x, without s(x) = x. The first two kinds of states are x and y.
    Energy without comparators: the Hamiltonian `y.y/2 + sum p x^2/2 - c0 (x.J x/2 + b.x)`, constant between
    the walls for constant springs, and falling at them.
    """

    c0: float
    comparator: bool

    @abstractmethod
    def springs(self, t: ArrayLike, x: Array) -> Array:
        """Return p, which broadcasts to (n, members)."""

    @abstractmethod
    def softening(self, t: ArrayLike, x: Array) -> Array:
        """Return dp/dt in 1/s, which broadcasts to (n, members)."""

    def _split(self, x: Array) -> tuple[Array, Array]:
        return x[: self.cells], x[self.cells : 2 * self.cells]

    def element(self, position: Array) -> Array:
        """Return s(x)."""
        return np.copysign(1.0, position) if self.comparator else position

    def force(self, t: ArrayLike, x: Array) -> Array:
        """Return tau y' between the walls."""
        position = x[: self.cells]
        field_ = self.J @ self.element(position) + self.bias
        return np.asarray(self.c0 * field_ - self.springs(t, x) * position)

    def moved(self, t: float, x: Array) -> tuple[Array, Array]:
        """Return x and y after a symplectic step from time `t`: first y, then x with the new y, then the
        walls."""
        position, velocity = self._split(x)
        h = self.step / self.tau
        velocity = velocity + h * self.force(t, x)
        position = position + h * velocity
        beyond = np.abs(position) > 1.0
        return np.where(beyond, np.copysign(1.0, position), position), np.where(beyond, 0.0, velocity)

    def rates(self, t: ArrayLike, x: Array) -> tuple[Array, Array]:
        """Return tau x' and tau y'; a wall compensates an outward force and stops an outward motion."""
        position, velocity = self._split(x)
        force, side = self.force(t, x), np.copysign(1.0, position)
        held = (np.abs(position) >= 1.0) & (velocity * side >= 0.0)
        stopped = side * np.minimum(side * force, 0.0) - DAMPER * velocity
        return np.where(held, 0.0, velocity), np.where(held, stopped, force)

    def outputs(self, t: ArrayLike, x: Array) -> Array:
        """Return the comparators' outputs, or the positions."""
        return np.clip(self.element(self._split(x)[0]), -1.0, 1.0)

    @property
    def explicit_only(self) -> str | None:
        """The reason: walls, and comparators if present."""
        parts = "walls and comparators" if self.comparator else "walls"
        return f"this circuit has {parts}, whose rates jump"

    @property
    def has_energy(self) -> bool:
        """True without comparators."""
        return not self.comparator

    @property
    def theorem(self) -> Theorem:
        """None: the springs change; with comparators the force has no potential."""
        reasons = ["the spring fades: the Hamiltonian is constant between the walls for a frozen spring only"]
        if self.comparator:
            reasons = ["the force of comparators has no potential"]
        return Theorem(False, "", tuple(reasons))

    def energy(self, t: ArrayLike, x: Array) -> Mapping[str, Array]:
        """Return the kinetic, spring, coupling and bias parts of the Hamiltonian, each (members,)."""
        if self.comparator:
            return super().energy(t, x)
        position, velocity = self._split(x)
        return {
            "kinetic": 0.5 * np.sum(velocity**2, axis=0),
            "spring": 0.5 * np.sum(self.springs(t, x) * position**2, axis=0),
            "coupling": -0.5 * self.c0 * np.sum(position * (self.J @ position), axis=0),
            "bias": -self.c0 * np.sum(self.bias * position, axis=0),
        }

    def flow(self, t: ArrayLike, x: Array) -> Flow:
        """Return the rate, the power dissipated at the walls, and that supplied by the changing springs."""
        if self.comparator:
            return super().flow(t, x)
        position, velocity = self._split(x)
        dx, dy = self.rates(t, x)
        change = velocity * dy - self.force(t, x) * dx
        supplied = 0.5 * np.sum(self.softening(t, x) * position**2, axis=0)
        return Flow(self.rhs(t, x), -np.sum(change, axis=0) / self.tau, supplied)

    def breakpoints(self, until: float) -> tuple[float, ...]:
        """Return the end of the anneal."""
        return (self.duration,) if self.duration < until else ()

    def quiet_after(self) -> float:
        """Return the end of the anneal."""
        return self.duration
