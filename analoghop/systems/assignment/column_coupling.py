"""`ColumnCoupling`: the coupling of the columns of an assignment, the slots of a ring or a table of flows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, frozen, readonly_fields
from analoghop.errors import InputError
from analoghop.schedules import Signal

CLOSED = 0.1  # slots: for narrower kernels only the next neighbour has weight, to the last digit


class ColumnCoupling(ABC):
    """The matrix B(t) (size, size) of the energy `V . (A V B^T)`; subclasses are final."""

    @property
    @abstractmethod
    def size(self) -> int:
        """Number of columns."""

    @abstractmethod
    def matrix(self, t: ArrayLike) -> Array:
        """Return B, (size, size) for a float `t`, (members, size, size) for an array (members,)."""

    @abstractmethod
    def rate(self, t: ArrayLike) -> Array:
        """Return dB/dt in the shape of `matrix`."""

    @property
    @abstractmethod
    def symmetric(self) -> bool:
        """Whether B = B^T at all times."""

    @property
    def width(self) -> Signal | None:
        """The signal on which B depends, None for a constant B."""
        return None


@dataclass(frozen=True, eq=False)
class PlaceTable(ColumnCoupling):
    """A fixed matrix (size, size), the flows of a quadratic assignment.

    Raises `InputError` unless it is square and finite.
    """

    B: Array

    def __post_init__(self) -> None:
        B = frozen(self.B)
        if B.ndim != 2 or B.shape[0] != B.shape[1] or not np.isfinite(B).all():
            raise InputError(f"`B` of an assignment is a finite square matrix, not one of shape {B.shape}")
        readonly_fields(self, B=B)

    @property
    def size(self) -> int:
        """Number of columns."""
        return len(self.B)

    def matrix(self, t: ArrayLike) -> Array:
        """Return B."""
        return np.broadcast_to(self.B, (*np.shape(t), *self.B.shape))

    def rate(self, t: ArrayLike) -> Array:
        """Return zeros."""
        return np.zeros((*np.shape(t), *self.B.shape))

    @property
    def symmetric(self) -> bool:
        """Whether B = B^T."""
        return bool(np.array_equal(self.B, self.B.T))


@dataclass(frozen=True, eq=False)
class Ring(ColumnCoupling):
    """The slots of a closed tour, B = own/2 I + sum_k a_k S^k: B + B^T = own I + sum a_k (S^k + S^-k).

    (S V)_i = V_{i+1}. a_k ~ exp(-(k^2 - 1) / (2 w^2)), k = 1 .. size // 2, with sum a_k = 1: `kernel` gives
    the width w(t) in slots; with width 0, and without a kernel, only the next slot has weight (a_1 = 1).
    `own` couples each slot to itself. In a ring of even size k = size/2 counts twice, as in the sum. Raises
    `InputError` for fewer than 3 slots.
    """

    slots: int
    own: float = 0.0
    kernel: Signal | None = None

    def __post_init__(self) -> None:
        if self.slots < 3:
            raise InputError(f"a ring needs at least 3 slots, not {self.slots}")

    @property
    def size(self) -> int:
        """Number of slots."""
        return self.slots

    @property
    def symmetric(self) -> bool:
        """False: a tour has a direction."""
        return False

    @property
    def width(self) -> Signal | None:
        """The width of the kernel."""
        return self.kernel

    def coefficients(self, t: ArrayLike) -> Array:
        """Return a_k for k = 1 .. slots // 2, of the shape of `t` and one axis more."""
        k = np.arange(1, self.slots // 2 + 1, dtype=np.float64)
        nearest = np.broadcast_to(k == 1, (*np.shape(t), len(k))) * 1.0
        if self.kernel is None:
            return nearest
        w = np.asarray(self.kernel.value(t))[..., None]
        open_ = w > CLOSED
        a = np.exp((1.0 - k * k) / (2.0 * np.where(open_, w, 1.0) ** 2))
        return np.where(open_, a / a.sum(axis=-1, keepdims=True), nearest)

    def _slopes(self, t: ArrayLike) -> Array:
        """Return da_k/dt in the shape of `coefficients`."""
        a = self.coefficients(t)
        if self.kernel is None:
            return np.zeros_like(a)
        k = np.arange(1, self.slots // 2 + 1, dtype=np.float64)
        w, dw = (np.asarray(f(t))[..., None] for f in (self.kernel.value, self.kernel.rate))
        slope = (k * k - 1.0) / np.where(w > CLOSED, w, np.inf) ** 3
        return np.asarray(a * (slope - (a * slope).sum(axis=-1, keepdims=True)) * dw)

    def row(self, t: ArrayLike) -> Array:
        """Return the first row of B, from which all others follow by shifts: (slots,) or (members, slots)."""
        return self._row(self.coefficients(t), self.own / 2.0)

    def _row(self, a: Array, own: float) -> Array:
        row = np.zeros((*a.shape[:-1], self.slots))
        row[..., 0] = own
        row[..., 1 : a.shape[-1] + 1] += a
        return row

    def _circulant(self, row: Array) -> Array:
        i = np.arange(self.slots)
        return row[..., (i[None, :] - i[:, None]) % self.slots]

    def matrix(self, t: ArrayLike) -> Array:
        """Return B."""
        return self._circulant(self.row(t))

    def rate(self, t: ArrayLike) -> Array:
        """Return dB/dt."""
        return self._circulant(self._row(self._slopes(t), 0.0))
