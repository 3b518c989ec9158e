"""Linear equations with a sparse matrix and many sparse right-hand sides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from analoghop.arrays import Array
from analoghop.systems.circuits.matrices import Matrix, entries, parts

_SMALL = 64  # rows up to which a matrix is factorised dense: loading SuperLU takes 0.1 s
_RESIDUAL = 1e-6  # relative residual above which a factorised matrix counts as singular
_WRITTEN = 1 << 21  # numbers of right-hand sides that are written out together


def solve(A: Matrix, right: Sequence[Matrix]) -> list[Matrix] | None:
    """Return A^-1 times each of `right`, or None where A is singular.

    All matrices are SciPy sparse arrays. Many right-hand sides are never written out together: those of
    parts of A that are not connected share columns.
    """
    from scipy import sparse

    if A.shape[0] == 0:
        return list(right)
    try:
        inverted = _inverted(A)
    except (RuntimeError, np.linalg.LinAlgError):  # of SuperLU and LAPACK for a singular matrix
        return None
    solved = []
    for b in right:
        if b.shape[0] * b.shape[1] > _WRITTEN:
            x = _by_parts(inverted, A, b)
        else:
            known = b.toarray()
            x = _checked(inverted, A, known, float(np.abs(known).max(initial=0.0)))
        if x is None:
            return None
        solved.append(sparse.csr_array(x))
    return solved


def _inverted(A: Matrix) -> Callable[[Array], Array]:
    """Return the product with A^-1."""
    if A.shape[0] <= _SMALL:
        dense = A.toarray()
        np.linalg.inv(dense)  # raises for a singular matrix, also without right-hand sides
        return lambda known: np.linalg.solve(dense, known)
    from scipy import sparse
    from scipy.sparse.linalg import splu

    factors: Any = splu(sparse.csc_array(A))
    return lambda known: np.asarray(factors.solve(known))


def _checked(inverted: Callable[[Array], Array], A: Matrix, known: Array, largest: float) -> Array | None:
    """Return the solution, None where its residual is not small against the `largest` known number."""
    x = inverted(known) if known.shape[1] else known
    residual = float(np.abs(A @ x - known).max(initial=0.0))
    return x if np.isfinite(x).all() and residual <= _RESIDUAL * largest else None


def _by_parts(inverted: Callable[[Array], Array], A: Matrix, b: Matrix) -> Matrix | None:
    """Return A^-1 b. Columns of b that reach different parts of A are solved as one column."""
    from scipy import sparse

    part, size, (rows, columns, values) = parts(A), b.shape, entries(b)
    pairs, pair = np.unique(part[rows].astype(np.int64) * size[1] + columns, return_inverse=True)
    of_part, column = np.divmod(pairs, size[1])  # the pairs of a part and a column that reaches it, by parts
    begin = np.searchsorted(of_part, np.arange(part.max() + 2))
    slot = np.arange(len(pairs)) - begin[of_part]
    width, block = int(slot.max(initial=-1)) + 1, max(1, _WRITTEN // size[0])
    found: list[tuple[Any, ...]] = []
    largest = float(np.abs(values).max(initial=0.0))
    for first in range(0, width, block):
        here = slot[pair] - first
        inside = (here >= 0) & (here < block)
        known = np.zeros((size[0], min(block, width - first)))
        known[rows[inside], here[inside]] = values[inside]
        x = _checked(inverted, A, known, largest)
        if x is None:
            return None
        row, place = np.nonzero(x)
        index = begin[part[row]] + place + first
        kept = index < begin[part[row] + 1]
        found.append((row[kept], column[index[kept]], x[row[kept], place[kept]]))
    if not found:
        return sparse.csr_array(size)
    rows, columns, values = (np.concatenate(part) for part in zip(*found, strict=True))
    return sparse.csr_array((values, (rows, columns)), shape=size)
