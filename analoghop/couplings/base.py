"""`Coupling`: the contract of a linear operator."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cached_property
from typing import Any, Literal

import numpy as np

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.records import Brief

Axis = Literal[-2, -1]

SYMMETRY = 1e-12
EXACT_ROWS = 256
CHUNK = 1 << 20


def namespace(x: Any) -> Any:
    """Return the module of functions for the array `x`: NumPy, or the package that made the array."""
    return np if isinstance(x, np.ndarray) else sys.modules[type(x).__module__.partition(".")[0]]


def along(axis: Axis, part: slice) -> tuple[Any, ...]:
    """Return the index that selects `part` of the given axis."""
    return (..., part) if axis == -1 else (..., part, slice(None))


class Coupling(Brief, ABC):
    """A real matrix as an operator; subclasses are final and immutable.

    `T @ x` takes `x` (columns,) or (..., columns, members) and returns a fresh array (rows,) or (..., rows,
    members). Couplings are closed under `+`, `-`, `@`, multiplication by a number and `kron`, and the
    structured ones accept any array type with NumPy's operators.
    """

    __array_ufunc__ = None  # makes NumPy scalars and arrays defer `2.0 * T` to the coupling

    @property
    @abstractmethod
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""

    @abstractmethod
    def apply(self, x: Any, axis: Axis = -2) -> Any:
        """Return the product along `axis` of `x`; the result may share memory with `x`."""

    @abstractmethod
    def toarray(self) -> Array:
        """Return the matrix, (rows, columns), as a new array."""

    @abstractmethod
    def transpose(self) -> Coupling:
        """Return the transposed operator."""

    @abstractmethod
    def norms(self) -> tuple[float, float, float]:
        """Return upper bounds on the norms 1 (columns), 2 (spectral) and infinity (rows)."""

    @property
    def T(self) -> Coupling:
        """The transposed operator."""
        return self.transpose()

    @property
    def square(self) -> bool:
        """Whether the numbers of rows and columns are equal."""
        return self.shape[0] == self.shape[1]

    @property
    def transparent(self) -> bool:
        """Whether `apply` may return its argument itself."""
        return False

    def tosparse(self) -> Any:
        """Return the matrix as a SciPy `csr_array`."""
        from scipy.sparse import csr_array

        return csr_array(self.toarray())

    def bind(self) -> Callable[[Array], Array]:
        """Return the fastest product with one vector, (columns,) -> (rows,), without checks."""
        if self.transparent:
            return lambda x: self.apply(x, -1).copy()
        return lambda x: self.apply(x, -1)

    def row_sums(self) -> Array:
        """Return the sums of absolute values of each row, (rows,)."""
        sums = np.empty(self.shape[0])
        for rows, block in self._blocks():
            sums[rows] = np.abs(block).sum(axis=1)
        return sums

    def diagonal(self) -> Array:
        """Return the main diagonal, (min(rows, columns),)."""
        n = min(self.shape)
        diagonal = np.empty(n)
        for rows, block in self._blocks(n):
            diagonal[rows] = block[np.arange(rows.stop - rows.start), np.arange(rows.start, rows.stop)]
        return diagonal

    def bound(self) -> float:
        """Return an upper bound on the spectral radius (of a rectangular operator: on its largest gain)."""
        one, two, infinity = self.norms()
        return min(one, two, infinity) if self.square else two

    @cached_property
    def symmetric(self) -> bool:
        """Whether T = T^T, entry by entry, to 1e-12 of the largest entry."""
        return self._mirrors(1.0)

    @cached_property
    def antisymmetric(self) -> bool:
        """Whether T = -T^T, entry by entry, to 1e-12 of the largest entry."""
        return self._mirrors(-1.0)

    def _mirrors(self, sign: float) -> bool:
        if not self.square:
            return False
        size = difference = 0.0
        for (_, mine), (_, theirs) in zip(self._blocks(), self.transpose()._blocks(), strict=True):
            size = max(size, float(np.abs(mine).max(initial=0.0)))
            difference = max(difference, float(np.abs(mine - sign * theirs).max(initial=0.0)))
        return difference <= SYMMETRY * size

    def _blocks(self, rows: int | None = None) -> Any:
        """Yield (slice of rows, those rows as an array), so that the full matrix is never in memory."""
        rows, columns = self.shape[0] if rows is None else rows, self.shape[1]
        flipped = self.transpose()
        step = max(1, CHUNK // max(columns, self.shape[0], 1))
        for start in range(0, rows, step):
            stop = min(start + step, rows)
            units = np.zeros((self.shape[0], stop - start))
            units[np.arange(start, stop), np.arange(stop - start)] = 1.0
            yield slice(start, stop), flipped.apply(units, -2).T

    def __matmul__(self, x: Any) -> Any:
        if isinstance(x, Coupling):
            return OPERATIONS.compose(self, x)
        columns = self.shape[1]
        if x.ndim == 1:
            if x.shape[0] != columns:
                raise InputError(f"a coupling {self.shape} cannot act on {x.shape[0]} rows")
            y = self.apply(x, -1)
        elif x.shape[-2] != columns:
            raise InputError(f"a coupling {self.shape} cannot act on {x.shape[-2]} rows")
        elif x.shape[-1] == 1:
            # A single member: the last axis is then contiguous, and nested products are one `gemm`.
            y = self.apply(x[..., 0], -1)[..., None]
        else:
            y = self.apply(x, -2)
        return y * 1.0 if self.transparent else y

    def __add__(self, other: Coupling) -> Coupling:
        return OPERATIONS.add(self, other) if isinstance(other, Coupling) else NotImplemented

    def __sub__(self, other: Coupling) -> Coupling:
        return self + -1.0 * other if isinstance(other, Coupling) else NotImplemented

    def __mul__(self, factor: float) -> Coupling:
        scalable = isinstance(factor, int | float | np.number)
        return OPERATIONS.scale(factor, self) if scalable else NotImplemented

    def __rmul__(self, factor: float) -> Coupling:
        return self * factor

    def __truediv__(self, divisor: float) -> Coupling:
        return self * (1.0 / divisor)

    def __neg__(self) -> Coupling:
        return self * -1.0


class Operations:
    """The functions of the operators `+`, `@` and `*`, set by the module `algebra` when it is imported."""

    add: Callable[[Coupling, Coupling], Coupling]
    compose: Callable[[Coupling, Coupling], Coupling]
    scale: Callable[[float, Coupling], Coupling]


OPERATIONS = Operations()
"""The operations of this package."""
