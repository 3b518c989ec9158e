"""Distances as weights: scaled, centred, or replaced by their ranks."""

from __future__ import annotations

import numpy as np

from analoghop.arrays import Array


def scaled(d: Array) -> Array:
    """Return `d` divided by the mean off its diagonal; zeros stay."""
    n = len(d)
    mean = (d.sum() - np.trace(d)) / (n * (n - 1))
    return d / mean if mean > 0 else d


def centred(d: Array) -> Array:
    """Return P d P with P = I - 11'/n: every valid tour is longer by the same constant."""
    W = d - d.mean(axis=0, keepdims=True)
    W = W - W.mean(axis=1, keepdims=True)
    # Exactly symmetric where d is.
    return np.asarray(0.5 * (W + W.T)) if np.array_equal(d, d.T) else W


def ranks(d: Array) -> Array:
    """Return the mean rank of each distance among those off the diagonal, in 0..1; zero on the diagonal."""
    n = len(d)
    off = ~np.eye(n, dtype=bool)
    values, place, counts = np.unique(d[off], return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    out = np.zeros((n, n))
    out[off] = (last - 0.5 * counts)[place] / last[-1]
    return out
