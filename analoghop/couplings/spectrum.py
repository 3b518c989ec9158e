"""`extremes`: the smallest and largest eigenvalue of a symmetric matrix, which determine steps and gains."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from analoghop.arrays import Array

EXACT = 500
"""Largest number of rows for which all eigenvalues are computed: 50 ms."""
KRYLOV = 80
"""Lanczos products for the outermost eigenvalues of larger matrices."""
LARGE = 20_000
"""Rows above which Lanczos vectors are not reorthogonalised, which would take most of the time."""


def extremes(matrix: Any) -> tuple[float, float]:
    """Return the smallest and the largest eigenvalue of a symmetric `matrix`, dense or SciPy sparse.

    Exact up to 500 rows; for more rows Lanczos estimates from 80 products, which lie inside the spectrum, by
    1 % or less for graphs.
    """
    n = matrix.shape[0]
    if n <= EXACT:
        dense = np.asarray(matrix.toarray() if hasattr(matrix, "toarray") else matrix, dtype=np.float64)
        values = np.linalg.eigvalsh(dense)
        return float(values[0]), float(values[-1])
    return lanczos(lambda v: np.asarray(matrix @ v, dtype=np.float64), n, KRYLOV)


def lanczos(product: Callable[[Array], Array], n: int, steps: int) -> tuple[float, float]:
    """Return Lanczos estimates (1950) of the outermost eigenvalues of a symmetric matrix of n rows.

    `product` multiplies it with a vector (n,); at most `steps` products are made. The estimates lie inside
    the spectrum. Above 20 000 rows the vectors lose their orthogonality, which repeats eigenvalues but does
    not change the outermost ones (Paige 1980).
    """
    if n > LARGE:
        return _three_terms(product, n, steps)
    V = np.zeros((steps + 1, n))
    v = np.random.default_rng(0).standard_normal(n)
    V[0] = v / np.linalg.norm(v)
    H = np.zeros((steps, steps))
    used = steps
    for j in range(steps):
        w = product(V[j])
        for _ in range(2):  # the second pass removes the rounding error of the first
            overlap = V[: j + 1] @ w
            H[: j + 1, j] += overlap
            w = w - overlap @ V[: j + 1]
        size = float(np.linalg.norm(w))
        if size <= 1e-12 * float(np.abs(H).max()):
            used = j + 1
            break
        V[j + 1] = w / size
        if j + 1 < steps:
            H[j + 1, j] = size
    small = H[:used, :used]
    values = np.linalg.eigvalsh(0.5 * (small + small.T))
    return float(values[0]), float(values[-1])


def _three_terms(product: Callable[[Array], Array], n: int, steps: int) -> tuple[float, float]:
    """Return the estimates by the three-term recurrence alone, which stores two vectors."""
    v = np.random.default_rng(0).standard_normal(n)
    v /= np.linalg.norm(v)
    before, size = np.zeros(n), 0.0
    diagonal, beside = np.zeros(steps), np.zeros(steps)
    used = steps
    for j in range(steps):
        w = product(v) - size * before
        diagonal[j] = v @ w
        w -= diagonal[j] * v
        size = float(np.linalg.norm(w))
        if size <= 1e-12 * max(float(np.abs(diagonal).max()), float(beside.max())):
            used = j + 1
            break
        beside[j] = size
        before, v = v, w / size
    small = np.diag(diagonal[:used]) + np.diag(beside[: used - 1], 1) + np.diag(beside[: used - 1], -1)
    values = np.linalg.eigvalsh(small)
    return float(values[0]), float(values[-1])
