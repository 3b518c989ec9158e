"""Sparse matrices for the reduction of a circuit: stamping, solving, and making small ones dense."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from analoghop.arrays import Array, Indices

Matrix = Any  # a scipy.sparse.csr_array, or a NumPy array once compacted
DENSE_SIZE = 40_000  # entries up to which a dense product beats a sparse one whatever the fill
DENSE_FILL = 0.1
SMALL = 64  # rows up to which a matrix is factorised dense
RESIDUAL = 1e-6  # relative residual above which a factorised matrix counts as singular


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


def solve(A: Matrix, right: Sequence[Matrix]) -> list[Matrix] | None:
    """Return A^-1 times each of `right`, or None where A is singular."""
    from scipy import sparse

    if A.shape[0] == 0:
        return list(right)
    try:
        inverted = _inverted(A)
    except (RuntimeError, np.linalg.LinAlgError):  # of SuperLU and LAPACK for a singular matrix
        return None
    solved = []
    for b in right:
        known = b.toarray()
        x = inverted(known) if b.shape[1] else known
        residual = np.abs(A @ x - known).max(initial=0.0)
        if not np.isfinite(x).all() or residual > RESIDUAL * np.abs(known).max(initial=0.0):
            return None
        solved.append(sparse.csr_array(x))
    return solved


def _inverted(A: Matrix) -> Callable[[Array], Array]:
    """Return the product with A^-1. A small matrix is solved dense: loading SuperLU takes 0.1 s."""
    if A.shape[0] <= SMALL:
        dense = A.toarray()
        np.linalg.inv(dense)  # raises for a singular matrix, also without right-hand sides
        return lambda known: np.linalg.solve(dense, known)
    from scipy import sparse
    from scipy.sparse.linalg import splu

    factors: Any = splu(sparse.csc_array(A))
    return lambda known: np.asarray(factors.solve(known))


def compact(matrix: Matrix) -> Matrix:
    """Return a small or densely filled matrix as a dense array, any other unchanged."""
    rows, columns = matrix.shape
    if rows * columns <= DENSE_SIZE or matrix.nnz > DENSE_FILL * rows * columns:
        return np.ascontiguousarray(matrix.toarray())
    return matrix
