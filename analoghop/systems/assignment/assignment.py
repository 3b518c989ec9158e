"""`Assignment`: a network with doubly stochastic outputs that is annealed towards a permutation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, frozen, readonly_fields
from analoghop.errors import InputError
from analoghop.schedules import Constant, Signal, Signals
from analoghop.systems.assignment.annealed import negative_entropy
from analoghop.systems.assignment.column_coupling import ColumnCoupling, Ring
from analoghop.systems.assignment.doubly_stochastic import DoublyStochastic


@dataclass(frozen=True, eq=False)
class Assignment(DoublyStochastic):
    """`tau du/dt = -u - (A V B^T + A^T V B) + g V + b`, V the doubly stochastic projection of exp(u / T).

    u and V are (n, n), row-major in the state: row x, column i. `A` (n, n) couples the rows and `places` the
    columns: B(t). `early`, if given, is the matrix at the beginning: A(t) = A + b (early - A) with `blend`
    b(t). `temperature` T(t) and `self_coupling` g(t) are in the unit of u. `tau` in seconds. `duration` (s)
    is the length of the anneal, `step` (s) the fixed step of engines that anneal many starts. These engines
    add white noise to the force, sigma T sqrt(tau) per root second with `sigma` (t): in a step of length h it
    is sigma T sqrt(tau / h) times a number of unit variance. `bias` b (n, n) or None, only with constant
    matrices: a table in `places`, and no `early`.

    Rows are winner-take-all clusters, and the column sums are enforced by multipliers without delay, so that
    V is the gradient of L(u) = max over doubly stochastic V of <u, V> + T H(V). With frozen parameters the
    energy `E = V.(A V B^T) - b.V - g/2 V.V + T sum V ln V` never rises. Raises `InputError` for wrong shapes
    and for a time that is not positive.
    """

    A: Array
    places: ColumnCoupling
    temperature: Signal
    self_coupling: Signal
    duration: float
    step: float
    tau: float = 1.0
    early: Array | None = None
    blend: Signal = Constant(0.0)
    sigma: Signal | None = None
    bias: Array | None = None
    noise_factor: Signal | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        A = frozen(self.A)
        n = self.places.size
        early = A if self.early is None else frozen(self.early)
        for name, matrix in (("A", A), ("early", early)):
            if matrix.shape != (n, n) or not np.isfinite(matrix).all():
                raise InputError(f"`{name}` must be finite and {n} x {n}, the size of `places`")
        self.prepare()
        readonly_fields(self, A=A)
        if self.early is not None:
            readonly_fields(self, early=early)
        if self.bias is not None:
            bias = frozen(self.bias)
            if bias.shape != (n, n) or not np.isfinite(bias).all():
                raise InputError(f"`bias` must be finite and {n} x {n}, the size of `places`")
            if self.early is not None or isinstance(self.places, Ring):
                raise InputError("`bias` needs constant matrices: a table as `places`, and no `early`")
            readonly_fields(self, bias=bias)

    @property
    def rows(self) -> int:
        """Number n of rows and of columns."""
        return self.places.size

    @cached_property
    def symmetric(self) -> bool:
        """Whether A V B^T + A^T V B = A V (B + B^T): A is symmetric at all times."""
        return all(np.array_equal(m, m.T) for m in (self.A, self.early) if m is not None)

    def _rows_matrix(self, Y: Array, t: ArrayLike, transposed: bool) -> Array:
        """Return A(t) Y or its transpose."""
        A = self.A.T if transposed else self.A
        product = A @ Y
        if self.early is not None:
            early = (self.early.T if transposed else self.early) @ Y
            product = product + self._at(self.blend, t) * (early - product)
        return np.asarray(product)

    def gradient(self, t: ArrayLike, V: Array) -> Array:
        """Return A V B^T + A^T V B at `V` (members, n, n), linear in V."""
        B = self.places.matrix(t)
        if self.symmetric:
            return self._rows_matrix(V @ (B + np.swapaxes(B, -1, -2)), t, False)
        ahead = self._rows_matrix(V @ np.swapaxes(B, -1, -2), t, False)
        return ahead + self._rows_matrix(V @ B, t, True)

    def coupled(self, t: ArrayLike, V: Array) -> Array:
        """Return -(A V B^T + A^T V B) + g V, linear in V."""
        return np.asarray(self._at(self.self_coupling, t) * V - self.gradient(t, V))

    def force(self, t: ArrayLike, V: Array) -> Array:
        """Return -(A V B^T + A^T V B) + g V + b."""
        coupled = self.coupled(t, V)
        return coupled if self.bias is None else coupled + self.bias

    def change(self, t: ArrayLike, V: Array, dV: Array) -> Array:
        """Return the change of the force, which is linear, for `dV`."""
        return self.coupled(t, dV)

    @property
    def _moving(self) -> Signals:
        extra = () if self.places.width is None else (self.places.width,)
        return Signals((self.temperature, self.self_coupling, self.blend, *extra))

    def frozen_at(self, t: float) -> Assignment:
        """Return this circuit with all parameters frozen at their values at time `t`, without noise."""
        places = self.places
        if isinstance(places, Ring) and places.kernel is not None:
            places = replace(places, kernel=Constant(float(places.kernel.value(t))))
        T, g, b = (Constant(float(f.value(t))) for f in (self.temperature, self.self_coupling, self.blend))
        return replace(self, places=places, temperature=T, self_coupling=g, blend=b, sigma=None)

    def parts(self, t: ArrayLike, V: Array) -> Mapping[str, Array]:
        """Return the parts of the energy at outputs `V` (members, n, n), each (members,)."""
        T, g = self.temperature.value(t), self.self_coupling.value(t)
        bias = {} if self.bias is None else {"bias": -np.sum(self.bias * V, axis=(1, 2))}
        return {
            "coupling": 0.5 * np.sum(V * self.gradient(t, V), axis=(1, 2)),
            "self-coupling": -0.5 * g * np.sum(V * V, axis=(1, 2)),
            **bias,
            "entropy": T * negative_entropy(V),
        }

    def supplied(self, t: ArrayLike, V: Array) -> Array:
        """Return the power supplied at fixed V by g, A and B."""
        supplied = -0.5 * self.self_coupling.rate(t) * np.sum(V * V, axis=(1, 2))
        if self.early is not None:
            B = self.places.matrix(t)
            change = (self.early - self.A) @ (V @ np.swapaxes(B, -1, -2))
            supplied = supplied + self.blend.rate(t) * np.sum(V * change, axis=(1, 2))
        if self.places.width is not None:
            turned = self._rows_matrix(V @ np.swapaxes(self.places.rate(t), -1, -2), t, False)
            supplied = supplied + np.sum(V * turned, axis=(1, 2))
        return np.asarray(supplied)
