"""Couplings that are stored entry by entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, frozen, readonly_fields, real
from analoghop.couplings.base import CHUNK, EXACT_ROWS, SYMMETRY, Axis, Coupling, namespace
from analoghop.couplings.spectrum import extremes
from analoghop.errors import InputError


@dataclass(frozen=True, eq=False)
class Dense(Coupling):
    """A full matrix (rows, columns). Raises `InputError` unless it has two axes and is finite."""

    matrix: Array
    _casts: dict[Any, Any] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        matrix = frozen(real(self.matrix, "a coupling"))
        if matrix.ndim != 2:
            raise InputError(f"a coupling is a matrix, not an array of shape {matrix.shape}")
        if not np.isfinite(matrix).all():
            raise InputError("a coupling contains a value that is not finite")
        readonly_fields(self, matrix=matrix)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, columns = self.matrix.shape
        return rows, columns

    def _like(self, x: Any) -> Any:
        """Return the matrix in the array type, precision and device of `x`, converted once."""
        if type(x) is np.ndarray and x.dtype != np.float32:
            return self.matrix
        key = (type(x), x.dtype, str(getattr(x, "device", "")))
        if key not in self._casts:
            if isinstance(x, np.ndarray):
                self._casts[key] = self.matrix.astype(x.dtype)
            else:
                self._casts[key] = namespace(x).asarray(self.matrix.copy(), dtype=x.dtype, device=x.device)
        return self._casts[key]

    def apply(self, x: Any, axis: Axis = -2) -> Any:
        """Return the product along `axis`."""
        matrix = self._like(x)
        return matrix @ x if axis == -2 or x.ndim == 1 else x @ matrix.T

    def bind(self) -> Callable[[Array], Array]:
        """Return the matrix's own product with a vector."""
        return self.matrix.dot

    def toarray(self) -> Array:
        """Return a copy of the matrix."""
        return self.matrix.copy()

    def transpose(self) -> Dense:
        """Return the transposed matrix."""
        return Dense(self.matrix.T)

    def row_sums(self) -> Array:
        """Return the sums of absolute values of each row, (rows,)."""
        return np.asarray(np.abs(self.matrix).sum(axis=1))

    def diagonal(self) -> Array:
        """Return the main diagonal."""
        return self.matrix.diagonal().copy()

    def norms(self) -> tuple[float, float, float]:
        """Return the norms; the spectral one is exact up to 256 rows, else bounded by the others."""
        size = np.abs(self.matrix)
        one = float(size.sum(axis=0).max(initial=0.0))
        infinity = float(size.sum(axis=1).max(initial=0.0))
        if 0 < max(self.shape) <= EXACT_ROWS:
            return one, float(np.linalg.norm(self.matrix, 2)) * (1.0 + 1e-12), infinity
        return one, min(float(np.linalg.norm(self.matrix)), (one * infinity) ** 0.5), infinity

    def _mirrors(self, sign: float) -> bool:
        if not self.square:
            return False
        matrix, size, difference = self.matrix, 0.0, 0.0
        step = max(1, CHUNK // max(len(matrix), 1))
        for start in range(0, len(matrix), step):
            mine, theirs = matrix[start : start + step], matrix[:, start : start + step].T
            size = max(size, float(np.abs(mine).max()))
            difference = max(difference, float(np.abs(mine - sign * theirs).max()))
        return difference <= SYMMETRY * size


@dataclass(frozen=True, eq=False)
class Sparse(Coupling):
    """A sparse matrix from any argument of `scipy.sparse.csr_array`, stored as a `csr_array`.

    Raises `InputError` unless it has two axes and is finite.
    """

    matrix: Any
    _casts: dict[Any, Any] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        from scipy.sparse import csr_array

        if not hasattr(self.matrix, "tocsr"):
            object.__setattr__(self, "matrix", real(self.matrix, "a coupling"))
        elif self.matrix.dtype.kind == "c":
            raise InputError("a coupling holds complex numbers, expected real ones")
        matrix = csr_array(self.matrix, dtype=np.float64, copy=True)
        if matrix.ndim != 2:
            raise InputError(f"a coupling is a matrix, not an array of shape {matrix.shape}")
        matrix.sum_duplicates()
        if not np.isfinite(matrix.data).all():
            raise InputError("a coupling contains a value that is not finite")
        object.__setattr__(self, "matrix", matrix)

    @cached_property
    def extremes(self) -> tuple[float, float]:
        """The smallest and the largest eigenvalue of a symmetric matrix, see `couplings.spectrum`."""
        return extremes(self.matrix)

    @staticmethod
    def from_entries(
        rows: ArrayLike, columns: ArrayLike, values: ArrayLike, shape: tuple[int, int]
    ) -> Sparse:
        """Return the matrix of `shape` with `values` at (rows, columns), equal places added."""
        from scipy.sparse import coo_array

        places = (np.asarray(rows, np.intp), np.asarray(columns, np.intp))
        return Sparse(coo_array((np.asarray(values, np.float64), places), shape=shape))

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, columns = self.matrix.shape
        return int(rows), int(columns)

    def _like(self, x: Any) -> Any:
        if x.dtype != np.float32:
            return self.matrix
        if x.dtype not in self._casts:
            self._casts[x.dtype] = self.matrix.astype(x.dtype)
        return self._casts[x.dtype]

    def apply(self, x: Any, axis: Axis = -2) -> Any:
        """Return the product along `axis` of a NumPy array."""
        matrix = self._like(x)
        if x.ndim == 1 or (axis == -2 and x.ndim == 2):
            return matrix @ x
        rows, columns = self.shape
        ordered = np.moveaxis(x, axis, 0)
        product = matrix @ ordered.reshape(columns, -1)
        return np.moveaxis(product.reshape(rows, *ordered.shape[1:]), 0, axis)

    def bind(self) -> Callable[[Array], Array]:
        """Return the matrix's own product with a vector."""
        product: Callable[[Array], Array] = self.matrix.dot
        return product

    def toarray(self) -> Array:
        """Return the matrix as a full array."""
        return np.asarray(self.matrix.toarray())

    def tosparse(self) -> Any:
        """Return a copy of the matrix."""
        return self.matrix.copy()

    def transpose(self) -> Sparse:
        """Return the transposed matrix."""
        return Sparse(self.matrix.T)

    def row_sums(self) -> Array:
        """Return the sums of absolute values of each row, (rows,)."""
        return np.asarray(abs(self.matrix).sum(axis=1))

    def diagonal(self) -> Array:
        """Return the main diagonal."""
        return np.asarray(self.matrix.diagonal())

    def norms(self) -> tuple[float, float, float]:
        """Return the norms 1 and infinity, and the least of their geometric mean and Frobenius' norm."""
        size = abs(self.matrix)
        one = float(size.sum(axis=0).max(initial=0.0))
        infinity = float(size.sum(axis=1).max(initial=0.0))
        return one, min(float(np.linalg.norm(self.matrix.data)), (one * infinity) ** 0.5), infinity

    def _mirrors(self, sign: float) -> bool:
        if not self.square:
            return False
        difference = abs(self.matrix - sign * self.matrix.T)
        largest = np.abs(self.matrix.data).max(initial=0.0)
        return bool(difference.data.max(initial=0.0) <= SYMMETRY * largest)
