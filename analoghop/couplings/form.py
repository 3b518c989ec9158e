"""`as_coupling`, `best`: the choice of the form of a coupling."""

from __future__ import annotations

from typing import Any

from analoghop.couplings.base import Coupling
from analoghop.couplings.matrices import Dense, Sparse

DENSE_ROWS = 225


def as_coupling(matrix: Any) -> Coupling:
    """Return `matrix` (a coupling, an array (rows, columns) or a SciPy sparse matrix) as a coupling."""
    if isinstance(matrix, Coupling):
        return matrix
    return Sparse(matrix) if hasattr(matrix, "tocsr") else Dense(matrix)


def best(coupling: Coupling) -> Coupling:
    """Return the form that is fastest to apply: dense up to 225 rows (15 x 15), else the given one.

    Below that size one matrix product is faster than the several calls of a structured operator.
    """
    if isinstance(coupling, Dense) or max(coupling.shape) > DENSE_ROWS:
        return coupling
    return Dense(coupling.toarray())
