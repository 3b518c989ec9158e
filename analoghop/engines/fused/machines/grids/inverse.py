"""`invert`: the inverse of a matrix whose pivots are positive, in place, many numbers at a time."""

from __future__ import annotations

from typing import Any

from analoghop.engines.fused.machines.grids.doubly_stochastic import four_rows, loop

PANEL = 8
"""Rows that are eliminated together: the others then need one pass for all of them."""


@loop
def eliminate(A: Any, first: int, last: int, least: Any) -> None:
    """Take the Gauss-Jordan steps of the rows from `first` to `last` among these rows alone."""
    one, width = A.dtype.type(1), A.shape[1]
    for p in range(first, last):
        row = A[p]
        scale = one / max(row[p], least)
        row[p] = one
        for j in range(width):
            row[j] *= scale
        for i in range(first, last):
            if i != p:
                target, entry = A[i], A[i, p]
                target[p] = 0
                for j in range(width):
                    target[j] -= entry * row[j]


@loop
def invert(A: Any, factors: Any, n: int, least: Any) -> None:
    """Write the inverse of the first n columns of `A` (n, width) there, by Gauss-Jordan without exchanges.

    This is stable where A = M + J/n with M a singular M-matrix, J all ones: all pivots are positive, since
    its leading minors are det M_k (1 + e.M_k^-1 e/n). Pivots below `least` are taken as `least`. `factors`
    (n, PANEL) is work space.
    """
    whole = n - n % 4
    for first in range(0, n, PANEL):
        last = min(first + PANEL, n)
        eliminate(A, first, last, least)
        for x in range(n):
            if x < first or x >= last:
                row, kept = A[x], factors[x]
                for p in range(first, last):
                    kept[p - first] = -row[p]
                    row[p] = 0
        for x in range(0, whole, 4):
            if x < first or x >= last:
                four_rows(factors, A[first:last], A, last - first, x)
        for x in range(whole, n):
            if x < first or x >= last:
                target, entries = A[x], factors[x]
                for y in range(last - first):
                    row, entry = A[first + y], entries[y]
                    for j in range(len(target)):
                        target[j] += entry * row[j]
