"""Distances as weights of a coupling: scaled, ranked, and without the part that all tours share."""

from __future__ import annotations

import numpy as np

from analoghop.arrays import Array


def scaled(d: Array) -> Array:
    """Return `d` divided by the mean off its diagonal; a matrix of zeros is unchanged."""
    n = len(d)
    mean = (d.sum() - np.trace(d)) / (n * (n - 1))
    return d / mean if mean > 0 else d


def relative(d: Array) -> Array:
    """Return the distances minus the smallest one, divided by the mean; zeros on the diagonal.

    A constant in all distances adds equally to all tours, but hides the differences of the distances.
    """
    off = ~np.eye(len(d), dtype=bool)
    return scaled(np.where(off, d - d[off].min(), 0.0))


def ranks(d: Array) -> Array:
    """Return the rank of each distance off the diagonal among all, 1 for the shortest.

    Equal distances share the mean of their ranks. The diagonal is zero.
    """
    off = ~np.eye(len(d), dtype=bool)
    _, place, count = np.unique(d[off], return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    ranked = np.zeros_like(d)
    ranked[off] = (last - 0.5 * (count - 1))[place]
    return ranked


def usual(d: Array) -> float:
    """Return the usual distance in a tour: the median distance to the second nearest city."""
    return float(np.median(np.partition(d + np.diag(np.full(len(d), np.inf)), 1, axis=1)[:, 1]))


def span(d: Array) -> float:
    """Return the longest distance divided by the usual one."""
    middle = usual(d)
    return float(d.max()) / middle if middle > 0 else np.inf


def with_diagonal(d: Array, share: float) -> Array:
    """Return `d` with the diagonal `share` times each city's distance to its nearest; `d` has zeros there."""
    nearest = (d + np.diag(np.full(len(d), np.inf))).min(axis=1)
    return np.asarray(d + np.diag(share * nearest))


def centred(d: Array) -> Array:
    """Return P d P with P = I - 11'/n: every valid tour is longer by the same constant."""
    W = d - d.mean(axis=0, keepdims=True)
    W = W - W.mean(axis=1, keepdims=True)
    # Exactly symmetric if d is.
    return np.asarray(0.5 * (W + W.T)) if np.array_equal(d, d.T) else W
