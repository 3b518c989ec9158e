"""`ConstraintBlock`: constraints on amplifier outputs, whose weights grow while they are violated."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, Integers, Mask, column, readonly_fields
from analoghop.errors import InputError


class ConstraintBlock(ABC):
    """Adaptive constraints on `cells` outputs v (cells, members) with weights w (count, members).

    Their potential is P = sum_l w_l p_l(v), their force -dP/dv, and the weights obey tau w' = eta excess(v) -
    delta (w - 1), from w = 1.
    """

    cells: int
    eta: Any
    delta: Any

    @property
    @abstractmethod
    def count(self) -> int:
        """Number of weights."""

    @abstractmethod
    def potentials(self, v: Array) -> Array:
        """Return p_l, (count, members)."""

    @abstractmethod
    def excess(self, v: Array) -> Array:
        """Return the violation of each constraint, (count, members), not negative."""

    @abstractmethod
    def force(self, v: Array, w: Array) -> Array:
        """Return -dP/dv, (cells, members)."""

    @abstractmethod
    def slopes(self, v: Array) -> Any:
        """Return dp/dv at one state v (cells,), a sparse matrix (count, cells)."""

    @abstractmethod
    def curvature(self, v: Array, w: Array) -> Any:
        """Return d2P/dv2 at one state v (cells,), w (count,), a sparse matrix (cells, cells)."""

    @abstractmethod
    def excess_slopes(self, v: Array) -> Any:
        """Return d excess/dv at one state v (cells,), a sparse matrix (count, cells)."""

    @abstractmethod
    def broken(self, on: Array) -> Mask:
        """Return the constraints that the outputs `on` of 0 and 1 violate, a mask (count, members)."""

    def growth(self, v: Array, w: Array) -> Array:
        """Return tau dw/dt."""
        return np.asarray(self.eta * self.excess(v) - self.delta * (w - 1.0))

    def check_rates(self) -> None:
        """Check and store `eta` and `delta` as columns (count, 1)."""
        eta, delta = column(self.eta, self.count, "eta"), column(self.delta, self.count, "delta")
        if (eta < 0).any() or (delta < 0).any():
            raise InputError("`eta` and `delta` must not be negative: weights grow while a line is broken")
        readonly_fields(self, eta=eta, delta=delta)


def places(values: ArrayLike, below: int, name: str) -> Integers:
    """Return `values` as cell indices; raises `InputError`, naming `name`, unless 0 <= `values` < `below`."""
    cells = np.array(values, dtype=np.int64)
    if cells.ndim != 1 or (len(cells) and not (cells.min() >= 0 and cells.max() < below)):
        raise InputError(f"`{name}` must be cells from 0 to below {below}, along one axis")
    cells.flags.writeable = False
    return cells
