"""`Inertial`: cells of two integrators and a comparator or linear element (simulated bifurcation)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array
from analoghop.systems.machines.spins.bifurcating import Bifurcating, longest_step


@dataclass(frozen=True, eq=False)
class Inertial(Bifurcating):
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

    def spring(self, t: ArrayLike) -> Array:
        """Return 1 - t/T, 0 after the end."""
        return np.asarray(np.clip(1.0 - np.asarray(t) / self.duration, 0.0, 1.0))

    def springs(self, t: ArrayLike, x: Array) -> Array:
        """Return 1 - t/T for all cells alike."""
        return self.spring(t)

    def softening(self, t: ArrayLike, x: Array) -> Array:
        """Return -1/T until the end."""
        return np.where(np.asarray(t) < self.duration, -1.0 / self.duration, 0.0)

    def advance(self, k: int, x: Array, normal: Array | None) -> Array:
        """Return the state after the symplectic step number `k`."""
        return np.concatenate(self.moved(k * self.step, x))

    def rhs(self, t: ArrayLike, x: Array) -> Array:
        """Return dx/dt and dy/dt."""
        return np.concatenate(self.rates(t, x)) / self.tau

    def jacobian(self, t: float, x: Array) -> Any:
        """Return the derivative between the walls, where it is defined; sparse."""
        from scipy import sparse

        one = sparse.eye_array(self.cells)
        pull = -float(self.spring(t)) * one
        if not self.comparator:
            pull = pull + self.c0 * self.J.tosparse()
        return sparse.csc_array(sparse.block_array([[None, one], [pull, None]]) / self.tau)

    def start(self, normal: Array) -> Array:
        """Return x = 0.01 `normal`, and y likewise with the numbers of the neighbouring cell."""
        return 0.01 * np.concatenate([normal, np.roll(normal, 1, axis=0)])
