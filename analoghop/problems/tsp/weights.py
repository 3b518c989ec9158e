"""Distances as weights: without what all tours have in common."""

from __future__ import annotations

import numpy as np

from analoghop.arrays import Array


def scaled(d: Array) -> Array:
    """Return `d` divided by the mean off its diagonal; zeros stay."""
    n = len(d)
    mean = (d.sum() - np.trace(d)) / (n * (n - 1))
    return d / mean if mean > 0 else d


def relative(d: Array) -> Array:
    """Return by how much distances exceed the smallest, in units of the mean of that; zeros on the diagonal.

    A constant in all distances makes all tours longer alike, but hides how much the distances differ.
    """
    off = ~np.eye(len(d), dtype=bool)
    return scaled(np.where(off, d - d[off].min(), 0.0))


def ranks(d: Array) -> Array:
    """Return the place of each distance off the diagonal in the order of all, 1 for the shortest.

    Equal distances share the mean of their places. Zeros stand on the diagonal.
    """
    off = ~np.eye(len(d), dtype=bool)
    _, place, count = np.unique(d[off], return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    ranked = np.zeros_like(d)
    ranked[off] = (last - 0.5 * (count - 1))[place]
    return ranked


def usual(d: Array) -> float:
    """Return what a tour might use: the median way to the second nearest city."""
    return float(np.median(np.partition(d + np.diag(np.full(len(d), np.inf)), 1, axis=1)[:, 1]))


def span(d: Array) -> float:
    """Return the longest distance over the usual one."""
    middle = usual(d)
    return float(d.max()) / middle if middle > 0 else np.inf


def with_diagonal(d: Array, share: float) -> Array:
    """Return `d`, zero on its diagonal, with each city's distance from itself `share` of its nearest."""
    nearest = (d + np.diag(np.full(len(d), np.inf))).min(axis=1)
    return np.asarray(d + np.diag(share * nearest))


def centred(d: Array) -> Array:
    """Return P d P with P = I - 11'/n: every valid tour is longer by the same constant."""
    W = d - d.mean(axis=0, keepdims=True)
    W = W - W.mean(axis=1, keepdims=True)
    # Exactly symmetric where d is.
    return np.asarray(0.5 * (W + W.T)) if np.array_equal(d, d.T) else W
