"""`Exclusions`: pairs of cells that must not both be on, such as equal colours at the ends of an edge."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from analoghop.arrays import Array, Integers, Mask, column, readonly_fields
from analoghop.errors import InputError
from analoghop.systems.machines.constraint_block import ConstraintBlock, places


@dataclass(frozen=True, eq=False)
class Exclusions(ConstraintBlock):
    """ "Not both": p = strength sum_c v[first + c] v[second + c], c < `width`, with one weight per pair.

    In colouring, a cluster per vertex has one cell per colour, and a pair is an edge of `width` colours. The
    excess is the overlap, p / strength. `first` and `second` (count,) are cells, `strength` a number or one
    per pair; `eta` and `delta` are numbers for all. Raises `InputError` for cells that do not exist.
    """

    cells: int
    first: Integers
    second: Integers
    width: int = 1
    strength: Any = 1.0
    eta: Any = 0.5
    delta: Any = 0.05

    def __post_init__(self) -> None:
        for name in ("first", "second"):
            ends = places(getattr(self, name), self.cells - self.width + 1, name)
            object.__setattr__(self, name, ends)
        if self.first.shape != self.second.shape:
            raise InputError("`first` and `second` of pairs need the same length")
        if (np.abs(self.first - self.second) < self.width).any():
            raise InputError("a pair of cells overlaps itself")
        readonly_fields(self, strength=column(self.strength, self.count, "strength"))
        self.check_rates()
        if self.count and (np.ptp(self.eta) > 0 or np.ptp(self.delta) > 0):
            raise InputError("`eta` and `delta` of pairs are one number for all")

    @staticmethod
    def none(cells: int) -> Exclusions:
        """Return a block without pairs."""
        return Exclusions(cells, np.zeros(0, np.int64), np.zeros(0, np.int64))

    @property
    def count(self) -> int:
        """Number of pairs."""
        return len(self.first)

    @cached_property
    def _ends(self) -> tuple[Integers, Integers]:
        """The cells of the first and the second ends, (count width,) each."""
        offsets = np.arange(self.width)
        return (self.first[:, None] + offsets).ravel(), (self.second[:, None] + offsets).ravel()

    @cached_property
    def _gather(self) -> tuple[Any, Any]:
        """Matrices (cells, count width) that add to the cells of either end."""
        from scipy.sparse import csr_array

        columns = np.arange(self.count * self.width)
        ones, shape = np.ones(len(columns)), (self.cells, len(columns))
        first, second = (csr_array((ones, (end, columns)), shape=shape) for end in self._ends)
        return first, second

    def _overlap(self, v: Array) -> Array:
        first, second = self._ends
        product = v[first] * v[second]
        return np.asarray(product.reshape(self.count, self.width, product.shape[-1]).sum(axis=1))

    def potentials(self, v: Array) -> Array:
        """Return strength times the overlap."""
        return np.asarray(self.strength * self._overlap(v))

    def excess(self, v: Array) -> Array:
        """Return the overlap."""
        return self._overlap(v)

    def force(self, v: Array, w: Array) -> Array:
        """Return -dP/dv: each end acts on the other."""
        first, second = self._ends
        factor = np.repeat(self.strength * w, self.width, axis=0)
        to_first, to_second = self._gather
        return np.asarray(-(to_first @ (factor * v[second]) + to_second @ (factor * v[first])))

    def _crossed(self, v: Array, factor: Array) -> Any:
        """Return the matrix (count, cells) with the entries `factor` times v of the other end."""
        from scipy.sparse import csr_array

        first, second = self._ends
        rows = np.repeat(np.arange(self.count), self.width)
        spread = np.repeat(factor, self.width)
        data = np.concatenate([spread * v[second], spread * v[first]])
        where = (np.concatenate([rows, rows]), np.concatenate([first, second]))
        return csr_array((data, where), shape=(self.count, self.cells))

    def slopes(self, v: Array) -> Any:
        """Return dp/dv."""
        return self._crossed(v, self.strength[:, 0])

    def excess_slopes(self, v: Array) -> Any:
        """Return the derivative of the overlap."""
        return self._crossed(v, np.ones(self.count))

    def curvature(self, v: Array, w: Array) -> Any:
        """Return d2P/dv2: strength times weight at both positions of each pair of cells."""
        from scipy.sparse import csr_array

        factor = np.repeat(self.strength[:, 0] * w, self.width)
        half = csr_array((factor, self._ends), shape=(self.cells, self.cells))
        return half + half.T

    def broken(self, on: Array) -> Mask:
        """Return the pairs whose cells are both on."""
        return self._overlap(on) > 0.5
