"""The critical temperature of an assignment, at which the uniform state loses its stability."""

from __future__ import annotations

import numpy as np

from analoghop.arrays import Array
from analoghop.problems.tsp.weights import centred

ITERATIONS = 300
LEAST = 1e-12


def critical_temperature(A: Array, B: Array) -> float:
    """Return 1/n times the largest eigenvalue of V -> -(A V B^T + A^T V B), on V with row and column sums 0.

    At this temperature the uniform state V = 1/n is no longer the only one (for matrices with equal row sums;
    other matrices shift it at higher temperatures already). Symmetric matrices: the largest of -2 a b over
    their eigenvalues a, b after centring, one of the four products of extreme ones, by sign. Else by power
    iteration. 1 if no mode grows.
    """
    A, B = centred(A), centred(B)
    n = len(A)
    if np.array_equal(A, A.T) and np.array_equal(B, B.T):
        a, b = (np.linalg.eigvalsh(matrix)[[0, -1]] for matrix in (A, B))
        largest = float((-2.0 * np.outer(a, b)).max())
    else:
        largest = _largest(A, B)
    return largest / n if largest > LEAST * n else 1.0


def _largest(A: Array, B: Array) -> float:
    """Return the largest eigenvalue by power iteration, with a shift that makes it largest in magnitude."""
    shift = 2.0 * float(np.linalg.norm(A, 2) * np.linalg.norm(B, 2))
    if shift == 0.0:
        return 0.0
    V = centred(np.random.default_rng(0).standard_normal(A.shape))
    value = 0.0
    for _ in range(ITERATIONS):
        size = float(np.linalg.norm(V))
        if size == 0.0:
            return value  # nothing is left of a form of rank one
        V = V / size
        pushed = -(A @ V @ B.T + A.T @ V @ B)
        value = float(np.sum(V * pushed))
        V = pushed + shift * V
    return value
