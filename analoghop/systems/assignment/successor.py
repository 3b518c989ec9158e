"""`Successor`: a network whose outputs say "who follows whom", held together by a determinant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, frozen, readonly_fields
from analoghop.errors import InputError
from analoghop.schedules import Constant, Signal, Signals
from analoghop.systems.assignment.annealed import negative_entropy
from analoghop.systems.assignment.doubly_stochastic import DoublyStochastic

LIMIT = 50.0
"""Largest entry of Z in a step: beyond it the outputs have come apart, and the step would overshoot."""
LEAST = 1e-4
"""Least pivot of I - V + J/n in a step: smaller ones, and negative ones, are rounding errors."""


@dataclass(frozen=True, eq=False)
class Successor(DoublyStochastic):
    """`tau du/dt = -u - D - mu Z^T + g V`, Z = (I - V + J/n)^-1, V doubly stochastic with a zero diagonal.

    V_xy = 1 says that y follows x. `D` (n, n) is the cost of every step, not necessarily symmetric, its
    diagonal zero; J has ones everywhere. V is the doubly stochastic projection of exp(u / T) without its
    diagonal, where there are no amplifiers: those inputs only decay. `determinant` is mu(t), `temperature`
    T(t), `self_coupling` g(t), all in the unit of u; `early`, if given, stands for D at the beginning:
    D(t) = D + b (early - D) with `blend` b(t). Time, step and noise `sigma` as in `Assignment`.

    det(I - V + J/n) is n for a permutation of one cycle, its largest value for doubly stochastic V, and 0 for
    two or more cycles (Ejov, Filar, Murray & Nguyen 2008, "Determinants and longest cycles of graphs", SIAM
    J. Discrete Math. 22:1215): with frozen parameters `E = D.V - mu ln det(I - V + J/n) - g/2 V.V +
    T sum V ln V` never rises, and no trajectory reaches two cycles. The columns of Z are the states of n
    linear circuits z' = -(I - V + J/n) z + e_k at rest. A step takes entries of Z beyond +-50 as +-50. Raises
    `InputError` for wrong shapes, fewer than 3 rows, and times that are not positive.
    """

    D: Array
    determinant: Signal
    temperature: Signal
    self_coupling: Signal
    duration: float
    step: float
    tau: float = 1.0
    early: Array | None = None
    blend: Signal = Constant(0.0)
    sigma: Signal | None = None
    noise_factor: Signal | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        given = {"D": self.D, **({} if self.early is None else {"early": self.early})}
        for name, matrix in given.items():
            cost = frozen(matrix)
            if cost.ndim != 2 or cost.shape != (len(self.D),) * 2 or len(cost) < 3:
                raise InputError(f"`{name}` has the shape {cost.shape}, expected n x n with n from 3")
            if not np.isfinite(cost).all() or np.diag(cost).any():
                raise InputError(f"`{name}` must be finite, with zeros on its diagonal")
            readonly_fields(self, **{name: cost})
        self.prepare()

    @property
    def rows(self) -> int:
        """Number n of rows and of columns."""
        return len(self.D)

    def cost(self, t: ArrayLike) -> Array:
        """Return D(t), (n, n), or (members, n, n) for one time per member."""
        if self.early is None:
            return self.D
        return np.asarray(self.D + self._at(self.blend, t) * (self.early - self.D))

    def drive(self, t: ArrayLike, x: Array) -> Array:
        """Return u / T, minus infinity on the diagonal."""
        return np.where(np.eye(self.rows, dtype=bool), -np.inf, super().drive(t, x))

    def matrix(self, V: Array) -> Array:
        """Return I - V + J/n."""
        return np.asarray(np.eye(self.rows) - V + 1.0 / self.rows)

    def resolvent(self, V: Array) -> Array:
        """Return Z (members, n, n) at the outputs `V`; of a singular matrix, that with 1e-4 I added."""
        matrix = self.matrix(V)
        try:
            return np.asarray(np.linalg.inv(matrix), np.float64)
        except np.linalg.LinAlgError:
            return np.asarray(np.linalg.inv(matrix + LEAST * np.eye(self.rows)), np.float64)

    def force(self, t: ArrayLike, V: Array) -> Array:
        """Return -D - mu Z^T + g V, zero on the diagonal."""
        return self.pull(t, V, self.resolvent(V))

    def pull(self, t: ArrayLike, V: Array, Z: Array) -> Array:
        """Return -D - mu Z^T + g V for any Z (members, n, n), zero on the diagonal."""
        turned = np.swapaxes(Z, -1, -2)
        total = self._at(self.self_coupling, t) * V - self.cost(t) - self._at(self.determinant, t) * turned
        return np.where(np.eye(self.rows, dtype=bool), 0.0, total)

    def change(self, t: ArrayLike, V: Array, dV: Array) -> Array:
        """Return g dV - mu (Z dV Z)^T, zero on the diagonal."""
        Z = self.resolvent(V)
        turned = np.swapaxes(Z @ dV @ Z, -1, -2)
        total = self._at(self.self_coupling, t) * dV - self._at(self.determinant, t) * turned
        return np.where(np.eye(self.rows, dtype=bool), 0.0, total)

    def advance(self, k: int, x: Array, normal: Array | None) -> Array:
        """Return the states after Euler's step number `k`, with outputs exact to rounding and Z limited."""
        t = k * self.step
        V = self.amplify(t, x)[0]
        Z = np.clip(self.resolvent(V), -LIMIT, LIMIT)
        x = x + self.step / self.tau * (self.flat(self.pull(t, V, Z)) - x)
        if normal is None or self.noise_factor is None:
            return x
        return np.asarray(x + float(self.noise_factor.value(t)) * np.sqrt(self.step / self.tau) * normal)

    @property
    def _moving(self) -> Signals:
        return Signals((self.temperature, self.self_coupling, self.determinant, self.blend))

    def frozen_at(self, t: float) -> Successor:
        """Return this circuit with all parameters frozen at their values at time `t`, without noise."""
        T, g, mu = (
            Constant(float(f.value(t))) for f in (self.temperature, self.self_coupling, self.determinant)
        )
        return replace(
            self,
            D=self.cost(t),
            early=None,
            blend=Constant(0.0),
            temperature=T,
            self_coupling=g,
            determinant=mu,
            sigma=None,
        )

    def _volume(self, V: Array) -> Array:
        """Return ln det(I - V + J/n), (members,)."""
        return np.asarray(np.linalg.slogdet(self.matrix(V)).logabsdet)

    def parts(self, t: ArrayLike, V: Array) -> Mapping[str, Array]:
        """Return the parts of the energy at outputs `V` (members, n, n), each (members,)."""
        T, g, mu = (f.value(t) for f in (self.temperature, self.self_coupling, self.determinant))
        return {
            "cost": np.sum(self.cost(t) * V, axis=(1, 2)),
            "determinant": -mu * self._volume(V),
            "self-coupling": -0.5 * g * np.sum(V * V, axis=(1, 2)),
            "entropy": T * negative_entropy(V),
        }

    def supplied(self, t: ArrayLike, V: Array) -> Array:
        """Return the power supplied at fixed V by g, mu and D."""
        supplied = -0.5 * self.self_coupling.rate(t) * np.sum(V * V, axis=(1, 2))
        supplied = supplied - self.determinant.rate(t) * self._volume(V)
        if self.early is not None:
            supplied = supplied + self.blend.rate(t) * np.sum((self.early - self.D) * V, axis=(1, 2))
        return np.asarray(supplied)
