"""Distances as weights of a coupling: scaled, ranked, and without the part that all tours share."""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True, eq=False)
class Ways:
    """Distances as costs of single steps: `cost` (n, n), less the shortest one and in units of `usual`.

    `usual` is the mean of the two shortest ways out of and into each city. Where these are little longer than
    the shortest of all, as on a lattice, it counts with their whole lengths, but not above a twentieth of the
    median distance. `longest_link` is the longest edge of the shortest spanning tree, in units of `usual`:
    how far apart groups of cities lie.
    """

    cost: Array
    usual: float
    longest_link: float

    @staticmethod
    def of(d: Array) -> Ways:
        """Return the ways of the distances `d` (n, n)."""
        off = ~np.eye(len(d), dtype=bool)
        rest = np.where(off, d - d[off].min(), 0.0)
        usual = max(_two_shortest(rest), min(_two_shortest(d), 0.05 * float(np.median(rest[off]))))
        usual = usual or _two_shortest(d) or 1.0
        cost = rest / usual
        return Ways(cost, usual, _longest_link(cost))

    def near(self, close: float) -> Array:
        """Return the costs with those beyond `close` by their logarithm: close (1 + ln(cost / close))."""
        far = np.maximum(self.cost / close, 1.0)
        return np.asarray(np.minimum(self.cost, close) + close * np.log(far))


def _two_shortest(d: Array) -> float:
    """Return the mean over the cities of their two shortest ways out and in."""
    own = d + np.diag(np.full(len(d), np.inf))
    two = min(2, len(d) - 1)
    out, into = np.partition(own, two - 1, axis=1)[:, :two], np.partition(own, two - 1, axis=0)[:two]
    return float(0.5 * (out.mean() + into.mean()))


def _longest_link(cost: Array) -> float:
    from scipy.sparse.csgraph import minimum_spanning_tree

    # Zeros would be taken for missing edges; with 1 more for every edge the tree is the same.
    tree = minimum_spanning_tree(np.minimum(cost, cost.T) + 1.0)
    return float(tree.data.max()) - 1.0


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
