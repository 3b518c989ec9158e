"""Questions to a matrix of a circuit, a NumPy or a SciPy sparse array, that never write out a sparse one."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from analoghop.arrays import Array, Indices, Mask

Matrix = Any  # a NumPy array or a SciPy sparse array

_SMALL = 300  # rows up to which the eigenvalues of a dense matrix decide whether it is positive definite


class NonZeros(NamedTuple):
    """The entries of a matrix that are not zero, ordered by rows and then by columns, each (count,)."""

    rows: Indices
    columns: Indices
    values: Array


def dense(matrix: Matrix) -> Array:
    """Return a NumPy or SciPy sparse array as a dense array."""
    return matrix if isinstance(matrix, np.ndarray) else np.asarray(matrix.toarray())


def entries(matrix: Matrix) -> NonZeros:
    """Return the entries of a matrix that are not zero."""
    if isinstance(matrix, np.ndarray):
        rows, columns = np.nonzero(matrix)
        return NonZeros(rows, columns, matrix[rows, columns])
    stored = matrix.tocsr().tocoo() if matrix.format == "csr" else matrix.tocoo().tocsr().tocoo()
    order = np.lexsort((stored.col, stored.row))
    order = order[stored.data[order] != 0]
    rows, columns = (np.asarray(part[order], dtype=np.intp) for part in (stored.row, stored.col))
    return NonZeros(rows, columns, np.asarray(stored.data[order]))


def any_entry(matrix: Matrix) -> bool:
    """Return whether an entry of a matrix is not zero."""
    data = matrix if isinstance(matrix, np.ndarray) else matrix.data
    return bool(np.any(data))


def row_sums(matrix: Matrix) -> Array:
    """Return the sum of the magnitudes in each row, (rows,)."""
    return np.asarray(abs(matrix).sum(axis=1)).ravel()


def off_diagonal(matrix: Matrix) -> NonZeros:
    """Return the entries beside the diagonal that are not zero."""
    found = entries(matrix)
    beside = found.rows != found.columns
    return NonZeros(*(part[beside] for part in found))


def symmetric(matrix: Matrix, rounding: float) -> bool:
    """Return whether a square matrix is symmetric up to `rounding` times its largest entry."""
    if isinstance(matrix, np.ndarray):
        return not (np.abs(matrix - matrix.T) > rounding * np.abs(matrix).max(initial=0.0)).any()
    difference = abs(matrix - matrix.T).tocsr().data
    return bool(difference.max(initial=0.0) <= rounding * np.abs(matrix.data).max(initial=0.0))


def positive_definite(matrix: Matrix) -> bool:
    """Return whether a symmetric matrix is positive definite.

    Gershgorin's discs show it for most; otherwise the eigenvalues of a small matrix decide, and beyond the
    signs of the pivots, which are those of the eigenvalues (Sylvester's law of inertia).
    """
    diagonal = np.asarray(matrix.diagonal())
    if (diagonal <= 0).any():
        return False
    if (2.0 * diagonal > row_sums(matrix)).all():
        return True
    if len(diagonal) <= _SMALL:
        return bool(np.linalg.eigvalsh(dense(matrix))[0] > 0)
    from scipy import sparse
    from scipy.sparse.linalg import splu

    try:
        options = {"SymmetricMode": True}
        columns = sparse.csc_array(matrix)
        factors: Any = splu(columns, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options=options)
    except RuntimeError:  # singular
        return False
    if (factors.perm_r != factors.perm_c).any():
        return False  # a pivot beside the diagonal, which a positive definite matrix does not need
    return bool((factors.U.diagonal() > 0).all())


def parts(matrix: Matrix) -> Indices:
    """Return the number of the connected part to which each row of a square matrix belongs, (rows,)."""
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    return np.asarray(connected_components(sparse.csr_array(matrix), directed=False)[1])


def used_columns(matrix: Matrix) -> Mask:
    """Return which columns have an entry that is not zero, (columns,)."""
    mask = np.zeros(matrix.shape[1], dtype=bool)
    mask[entries(matrix).columns] = True
    return mask
