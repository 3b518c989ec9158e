"""`Released`: cells of three integrators, whose springs stiffen again at walls (generalised bifurcation)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.systems.machines.spins.bifurcating import Bifurcating, longest_step


@dataclass(frozen=True, eq=False)
class Released(Bifurcating):
    """`Inertial` with a spring of its own in every cell: `p' = -(1 - A x^2) p / (T - t)`, p(0) = 1.

    Generalised simulated bifurcation (Goto, Hidaka & Tatsumura 2025, arXiv:2508.17655): `tau x' = y`,
    `tau y' = -p x + c0 (J s(x) + b)`, walls at |x| = 1 that stop y, s(x) = sgn x with `comparator`, else x.
    `release` is A until the share `until` of the duration T, then A is 0. With A = 0 all springs are 1 - t/T.
    At a wall p ~ (T - t)^(1 - A): for A above 1 it grows again towards the end, and kicks cells off the wall
    that are held too weakly; without A all springs fade to zero at T, and stay so. The step is symplectic in
    x and y, then Euler's in p, with the new x; for A = 0 it is exact. Raises `InputError` for invalid fields,
    a negative `release`, an `until` that is no share, and a step beyond `min(0.7, 1/sqrt(1 + c0
    |lambda_min(J)|))` time constants.

    Energy without comparators: the Hamiltonian `y.y/2 + sum p x^2/2 - c0 (x.J x/2 + b.x)`: the springs supply
    sum p' x^2/2, and the walls dissipate.
    """

    J: Any
    c0: float
    duration: float
    step: float
    release: float = 1.25
    until: float = 1.0
    bias: Array = field(default_factory=lambda: np.zeros(()))
    comparator: bool = True
    check_every: int = 100
    tau: float = 1.0
    kinds: ClassVar[tuple[str, ...]] = ("x", "y", "p")

    def __post_init__(self) -> None:
        self.prepare()
        if not 0.0 <= self.release < np.inf:
            raise InputError(f"`release` is {self.release:g}, expected a number from 0")
        if not 0.0 <= self.until <= 1.0:
            raise InputError(f"`until` is {self.until:g}, expected a share of the duration, 0 to 1")
        self.check_step(longest_step(self.c0, self.spectrum[0]))

    def springs(self, t: ArrayLike, x: Array) -> Array:
        """Return p."""
        return x[2 * self.cells :]

    def releases(self, t: ArrayLike) -> Array:
        """Return A at the times `t`."""
        return np.where(np.asarray(t) < self.until * self.duration, self.release, 0.0)

    def softening(self, t: ArrayLike, x: Array) -> Array:
        """Return dp/dt, 0 from the end on."""
        left = self.duration - np.asarray(t)
        rate = np.where(left > 0.0, 1.0 / np.where(left > 0.0, left, 1.0), 0.0)
        return np.asarray(-(1.0 - self.releases(t) * x[: self.cells] ** 2) * x[2 * self.cells :] * rate)

    def shares(self, k: ArrayLike) -> Array:
        """Return the length of step number `k` in units of the time that is left before it, 1 at most."""
        left = np.maximum(self.duration / self.step - np.asarray(k), 1.0)
        return np.asarray(1.0 / left)

    def advance(self, k: int, x: Array, normal: Array | None) -> Array:
        """Return the state after step number `k`."""
        position, velocity = self.moved(k * self.step, x)
        p = x[2 * self.cells :]
        p = p - self.shares(k) * (1.0 - self.releases(k * self.step) * position**2) * p
        return np.concatenate([position, velocity, p])

    def rhs(self, t: ArrayLike, x: Array) -> Array:
        """Return dx/dt, dy/dt and dp/dt."""
        dx, dy = self.rates(t, x)
        return np.concatenate([dx / self.tau, dy / self.tau, self.softening(t, x)])

    def jacobian(self, t: float, x: Array) -> Any:
        """Return the derivative between the walls, where it is defined; sparse."""
        from scipy import sparse

        n, left = self.cells, self.duration - t
        position, p = x[:n, 0], x[2 * n :, 0]
        rate = 1.0 / left if left > 0.0 else 0.0
        one = sparse.eye_array(n) / self.tau
        pull = -sparse.diags_array(p)
        if not self.comparator:
            pull = pull + self.c0 * self.J.tosparse()
        release = float(self.releases(t))
        lower = sparse.diags_array(2.0 * release * position * p * rate)
        own = sparse.diags_array(-(1.0 - release * position**2) * rate)
        blocks: Any = [
            [None, one, None],
            [pull / self.tau, None, -sparse.diags_array(position) / self.tau],
            [lower, None, own],
        ]
        return sparse.csc_array(sparse.block_array(blocks))

    def breakpoints(self, until: float) -> tuple[float, ...]:
        """Return the time at which A becomes 0, and the end of the anneal."""
        corners = {self.until * self.duration, self.duration}
        return tuple(sorted(corner for corner in corners if 0.0 < corner < until))

    def start(self, normal: Array) -> Array:
        """Return x = 0.01 `normal`, y likewise with the numbers of the neighbouring cell, and p = 1."""
        near = 0.01 * np.concatenate([normal, np.roll(normal, 1, axis=0)])
        return np.concatenate([near, np.ones_like(normal)])
