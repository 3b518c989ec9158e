"""`invert`: the inverse of a matrix whose pivots are positive, in place, many numbers at a time."""

from __future__ import annotations

from typing import Any

from analoghop.engines.fused.machines.grids.doubly_stochastic import loop

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
def four_rows(A: Any, factors: Any, first: int, size: int, x: int) -> None:
    """Add `factors` (n, PANEL) times the `size` rows from `first` on to four rows, from x on."""
    width, whole = A.shape[1], size - size % 4
    o0, o1, o2, o3 = A[x], A[x + 1], A[x + 2], A[x + 3]
    a0, a1, a2, a3 = factors[x], factors[x + 1], factors[x + 2], factors[x + 3]
    for y in range(0, whole, 4):
        b0, b1, b2, b3 = A[first + y], A[first + y + 1], A[first + y + 2], A[first + y + 3]
        p00, p01, p02, p03 = a0[y], a0[y + 1], a0[y + 2], a0[y + 3]
        p10, p11, p12, p13 = a1[y], a1[y + 1], a1[y + 2], a1[y + 3]
        p20, p21, p22, p23 = a2[y], a2[y + 1], a2[y + 2], a2[y + 3]
        p30, p31, p32, p33 = a3[y], a3[y + 1], a3[y + 2], a3[y + 3]
        for j in range(width):
            c0, c1, c2, c3 = b0[j], b1[j], b2[j], b3[j]
            o0[j] += p00 * c0 + p01 * c1 + p02 * c2 + p03 * c3
            o1[j] += p10 * c0 + p11 * c1 + p12 * c2 + p13 * c3
            o2[j] += p20 * c0 + p21 * c1 + p22 * c2 + p23 * c3
            o3[j] += p30 * c0 + p31 * c1 + p32 * c2 + p33 * c3
    for y in range(whole, size):
        row, p0, p1, p2, p3 = A[first + y], a0[y], a1[y], a2[y], a3[y]
        for j in range(width):
            o0[j] += p0 * row[j]
            o1[j] += p1 * row[j]
            o2[j] += p2 * row[j]
            o3[j] += p3 * row[j]


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
                four_rows(A, factors, first, last - first, x)
        for x in range(whole, n):
            if x < first or x >= last:
                target, entries = A[x], factors[x]
                for y in range(last - first):
                    row, entry = A[first + y], entries[y]
                    for j in range(len(target)):
                        target[j] += entry * row[j]
