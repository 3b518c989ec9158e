"""`RowBounds`: upper bounds on the products of a coupling's magnitudes, also of large ones."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from analoghop.arrays import Array
from analoghop.couplings.base import Coupling
from analoghop.couplings.form import best
from analoghop.couplings.matrices import Dense, Sparse

_WRITTEN = 4096  # rows up to which the magnitudes of a structured coupling are stored: 134 MB


class RowBounds:
    """Bounds from above on `|T| v` for vectors `v` that are not negative: `bounds(v)`, (rows, members).

    They are the products themselves where |T| is stored; a larger structured coupling is bounded by the sums
    of its rows and the largest element of the vector.
    """

    def __init__(self, coupling: Coupling) -> None:
        self._coupling = best(coupling)

    @property
    def stored(self) -> bool:
        """Whether |T| is stored."""
        return isinstance(self._coupling, Dense | Sparse) or self._coupling.shape[0] <= _WRITTEN

    @cached_property
    def size(self) -> Any:
        """|T|, a NumPy or SciPy sparse array, where it is stored."""
        T = self._coupling
        return abs(T.matrix if isinstance(T, Dense | Sparse) else T.toarray())

    @cached_property
    def _sums(self) -> Array:
        return self._coupling.row_sums()[:, None]

    def __call__(self, v: Array) -> Array:
        """Return an upper bound on |T| v for `v` (columns, members), none of it negative."""
        if self.stored:
            return np.asarray(self.size @ v)
        return np.asarray(self._sums * v.max(axis=0, initial=0.0))
