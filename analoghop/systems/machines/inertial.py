"""`Inertial`: cells of two integrators and a comparator or linear element (simulated bifurcation)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array
from analoghop.systems.base import Flow, Theorem
from analoghop.systems.machines.spin_machine import SpinMachine

LONGEST = 0.7
"""Longest step in time constants for any coupling."""
DAMPER = 100.0
"""Rate in 1/tau at which a wall stops an outward motion in the equations; a fixed step stops it at once."""


def longest_step(c0: float, lowest: float) -> float:
    """Return the longest step in time constants for couplings c0 J, `lowest` the smallest eigenvalue of J."""
    return min(LONGEST, 1.0 / float(np.sqrt(1.0 + c0 * max(-lowest, 0.0))))


@dataclass(frozen=True, eq=False)
class Inertial(SpinMachine):
    """`tau x' = y`, `tau y' = -(1 - t/T) x + c0 (J s(x) + b)`, walls at |x| = 1 that stop y.

    With `comparator`, s(x) = sgn x: the circuit of discrete simulated bifurcation (Goto et al. 2021, Science
    Advances 7:eabe7953); without, s(x) = x: the ballistic form. T is the `duration`, at whose end the
    stiffness of the spring is zero. The step is symplectic: first y, then x with the new y. Raises
    `InputError` for invalid fields, and for a step beyond `min(0.7, 1/sqrt(1 + c0 |lambda_min(J)|))` time
    constants.

    Energy of the ballistic form: the Hamiltonian `y.y/2 + (1 - t/T) x.x/2 - c0 (x.J x/2 + b.x)`. It is
    constant between the walls, and falls at them.
    """

    J: Any
    c0: float
    duration: float
    step: float
    bias: Array = field(default_factory=lambda: np.zeros(()))
    comparator: bool = True
    check_every: int = 100
    tau: float = 1.0
    kinds: ClassVar[tuple[str, ...]] = ("x", "y")

    def __post_init__(self) -> None:
        self.prepare()
        self.check_step(longest_step(self.c0, self.spectrum[0]))

    def _split(self, x: Array) -> tuple[Array, Array]:
        return x[: self.cells], x[self.cells :]

    def spring(self, t: ArrayLike) -> Array:
        """Return 1 - t/T, 0 after the end."""
        return np.asarray(np.clip(1.0 - np.asarray(t) / self.duration, 0.0, 1.0))

    def element(self, position: Array) -> Array:
        """Return s(x)."""
        return np.copysign(1.0, position) if self.comparator else position

    def force(self, t: ArrayLike, position: Array) -> Array:
        """Return tau y' between the walls."""
        field_ = self.J @ self.element(position) + self.bias
        return np.asarray(self.c0 * field_ - self.spring(t) * position)

    def advance(self, k: int, x: Array, normal: Array | None) -> Array:
        """Return the state after the symplectic step number `k`."""
        position, velocity = self._split(x)
        h = self.step / self.tau
        velocity = velocity + h * self.force(k * self.step, position)
        position = position + h * velocity
        beyond = np.abs(position) > 1.0
        return np.concatenate(
            [np.where(beyond, np.copysign(1.0, position), position), np.where(beyond, 0.0, velocity)]
        )

    def _rates(self, t: ArrayLike, x: Array) -> tuple[Array, Array]:
        """Return tau x' and tau y'; a wall compensates an outward force and stops an outward motion."""
        position, velocity = self._split(x)
        force, side = self.force(t, position), np.copysign(1.0, position)
        held = (np.abs(position) >= 1.0) & (velocity * side >= 0.0)
        stopped = side * np.minimum(side * force, 0.0) - DAMPER * velocity
        return np.where(held, 0.0, velocity), np.where(held, stopped, force)

    def rhs(self, t: ArrayLike, x: Array) -> Array:
        """Return dx/dt and dy/dt."""
        return np.concatenate(self._rates(t, x)) / self.tau

    def outputs(self, t: ArrayLike, x: Array) -> Array:
        """Return the comparators' outputs, or the positions."""
        return np.clip(self.element(self._split(x)[0]), -1.0, 1.0)

    def jacobian(self, t: float, x: Array) -> Any:
        """Return the derivative between the walls, where it is defined; sparse."""
        from scipy import sparse

        one = sparse.eye_array(self.cells)
        pull = -float(self.spring(t)) * one
        if not self.comparator:
            pull = pull + self.c0 * self.J.tosparse()
        return sparse.csc_array(sparse.block_array([[None, one], [pull, None]]) / self.tau)

    @property
    def explicit_only(self) -> str | None:
        """The reason: walls, and comparators if present."""
        parts = "walls and comparators" if self.comparator else "walls"
        return f"this circuit has {parts}, whose rates jump"

    @property
    def has_energy(self) -> bool:
        """True for the ballistic form."""
        return not self.comparator

    @property
    def theorem(self) -> Theorem:
        """None: the spring fades; with comparators the force has no potential."""
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
            "spring": 0.5 * self.spring(t) * np.sum(position**2, axis=0),
            "coupling": -0.5 * self.c0 * np.sum(position * (self.J @ position), axis=0),
            "bias": -self.c0 * np.sum(self.bias * position, axis=0),
        }

    def flow(self, t: ArrayLike, x: Array) -> Flow:
        """Return the rate, the power dissipated at the walls, and that supplied by the fading spring."""
        if self.comparator:
            return super().flow(t, x)
        position, velocity = self._split(x)
        dx, dy = self._rates(t, x)
        change = velocity * dy - self.force(t, position) * dx
        fading = np.where(np.asarray(t) < self.duration, -1.0 / self.duration, 0.0)
        supplied = 0.5 * fading * np.sum(position**2, axis=0)
        return Flow(np.concatenate([dx, dy]) / self.tau, -np.sum(change, axis=0) / self.tau, supplied)

    def breakpoints(self, until: float) -> tuple[float, ...]:
        """Return the end of the anneal."""
        return (self.duration,) if self.duration < until else ()

    def quiet_after(self) -> float:
        """Return the end of the anneal."""
        return self.duration

    def start(self, normal: Array) -> Array:
        """Return x = 0.01 `normal`, and y likewise with the numbers of the neighbouring cell."""
        return 0.01 * np.concatenate([normal, np.roll(normal, 1, axis=0)])
