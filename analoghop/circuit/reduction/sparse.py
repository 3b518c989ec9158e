"""Sparse matrices for the reduction of a circuit: stamping, and making small ones dense."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analoghop.arrays import Indices
from analoghop.systems.circuits.matrices import Matrix

DENSE_SIZE = 40_000  # entries up to which a dense product beats a sparse one whatever the fill
DENSE_FILL = 0.1


class Builder:
    """A sparse matrix that is filled entry by entry; values at one position are added."""

    def __init__(self, rows: int, columns: int) -> None:
        self.shape = (rows, columns)
        self._rows: list[int] = []
        self._columns: list[int] = []
        self._values: list[float] = []
        self._factor = 1.0

    def add(self, row: int, column: int, value: float) -> None:
        """Add `value` at (row, column)."""
        self._rows.append(row)
        self._columns.append(column)
        self._values.append(value * self._factor)

    def scaled(self, factor: float) -> Builder:
        """Return a builder that adds to this matrix, every value times `factor`."""
        view = Builder.__new__(Builder)
        view.__dict__ = {**self.__dict__, "_factor": factor}
        return view

    def build(self) -> Matrix:
        """Return the matrix in CSR form."""
        from scipy import sparse

        return sparse.csr_array((self._values, (self._rows, self._columns)), shape=self.shape)


def widened(matrix: Matrix, columns: int) -> Matrix:
    """Return the matrix with as many more columns, which are zero."""
    from scipy import sparse

    return hstacked(matrix, sparse.csr_array((matrix.shape[0], columns)))


def hstacked(left: Matrix, right: Matrix) -> Matrix:
    """Return the columns of `left` and then those of `right`."""
    from scipy import sparse

    return sparse.csr_array(sparse.hstack([sparse.csr_array(left), sparse.csr_array(right)]))


def identity(size: int) -> Matrix:
    """Return the unit matrix."""
    from scipy import sparse

    return sparse.csr_array(sparse.eye_array(size))


def selection(rows: Indices, size: int) -> Matrix:
    """Return the (size, len(rows)) matrix whose column k is one at rows[k]."""
    return identity(size)[:, rows]


def incidence(ends: Indices, nodes: int) -> Matrix:
    """Return the matrix (branches, nodes), +1 at ends[0] and -1 at ends[1] of a branch; -1 is ground."""
    from scipy import sparse

    rows, columns = np.tile(np.arange(ends.shape[1]), 2), ends.ravel()
    signs, kept = np.repeat([1.0, -1.0], ends.shape[1]), columns >= 0
    entries = (signs[kept], (rows[kept], columns[kept]))
    return sparse.csr_array(entries, shape=(ends.shape[1], nodes))


def laplacian(branches: Matrix, values: Sequence[float]) -> Matrix:
    """Return the nodal matrix A' diag(values) A of conductances (or capacitances) between nodes."""
    from scipy import sparse

    weights = sparse.diags_array(np.array(values, dtype=np.float64), shape=(len(values), len(values)))
    return sparse.csr_array(branches.T @ weights @ branches)


def compact(matrix: Matrix) -> Matrix:
    """Return a small or densely filled matrix as a dense array, any other unchanged."""
    rows, columns = matrix.shape
    if rows * columns <= DENSE_SIZE or matrix.nnz > DENSE_FILL * rows * columns:
        return np.ascontiguousarray(matrix.toarray())
    return matrix
