"""Couplings that are defined by their size alone: identity, matrix of ones, ring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from analoghop.arrays import Array
from analoghop.couplings.base import Axis, Coupling, along, namespace
from analoghop.errors import InputError


def _check(value: int, name: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise InputError(f"`{name}` of a coupling is a whole number from 1, not {value!r}")


@dataclass(frozen=True)
class Eye(Coupling):
    """The identity on `n` rows."""

    n: int

    def __post_init__(self) -> None:
        _check(self.n, "n")

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.n, self.n

    @property
    def transparent(self) -> bool:
        """True: the product is its argument."""
        return True

    def apply(self, x: Any, axis: Axis = -2) -> Any:
        """Return `x` itself."""
        return x

    def toarray(self) -> Array:
        """Return the unit matrix."""
        return np.eye(self.n)

    def tosparse(self) -> Any:
        """Return the unit matrix as a `csr_array`."""
        from scipy.sparse import eye_array

        return eye_array(self.n, format="csr")

    def transpose(self) -> Eye:
        """Return itself."""
        return self

    def row_sums(self) -> Array:
        """Return ones."""
        return np.ones(self.n)

    def diagonal(self) -> Array:
        """Return ones."""
        return np.ones(self.n)

    def norms(self) -> tuple[float, float, float]:
        """Return 1, exactly."""
        return 1.0, 1.0, 1.0

    def _mirrors(self, sign: float) -> bool:
        return sign > 0


@dataclass(frozen=True)
class Ones(Coupling):
    """The matrix of ones, `rows` by `columns` (square where only `rows` is given)."""

    rows: int
    columns: int = 0

    def __post_init__(self) -> None:
        _check(self.rows, "rows")
        if self.columns == 0:
            object.__setattr__(self, "columns", self.rows)
        _check(self.columns, "columns")

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.rows, self.columns

    def apply(self, x: Any, axis: Axis = -2) -> Any:
        """Return the sum of `x`, repeated."""
        total = x.sum(axis=axis, keepdims=True)
        if self.square:
            y = namespace(x).empty_like(x)
            y[...] = total
            return y
        shape = (*x.shape[:-1], self.rows) if axis == -1 else (*x.shape[:-2], self.rows, x.shape[-1])
        return namespace(x).broadcast_to(total, shape) * 1.0

    def toarray(self) -> Array:
        """Return the matrix of ones."""
        return np.ones(self.shape)

    def transpose(self) -> Ones:
        """Return the matrix of ones with the transposed shape."""
        return Ones(self.columns, self.rows)

    def row_sums(self) -> Array:
        """Return the number of columns, per row."""
        return np.full(self.rows, float(self.columns))

    def diagonal(self) -> Array:
        """Return ones."""
        return np.ones(min(self.shape))

    def norms(self) -> tuple[float, float, float]:
        """Return rows, the root of rows times columns, and columns, exactly."""
        return float(self.rows), float(self.rows * self.columns) ** 0.5, float(self.columns)

    def _mirrors(self, sign: float) -> bool:
        return self.square and sign > 0


@dataclass(frozen=True)
class Cycle(Coupling):
    """The ring of `n` places: S + S^-1 with the cyclic shift S, so each row has its two neighbours.

    The sum also holds for small rings: two places are connected twice (entries 2), and a single place is
    connected to itself twice.
    """

    n: int

    def __post_init__(self) -> None:
        _check(self.n, "n")

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.n, self.n

    def apply(self, x: Any, axis: Axis = -2) -> Any:
        """Return the sum of the two neighbours along `axis`."""
        first, last = along(axis, slice(0, 1)), along(axis, slice(self.n - 1, self.n))
        head, tail = along(axis, slice(0, self.n - 1)), along(axis, slice(1, self.n))
        y = namespace(x).empty_like(x)
        y[tail] = x[head]
        y[first] = x[last]
        y[head] += x[tail]
        y[last] += x[first]
        return y

    def toarray(self) -> Array:
        """Return the ring's matrix."""
        shift = np.roll(np.eye(self.n), 1, axis=0)
        return shift + shift.T

    def transpose(self) -> Cycle:
        """Return itself."""
        return self

    def row_sums(self) -> Array:
        """Return 2 for every row."""
        return np.full(self.n, 2.0)

    def diagonal(self) -> Array:
        """Return zeros, except for the ring of one place."""
        return np.full(self.n, 2.0 if self.n == 1 else 0.0)

    def norms(self) -> tuple[float, float, float]:
        """Return 2, exactly: the uniform vector has that eigenvalue."""
        return 2.0, 2.0, 2.0

    def _mirrors(self, sign: float) -> bool:
        return sign > 0
